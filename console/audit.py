"""The audit: who of the staff did what, when, to whom; and whether anybody touched the record of it."""

import io

from flask import Response, request, send_file

from backend import clock
from backend.audit import exports, queries, verification, words
from backend.audit.queries import Asked
from backend.permissions import EVERYWHERE, Action
from backend.rights import looks
from backend.rights.looks import Seen
from backend.rights.words import FIELDS
from console import desk, forms
from console.desk import Desk

LIST = "/console/audit"
_LIMIT = 50


def listed(here: Desk) -> Response:
    found = queries.listed(here.actor, _asked(), forms.cursor(), _LIMIT + 1)
    cursor = str(found[_LIMIT - 1].number) if len(found) > _LIMIT else ""
    given = {name: request.args.get(name, "") for name in ("action", "login", "kind", "subject", "since", "until")}
    return here.page(
        "audit/list.html",
        title="审计",
        found=found[:_LIMIT],
        cursor=cursor,
        given=given,
        acts=words.ACTS,
        outcomes=words.OUTCOMES,
        kinds=words.KINDS,
        seen=_seen(here),
        fields=FIELDS,
    )


def _seen(here: Desk) -> list[Seen]:
    """Whose number left in a sheet stands in no entry of her own: who saw her is asked of what she is told."""
    number = forms.asked("subject", 64)
    if forms.asked("kind", 32) != "member" or not number.isascii() or not number.isdigit() or len(number) > 9:
        return []
    return looks.seen(here.actor, int(number))


def export(here: Desk) -> Response:
    """What the page shows, as a file. A GET would do it again whenever somebody goes back."""
    made = io.BytesIO()
    exports.export(here.runtime.audit, here.actor, _asked(), made)
    made.seek(0)
    return send_file(made, "text/csv", as_attachment=True, download_name="audit.csv")


def verify(here: Desk) -> Response:
    """The latest part of the chain: the whole of it is the command's."""
    here.actor.require(Action.READ_AUDIT, EVERYWHERE)
    found = verification.verify(here.runtime.lookups, verification.LATELY)
    here.say(found.words, "good" if found.sound else "bad")
    return desk.go(LIST)


def _asked() -> Asked:
    since, until = forms.day_asked("since"), forms.day_asked("until")
    return Asked(
        action=forms.asked("action", 48),
        login=forms.asked("login", 32),
        subject_kind=forms.asked("kind", 32),
        subject=forms.asked("subject", 64),
        since=None if since is None else clock.beginning_of_day(since),
        until=forms.end_of(until),
    )
