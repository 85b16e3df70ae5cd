"""A sheet of residents becomes invitations and never memberships, and says nothing of members elsewhere."""

import pytest

from backend.accounts.queries import Account
from backend.errors import InvalidInput
from backend.invitations import queries as invitations
from backend.members import actions as members
from backend.members import phones
from backend.members.search import phone_digest
from backend.permissions import Actor
from backend.places import actions as places
from backend.rights import actions as rights
from backend.runtime import Runtime
from backend.sheets.lines import Outcome
from models.files import StoredFile
from models.imports import ImportKind, ImportState, SheetImport
from models.invitations import Invitation, InvitationKind
from models.members import Member
from tests import imports, people, staff
from tests.backend.sheets.made import book

KIND = ImportKind.INVITATIONS
HEADER = "手机号,姓名,社区\n"
ONE, TWO, THREE = "13800138000", "13900139000", "13700137000"
ADDED, SAME, REFUSED = Outcome.ADDED, Outcome.SAME, Outcome.REFUSED


@pytest.fixture(autouse=True)
def _street(runtime: Runtime) -> None:
    places.import_sheet(imports.TREE)


def test_each_line_is_judged_in_a_sentence_before_anything_is_written(runtime: Runtime) -> None:
    clerk = imports.clerk(runtime)
    lines = (
        f"{ONE},陈秀兰,990101",
        "12345,王芳,990101",
        f"{TWO},李明,云溪社区",
        f"{THREE},赵强,9901",
        f"{ONE},,春晓社区",
    )
    sheet = HEADER + "\n".join(lines)
    number = imports.brought(runtime, clerk, KIND, sheet)
    assert imports.state(number) is ImportState.CHECKED
    assert imports.said(runtime, clerk, number) == [
        (3, REFUSED, "这不是手机号，请检查；也许这一列被改成了数字，少了几位。"),
        (5, REFUSED, "要写到社区、网格或楼栋。"),
        (6, REFUSED, "和第 2 行重复。"),
        (2, ADDED, "邀请；本人登记后才是成员。"),
        (4, ADDED, "邀请；本人登记后才是成员。"),
    ]
    assert Invitation.select().count() == 0


def test_what_was_confirmed_is_written_at_once_and_nobody_has_become_a_member(runtime: Runtime) -> None:
    clerk = imports.clerk(runtime)
    imports.done(runtime, clerk, KIND, f"{HEADER}{ONE},陈秀兰,990101\n12345,王芳,990101\n{TWO},李明,云溪社区\n")
    rows = list(Invitation.select().order_by(Invitation.id))
    assert [(row.masked, row.kind, row.place.code, row.invited_by) for row in rows] == [
        ("138******00", InvitationKind.NEIGHBOUR, "990101", "zhang.min"),
        ("139******00", InvitationKind.NEIGHBOUR, "990102", "zhang.min"),
    ]
    assert [row.phone_digest for row in rows] == [phone_digest(runtime.lookups, phones.normal(n)) for n in (ONE, TWO)]
    assert Member.select().count() == 0


def test_a_name_is_taken_and_kept_nowhere(runtime: Runtime) -> None:
    clerk = imports.clerk(runtime)
    number = imports.done(runtime, clerk, KIND, f"{HEADER}{ONE},阿依古丽,990101\n")
    kept = b"".join(
        b"".join(runtime.files.read(getattr(SheetImport.get_by_id(number), f"{name}_id")))
        for name in ("sheet", "report")
    )
    assert ONE.encode() in kept
    assert "阿依古丽".encode() not in kept
    assert [column for column in Invitation._meta.columns if "name" in column] == []


def test_the_same_sheet_again_changes_nothing(runtime: Runtime) -> None:
    clerk = imports.clerk(runtime)
    sheet = f"{HEADER}{ONE},,990101\n{TWO},,990102\n"
    imports.done(runtime, clerk, KIND, sheet)
    before = list(Invitation.select().order_by(Invitation.id).dicts())
    again = imports.done(runtime, clerk, KIND, sheet)
    assert [outcome for _, outcome, _ in imports.said(runtime, clerk, again)] == [SAME, SAME]
    assert list(Invitation.select().order_by(Invitation.id).dicts()) == before


def test_numbers_that_a_spreadsheet_made_of_telephone_numbers_are_read(runtime: Runtime) -> None:
    clerk = imports.clerk(runtime)
    data = book(("联系电话", "区划编码"), (13800138000, 990101), (13900139000.0, "990102"))
    number = imports.brought(runtime, clerk, KIND, data, "名单.xlsx")
    assert [outcome for _, outcome, _ in imports.said(runtime, clerk, number)] == [ADDED, ADDED]


def _brought_and_told(runtime: Runtime, clerk: Actor, phone: str) -> list[object]:
    """What a clerk learns of one number: from a sheet, from its repetition, from the page of invitations."""
    told: list[object] = []
    for _ in range(2):
        number = imports.done(runtime, clerk, KIND, f"{HEADER}{phone},,990101\n")
        view = runtime.imports.queries.one(clerk, number)
        result = b"".join(runtime.imports.queries.result(clerk, number)[1]).replace(phone.encode(), b"")
        told += [imports.said(runtime, clerk, number), view.counts, view.why, result]
    return [*told, [(each.kind, each.place_code) for each in invitations.listed(clerk)]]


def test_a_sheet_tells_nobody_which_numbers_are_members(runtime: Runtime, account: Account) -> None:
    people.member(runtime, account, phone=f"+86{ONE}")
    people.member(runtime, account, "oRestricted", phone=f"+86{THREE}")
    members.restrict(Member.get(Member.phone_digest == phone_digest(runtime.lookups, f"+86{THREE}")).id)
    clerk = imports.clerk(runtime)
    told = []
    for phone in (ONE, TWO, THREE):
        told.append(_brought_and_told(runtime, clerk, phone))
        Invitation.delete().execute()
    assert told[0] == told[1] == told[2]
    assert told[0][0] == [(2, ADDED, "邀请；本人登记后才是成员。")]
    assert told[0][4] == [(2, SAME, "已经邀请过。")]


def test_a_member_who_leaves_is_invited_no_longer(runtime: Runtime, account: Account) -> None:
    member_id = people.member(runtime, account, phone=f"+86{ONE}")
    imports.done(runtime, imports.clerk(runtime), KIND, f"{HEADER}{ONE},,990101\n{TWO},,990101\n")
    rights.erase(member_id)
    assert [row.masked for row in Invitation.select()] == ["139******00"]


def test_with_a_number_that_is_a_members_no_more_its_invitation_goes(runtime: Runtime, account: Account) -> None:
    numbers = [f"1990000000{each}" for each in range(1, 6)]
    changing, _, keep, gone = (
        people.member(runtime, account, f"o{each}", f"+86{phone}") for each, phone in enumerate(numbers[:4])
    )
    clerk = imports.clerk(runtime)
    imports.done(runtime, clerk, KIND, HEADER + "".join(f"{phone},,990101\n" for phone in numbers))
    rights.correct_phone(runtime.members, changing, people.proof(f"+86{numbers[0]}"), False)
    assert _masked() == [1, 2, 3, 4, 5], "she has it still"
    rights.correct_phone(runtime.members, changing, people.proof(f"+86{numbers[4]}"), False)
    assert _masked() == [2, 3, 4, 5]
    rights.revoke(account.id, "o1", [rights.PHONE_NUMBER])
    assert _masked() == [3, 4, 5]
    runtime.reception.merges.merge(clerk, keep, gone)
    assert _masked() == [4, 5], "the number that was proved later"
    rights.erase(keep)
    assert _masked() == [5]


def _masked() -> list[int]:
    """How the invited numbers end, of those that begin alike."""
    return sorted(int(row.masked[-1]) for row in Invitation.select())


def test_a_place_outside_the_scope_and_one_that_is_nowhere_are_alike(runtime: Runtime) -> None:
    clerk = imports.clerk(runtime, place="990101")
    number = imports.brought(
        runtime, clerk, KIND, f"{HEADER}{ONE},,990102\n{ONE},,880101\n{ONE},,云溪社区\n{TWO},,99010101\n"
    )
    assert imports.said(runtime, clerk, number) == [
        (2, REFUSED, "「990102」不在您的范围里，或者没有这个地方。"),
        (3, REFUSED, "「880101」不在您的范围里，或者没有这个地方。"),
        (4, REFUSED, "「云溪社区」不在您的范围里，或者没有这个地方。"),
        (5, ADDED, "邀请；本人登记后才是成员。"),
    ]


def test_a_name_that_two_places_share_is_none(runtime: Runtime) -> None:
    staff.place("99010202", parent=None, name="第一网格")
    clerk = imports.clerk(runtime)
    number = imports.brought(runtime, clerk, KIND, f"{HEADER}{ONE},,第一网格\n{TWO},,99010101\n")
    assert [outcome for _, outcome, _ in imports.said(runtime, clerk, number)] == [REFUSED, ADDED]


def test_a_sheet_of_which_no_line_can_be_taken_is_refused_with_its_report(runtime: Runtime) -> None:
    clerk = imports.clerk(runtime)
    number = imports.brought(runtime, clerk, KIND, f"{HEADER}1,,990101\n2,,990101\n")
    assert imports.state(number) is ImportState.REFUSED
    assert "没有一行" in runtime.imports.queries.one(clerk, number).why
    assert len(imports.said(runtime, clerk, number)) == 2


@pytest.mark.parametrize("column", ["民族", "宗教", "身份证号", "minzu", "政治面貌"])
def test_a_sheet_that_names_what_is_never_collected_leaves_nothing(runtime: Runtime, column: str) -> None:
    clerk = imports.clerk(runtime)
    before = people.row_counts()
    with pytest.raises(InvalidInput) as refused:
        runtime.imports.actions.upload(clerk, KIND, "表.csv", f"手机号,社区,{column}\n{ONE},990101,x\n".encode())
    assert column in refused.value.errors[0].message
    assert people.row_counts() == before
    assert not (runtime.settings.data_dir / "files").exists()


def test_an_identity_number_in_a_cell_refuses_its_line_and_is_kept_nowhere(runtime: Runtime) -> None:
    clerk = imports.clerk(runtime)
    number = imports.brought(runtime, clerk, KIND, f"{HEADER}{ONE},,110101199003071234\n{TWO},,990101\n")
    [(line, outcome, sentence), _] = imports.said(runtime, clerk, number)
    assert (line, outcome, "身份证" in sentence) == (2, REFUSED, True)
    kept = b"".join(frame for row in StoredFile.select() for frame in runtime.files.read(row.id))
    assert b"110101199003071234" not in kept
    assert ONE.encode() not in kept, "the whole line is dropped"
