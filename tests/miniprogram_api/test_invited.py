"""Who was invited by staff registers herself like everybody, and what she was invited as comes true in that moment."""

import pytest

from backend.places import actions as places
from backend.runtime import Runtime
from models.heads import LaneHead
from models.imports import ImportKind
from models.invitations import Invitation
from models.members import Member
from tests import imports
from tests.callers import Caller
from tests.miniprogram_api.test_me import NUMBER, _form
from tests.served import House


@pytest.fixture
def runtime(api: House) -> Runtime:
    places.import_sheet(imports.TREE)
    imports.done(
        api.runtime,
        imports.clerk(api.runtime),
        ImportKind.HEADS,
        f"手机,编码\n{NUMBER},9901010101\n13800138000,9901010101\n",
    )
    return api.runtime


def test_who_was_invited_as_a_head_is_one_when_she_has_registered(visitor: Caller, runtime: Runtime) -> None:
    visitor.ask("POST", "/me", 201, json=_form(runtime))
    [head] = LaneHead.select()
    assert (head.member_id, head.place.code) == (Member.get().id, "9901010101")
    assert [row.masked for row in Invitation.select()] == ["138******00"]


def test_who_fails_to_register_is_still_awaited(visitor: Caller, runtime: Runtime) -> None:
    form = _form(runtime, consents=[])
    assert visitor.refused("POST", "/me", json=form)[0] == 422
    assert (LaneHead.select().count(), Invitation.select().count()) == (0, 2)
