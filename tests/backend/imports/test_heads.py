"""A sheet of lane heads appoints members, dismisses, and invites whoever is no member yet."""

from dataclasses import replace

import pytest

from backend.accounts.queries import Account
from backend.errors import Forbidden, InvalidInput
from backend.heads import actions as heads
from backend.places import actions as places
from backend.runtime import Runtime
from backend.sheets.lines import Outcome
from models.audit import AuditEntry
from models.heads import LaneHead
from models.imports import ImportKind, SheetImport
from models.invitations import Invitation, InvitationKind
from models.members import Member
from models.places import Place
from models.staff import Role
from tests import imports, people

KIND = ImportKind.HEADS
HEADER = "手机,楼栋,任免\n"
ONE, TWO, THREE = "13800138000", "13900139000", "13700137000"
APPOINTED = "任命，或邀请登记后任命；本人同意以后，邻居才看得到电话。"
ADDED, CHANGED, SAME, REFUSED = Outcome.ADDED, Outcome.CHANGED, Outcome.SAME, Outcome.REFUSED


@pytest.fixture(autouse=True)
def _street(runtime: Runtime) -> None:
    places.import_sheet(imports.TREE)


@pytest.fixture
def member_id(runtime: Runtime, account: Account) -> int:
    """She lives in 990101 and has the number ONE."""
    return people.member(runtime, account, phone=f"+86{ONE}")


def _heads() -> set[tuple[int | None, str]]:
    rows = LaneHead.select(LaneHead, Place).join(Place).where(LaneHead.until.is_null())
    return {(row.member_id, row.place.code) for row in rows}


def test_members_are_appointed_and_others_are_invited_as_heads(runtime: Runtime, member_id: int) -> None:
    clerk = imports.clerk(runtime)
    number = imports.done(runtime, clerk, KIND, f"{HEADER}{ONE},9901010101,任命\n{TWO},一号楼,\n{THREE},990101,\n")
    assert imports.said(runtime, clerk, number) == [
        (4, REFUSED, "只有网格和楼栋巷有楼栋长、巷长。"),
        (2, ADDED, APPOINTED),
        (3, ADDED, APPOINTED),
    ]
    assert _heads() == {(member_id, "9901010101")}
    [invitation] = Invitation.select()
    assert (invitation.kind, invitation.place.code, invitation.masked) == (
        InvitationKind.HEAD,
        "9901010101",
        "139******00",
    )


def test_each_appointment_stands_in_the_audit_by_itself(runtime: Runtime, member_id: int) -> None:
    clerk = imports.clerk(runtime)
    imports.done(runtime, clerk, KIND, f"{HEADER}{ONE},9901010101,任命\n")
    [entry] = AuditEntry.select().where(AuditEntry.action == "appoint_heads")
    assert (entry.subject, entry.place, entry.login) == (str(member_id), "9901010101", "zhang.min")
    assert ONE not in entry.facts


def test_the_same_sheet_again_changes_nothing(runtime: Runtime, member_id: int) -> None:
    clerk = imports.clerk(runtime)
    sheet = f"{HEADER}{ONE},9901010101,\n{TWO},9901010101,\n"
    imports.done(runtime, clerk, KIND, sheet)
    before = people.row_counts()[LaneHead], people.row_counts()[Invitation]
    again = imports.done(runtime, clerk, KIND, sheet)
    assert [outcome for _, outcome, _ in imports.said(runtime, clerk, again)] == [SAME, SAME]
    assert (people.row_counts()[LaneHead], people.row_counts()[Invitation]) == before


def test_heads_are_dismissed_and_invitations_taken_back(runtime: Runtime, member_id: int) -> None:
    clerk = imports.clerk(runtime)
    heads.appoint(member_id, "9901010101")
    imports.done(runtime, clerk, KIND, f"{HEADER}{TWO},9901010101,\n")
    number = imports.done(
        runtime, clerk, KIND, f"{HEADER}{ONE},9901010101,卸任\n{TWO},9901010101,卸任\n{THREE},9901010101,卸任\n"
    )
    assert imports.said(runtime, clerk, number) == [
        (2, CHANGED, "卸任，或收回邀请。"),
        (3, CHANGED, "卸任，或收回邀请。"),
        (4, SAME, "现在不是这里的楼栋长、巷长。"),
    ]
    assert (_heads(), Invitation.select().count()) == (set(), 0)


def test_an_unknown_act_is_said(runtime: Runtime) -> None:
    clerk = imports.clerk(runtime)
    number = imports.brought(runtime, clerk, KIND, f"{HEADER}{ONE},9901010101,提拔\n{TWO},9901010101,\n")
    assert imports.said(runtime, clerk, number)[0] == (2, REFUSED, "「任免」只能写「任命」或「卸任」，空着是任命。")


def test_of_a_member_who_lives_elsewhere_a_line_says_what_it_says_of_a_stranger(
    runtime: Runtime, member_id: int
) -> None:
    there = imports.clerk(runtime, place="990102")
    number = imports.done(runtime, there, KIND, f"{HEADER}{ONE},99010201,\n{TWO},99010201,\n")
    assert {sentence for _, _, sentence in imports.said(runtime, there, number)} == {APPOINTED}
    assert _heads() == set()


def test_the_head_of_a_place_in_scope_may_be_dismissed_wherever_she_lives(runtime: Runtime, member_id: int) -> None:
    heads.appoint(member_id, "99010201")
    there = imports.clerk(runtime, place="990102")
    imports.done(runtime, there, KIND, f"{HEADER}{ONE},99010201,卸任\n")
    assert _heads() == set()


def test_who_may_import_and_not_appoint_cannot_appoint_by_importing(runtime: Runtime) -> None:
    administrator = imports.clerk(runtime, role=Role.ADMINISTRATOR)
    with pytest.raises(Forbidden):
        runtime.imports.actions.upload(administrator, KIND, "表.csv", f"{HEADER}{ONE},9901010101,\n".encode())


def test_an_import_of_heads_is_undone(runtime: Runtime, account: Account, member_id: int) -> None:
    clerk = imports.clerk(runtime)
    other = people.member(runtime, account, "oOther", f"+86{THREE}")
    heads.appoint(other, "9901010101")
    imports.done(runtime, clerk, KIND, f"{HEADER}{TWO},9901010101,\n")
    invited = list(Invitation.select(Invitation.phone_digest, Invitation.invited_at).tuples())
    number = imports.done(
        runtime,
        clerk,
        KIND,
        f"{HEADER}{ONE},9901010101,任命\n{THREE},9901010101,卸任\n{TWO},9901010101,卸任\n{TWO},99010101,\n",
    )
    assert _heads() == {(member_id, "9901010101")}
    runtime.imports.actions.undo(clerk, number)
    assert _heads() == {(other, "9901010101")}
    assert list(Invitation.select(Invitation.phone_digest, Invitation.invited_at).tuples()) == invited


def test_terms_and_invitations_of_places_that_are_not_hers_any_more_stay_as_they_are(
    runtime: Runtime, member_id: int
) -> None:
    clerk = imports.clerk(runtime)
    imports.done(runtime, clerk, KIND, f"{HEADER}{TWO},99010201,\n")
    numbers = [
        imports.done(runtime, clerk, KIND, f"{HEADER}{ONE},99010201,任命\n"),
        imports.done(runtime, clerk, KIND, f"{HEADER}{TWO},99010201,卸任\n"),
    ]
    moved = replace(clerk, grants=tuple(replace(grant, place="990101") for grant in clerk.grants))
    for number in numbers:
        with pytest.raises(Forbidden):
            runtime.imports.actions.undo(moved, number)
    assert (_heads(), Invitation.select().count()) == ({(member_id, "99010201")}, 0)


def test_who_has_gone_meanwhile_is_not_brought_back(runtime: Runtime, member_id: int) -> None:
    clerk = imports.clerk(runtime)
    number = imports.brought(runtime, clerk, KIND, f"{HEADER}{ONE},9901010101,\n")
    people.erased_already(member_id)
    imports.confirmed(runtime, clerk, number)
    assert imports.said(runtime, clerk, number) == [(2, ADDED, APPOINTED)]
    assert (_heads(), Member.select().where(Member.phone_digest.is_null(False)).count()) == (set(), 0)
    assert [row.masked for row in Invitation.select()] == ["138******00"], "as any number of which nothing is known"


def test_no_line_tells_a_member_from_a_stranger(runtime: Runtime, member_id: int) -> None:
    clerk = imports.clerk(runtime)
    acts = ("任命", "任命", "卸任", "卸任")
    told = [
        [
            [(outcome, sentence) for _, outcome, sentence in imports.said(runtime, clerk, number)]
            for act in acts
            for number in [imports.done(runtime, clerk, KIND, f"{HEADER}{phone},9901010101,{act}\n")]
        ]
        for phone in (ONE, TWO)
    ]
    assert told[0] == told[1]
    assert [outcome for [(outcome, _)] in told[0]] == [ADDED, SAME, CHANGED, SAME]


def test_more_lines_than_a_street_has_heads_are_refused_with_a_sentence(runtime: Runtime) -> None:
    clerk = imports.clerk(runtime)
    sheet = HEADER + "".join(f"138{number:08d},9901010101,\n" for number in range(2_001))
    with pytest.raises(InvalidInput, match="最多导入 2000 行"):
        runtime.imports.actions.upload(clerk, KIND, "表.csv", sheet.encode())
    assert SheetImport.select().count() == 0


def test_how_many_lines_ended_how_stands_in_the_audit(runtime: Runtime, member_id: int) -> None:
    clerk = imports.clerk(runtime)
    imports.done(runtime, clerk, KIND, f"{HEADER}{ONE},9901010101,\n{TWO},9901010101,\n{THREE},990101,\n")
    [facts] = [row.facts for row in AuditEntry.select().where(AuditEntry.action == "import") if "written" in row.facts]
    assert '"added":2' in facts
    assert '"refused":1' in facts
