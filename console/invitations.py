"""Numbers that a place waits for: masked, and gone when their owners have registered."""

from flask import Response

from backend.invitations import queries
from console import desk, forms
from console.desk import Desk
from models.invitations import DAYS, InvitationKind

LIST = "/console/invitations"
KINDS = {InvitationKind.NEIGHBOUR: "居民", InvitationKind.HEAD: "楼栋长、巷长"}
_LIMIT = 50


def listed(here: Desk) -> Response:
    found = queries.listed(here.actor, forms.cursor(), _LIMIT + 1)
    cursor = str(found[_LIMIT - 1].id) if len(found) > _LIMIT else ""
    return here.page(
        "invitations/list.html", title="等着登记的", found=found[:_LIMIT], cursor=cursor, kinds=KINDS, days=DAYS
    )


def withdraw(here: Desk, number: int) -> Response:
    here.runtime.invitations.withdraw(here.actor, number)
    here.say("已经收回邀请。")
    return desk.go(LIST)
