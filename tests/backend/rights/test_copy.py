"""The copy holds everything that is held of somebody, and nothing of anybody else."""

from collections.abc import Iterator

from backend import clock
from backend.accounts.queries import Account
from backend.members.search import phone_digest
from backend.outbox.actions import Recipient
from backend.outbox.messages import Message
from backend.rights.sections import Row, as_json, collect
from backend.rights.words import OF_STAFF
from backend.runtime import Runtime
from models.followers import WechatIdentity
from models.marks import lifetime_of
from models.members import Member
from models.registry import TABLES
from tests import people
from tests.marks import MARK, PHONE, marked
from tests.outboxes import source

TOLD: dict[str, str] = {
    **{
        f"member.{name}": f"profile.{name}"
        for name in (
            "state", "name", "phone", "phone_proof", "phone_proved_at", "place", "unit", "joined_at", "changed_at",
            "seen_at", "told_at",
        )
    },
    **{
        f"wechat_identity.{name}": f"identities.{name}"
        for name in (
            "account", "openid", "unionid", "follow_state", "follow_changed_at", "place", "last_interaction_at",
            "last_interaction", "last_message_at", "muted_until", "refused_at", "refused", "created_at",
        )
    },
    **{f"member_skill.{name}": f"skills.{name}" for name in ("skill", "until")},
    "member_interest.topic": "topics.topic",
    **{f"ward.{name}": f"wards.{name}" for name in ("name", "fourteen_at", "created_at")},
    **{f"consent.{name}": f"consents.{told}" for name, told in (("purpose", "title"), ("version", "version"))},
    "consent.given_at": "consents.given_at",
    "consent_receipt.purpose": "receipts.title",
    **{f"consent_receipt.{n}": f"receipts.{n}" for n in ("number", "version", "given", "through", "happened_at")},
    **{f"session.{name}": f"sessions.{name}" for name in ("device", "created_at", "seen_at", "ends_at")},
    **{f"look.{name}": f"looks.{name}" for name in ("role", "unit", "fields", "looked_at")},
    "look.grounds": "looks.reason",
    **{f"rights_request.{name}": f"requests.{name}" for name in ("number", "kind", "why", "detail", "made_at")},
    "delivery.channel": "messages.channel",
    "delivery.settled_at": "messages.sent_at",
    "delivery.data": "messages.words",
    "delivery_source.message": "messages.words",
    **{f"invitation.{name}": f"invitations.{name}" for name in ("place", "kind", "masked", "invited_at")},
    **{f"subscription_credit.{n}": f"subscriptions.{n}" for n in ("template_id", "left", "lasting", "changed_at")},
}  # fmt: skip
"""table.column → section.key of the copy."""

LEFT_OUT = {
    "member.phone_digest": "made of the number, which is told",
    "name_token.token": "made of the name, which is told",
    "session.token_digest": "would not help her, and is of a secret",
    "session.refresh_digest": "as above",
    "session.former_digest": "as above",
    "session.expires_at": "moves every two hours; she is told when she has to sign in anew",
    "look.viewer": "the account of a member of the staff: she is told the role and the unit",
    "phone_confirmation.digest": "names nobody: of number and code together",
    "member_merge.snapshot": "the fields above as they were before two registrations were joined; opened to undo it",
    "member_merge.merged_at": "she was told by a message when it happened",
    **dict.fromkeys(("member_double.found_at", "member_double.cleared_at"), "would tell her of somebody of her name"),
    "invitation.phone_digest": "made of the number, which is told",
    "invitation.invited_by": "the account of a member of the staff",
    "invitation.origin": "the sheet in which the number stood, which holds others'",
    "receipt.digest": "names nobody: cannot be found by the person",
    "receipt.answer": "as above; of what was answered a day ago at most",
    "receipt.received_at": "as above",
    **dict.fromkeys(
        ("delivery.state", "delivery.attempts", "delivery.refused", "delivery.due_at", "delivery.intended_at",
         "delivery.platform_id", "delivery.reason", "delivery.source"),
        "how the sending went, and nothing of her",
    ),
}  # fmt: skip

OWNERS = {"member", "follower", "guardian", "identity", "kept", "gone", "one", "other"}
"""Columns that only say whose the row is."""


def _personal() -> Iterator[str]:
    for table in (table for table in TABLES if table._meta.table_name not in OF_STAFF):
        for field in table._meta.sorted_fields:
            if lifetime_of(field) is not None and not (field.name in OWNERS and hasattr(field, "rel_model")):
                yield f"{table._meta.table_name}.{field.name}"


def _copy(runtime: Runtime, member_id: int) -> dict[str, list[Row]]:
    return as_json(collect(runtime.cipher, member_id))


def test_every_personal_column_is_told_or_left_out_for_a_reason() -> None:
    assert set(_personal()) == TOLD.keys() | LEFT_OUT.keys()
    assert TOLD.keys() & LEFT_OUT.keys() == set()


def test_what_is_told_really_stands_in_the_copy(runtime: Runtime, account: Account) -> None:
    member_id = marked(runtime, account)
    Member.update(told_at=clock.now()).where(Member.id == member_id).execute()
    hers = WechatIdentity.member == member_id
    WechatIdentity.update(refused=45047, refused_at=clock.now()).where(hers).execute()
    copy = _copy(runtime, member_id)
    filled = {
        f"{key}.{name}" for key, rows in copy.items() for row in rows for name in row if row[name] not in (None, "")
    }
    missing = set(TOLD.values()) - filled
    assert missing == {"requests.detail"}, "only a correction has one"


def test_her_own_words_are_in_it_whole(runtime: Runtime, account: Account) -> None:
    copy = _copy(runtime, marked(runtime, account))
    [profile] = copy["profile"]
    assert (profile["name"], profile["phone"], profile["unit"]) == (f"{MARK}·禾", PHONE, f"{MARK} 3-501")
    assert profile["place"] == "春晓社区"
    assert {row["openid"] for row in copy["identities"]} == {f"oPerson{MARK}", f"oMini{MARK}"}
    assert [row["name"] for row in copy["wards"]] == [f"{MARK}·明"]
    assert {row["words"] for row in copy["messages"]} >= {f"data {MARK}", f"as a follower {MARK}"}
    assert [row["skill"] for row in copy["skills"]] == ["理发"]
    assert {row["topic"] for row in copy["topics"]} == {"找工作", "上学入园"}


def test_it_tells_of_every_personal_column_how_long_it_is_held(runtime: Runtime, account: Account) -> None:
    rows = _copy(runtime, people.member(runtime, account))["lifetimes"]
    assert {name for row in rows for name in row["columns"].split("、")} >= set(_personal())
    assert all(row["how_long"] and row["what"] for row in rows)


def test_what_waits_to_be_sent_to_her_is_in_it(runtime: Runtime, account: Account) -> None:
    member_id = people.member(runtime, account)
    runtime.outbox.put(source(message=Message("明天上门")), Recipient(member_id))
    assert [(row["words"], row["sent_at"]) for row in _copy(runtime, member_id)["messages"]] == [("明天上门", None)]


def test_nothing_of_anybody_else_is_in_it(runtime: Runtime, account: Account) -> None:
    marked(runtime, account)
    other = people.member(runtime, account, "oOther", people.number(2))
    copy = _copy(runtime, other)
    assert MARK not in repr(copy)
    assert PHONE not in repr(copy)


def test_it_holds_no_digest_and_no_account_of_who_looked(runtime: Runtime, account: Account) -> None:
    copy = repr(_copy(runtime, marked(runtime, account)))
    assert f"staff {MARK}" not in copy
    assert phone_digest(runtime.lookups, PHONE) not in copy


def test_moments_are_told_in_beijings_time(runtime: Runtime, account: Account) -> None:
    [profile] = _copy(runtime, people.member(runtime, account))["profile"]
    assert str(profile["joined_at"]).endswith("+08:00")


def test_of_who_is_gone_there_is_no_copy(runtime: Runtime, account: Account) -> None:
    member_id = marked(runtime, account)
    people.erased_already(member_id)
    assert MARK not in repr(_copy(runtime, member_id))
