"""Her data over the API: all of it to her alone, as often as is good, and who looked."""

import io

import pytest
import pyzipper

from backend import clock
from backend.accounts.queries import Account
from backend.rights import looks
from backend.rights.looks import Viewer
from backend.sessions import queries
from models.followers import WechatIdentity
from models.rights import Look, RightsRequest
from tests import people
from tests.callers import Caller
from tests.served import House

SECTIONS = [
    "profile", "skills", "topics", "wards", "terms", "identities", "consents", "receipts", "sessions", "looks",
    "requests", "messages", "subscriptions", "invitations", "lifetimes",
]  # fmt: skip
PASSWORD = {"password": "chunxiao-2026"}


def _id_of(number: int) -> int:
    found = WechatIdentity.get(WechatIdentity.openid == f"oMember{number}")
    assert found.member_id is not None
    return int(found.member_id)


def _looked(api: House, number: int, reason: str) -> None:
    viewer = Viewer("联络员", "春晓社区", "staff-17")
    looks.record(api.runtime.cipher, _id_of(number), viewer, ["phone", "unit"], reason)


def test_everything_is_told_section_by_section_and_the_asking_has_a_number(member: Caller) -> None:
    told = member.ask("GET", "/me/data")
    assert list(told["data"]) == SECTIONS
    assert told["data"]["profile"][0]["phone"] == people.number(1)
    assert [each["openid"] for each in told["data"]["identities"]] == ["oMember1"]
    assert told["data"]["sessions"][0].keys() == {"device", "account", "created_at", "seen_at", "ends_at"}
    [entry] = member.ask("GET", "/me/requests")["items"]
    assert entry.keys() == {"number", "kind", "why", "detail", "made_at"}
    assert (entry["number"], entry["kind"], entry["why"]) == (told["number"], "copy", "asked")


def test_nothing_in_a_copy_is_a_secret_of_the_house(api: House, member: Caller) -> None:
    _looked(api, 1, "上门慰问")
    told = member.ask("GET", "/me/data")["data"]
    del told["lifetimes"]  # names what is held, digests too
    for secret in (member.token, queries.digest(member.token), "digest", "k1:", "staff-17"):
        assert secret not in str(told), secret


def test_the_file_opens_with_her_password_alone(member: Caller) -> None:
    answer = member.call("POST", "/me/data/file", json=PASSWORD)
    assert (answer.status_code, answer.content_type) == (200, "application/zip")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "my-data.zip" in answer.headers["Content-Disposition"]
    with pyzipper.AESZipFile(io.BytesIO(answer.data)) as archive:
        [entry] = archive.infolist()
        assert entry.flag_bits & 1, "encrypted"
        archive.setpassword(b"another-2026")
        with pytest.raises(RuntimeError):
            archive.read(entry.filename)
        archive.setpassword(PASSWORD["password"].encode())
        assert archive.read(entry.filename)[:2] == b"PK"


def test_a_file_asked_for_again_under_its_key_is_one_entry_in_the_ledger(member: Caller) -> None:
    for _ in range(2):
        assert member.call("POST", "/me/data/file", key="press-1", json=PASSWORD).status_code == 200
    assert RightsRequest.select().count() == 1


@pytest.mark.parametrize("password", ["", "short", "aaaaaaaa", "abababab", "x" * 65, "chunxiao\n2026"])
def test_a_password_that_protects_nothing_is_refused_and_nothing_is_noted(member: Caller, password: str) -> None:
    status, _code, sentence = member.refused("POST", "/me/data/file", json={"password": password})
    assert (status, sentence[-1]) == (422, "。")
    assert RightsRequest.select().count() == 0


def test_a_copy_is_made_three_times_an_hour(light_api: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "timestamp", lambda: 1_800_000_000.0 + 900)  # all in one hour
    official = light_api.runtime.account("wxba5fad812f8e6fb9")
    people.member(light_api.runtime, official)
    asked = Caller(light_api.app.test_client(), people.signed_in(people.identity(official)))
    asked.ask("GET", "/me/data")
    asked.ask("GET", "/me/data")
    assert asked.call("POST", "/me/data/file", json=PASSWORD).status_code == 200
    answer = asked.call("GET", "/me/data")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "2700")
    assert answer.get_json(force=True)["detail"] == "操作太频繁了，请 45 分钟后再试。"
    assert asked.call("POST", "/me/data/file", json=PASSWORD).status_code == 429


def test_use_is_suspended_and_resumed_each_with_a_number(member: Caller) -> None:
    first = member.ask("PUT", "/me/restriction", key="press-1")
    assert first["number"][0] == "Q"
    assert member.ask("PUT", "/me/restriction", key="press-1") == first
    assert member.ask("PUT", "/me/restriction") == {"detail": "已经暂停使用了。", "number": None}
    assert member.ask("GET", "/me")["state"] == "restricted"
    assert member.ask("DELETE", "/me/restriction")["number"][0] == "Q"
    assert member.ask("DELETE", "/me/restriction") == {"detail": "没有暂停，不用恢复。", "number": None}
    kinds = [each["kind"] for each in member.ask("GET", "/me/requests")["items"]]
    assert (kinds, member.ask("GET", "/me")["state"]) == (["release", "restriction"], "active")


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_who_looked_is_told_page_by_page_with_the_reason_and_without_the_account(
    api: House, member: Caller, other: Caller, limit: int
) -> None:
    for number in range(3):
        _looked(api, 1, f"上门慰问 {number}")
    _looked(api, 2, "别人的事")
    found = member.all_pages("/me/looks", limit)
    assert [each["reason"] for each in found] == ["上门慰问 2", "上门慰问 1", "上门慰问 0"]
    assert found[0].keys() == {"role", "unit", "fields", "reason", "looked_at"}
    assert found[0]["fields"] == ["手机号", "门牌"]
    assert "staff-17" not in member.call("GET", "/me/looks").get_data(as_text=True)


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_what_she_asked_for_is_listed_page_by_page(member: Caller, other: Caller, limit: int) -> None:
    for unit in ("1 栋", "2 栋", "3 栋"):
        member.ask("PUT", "/me", json={"unit": unit})
    other.ask("PUT", "/me", json={"name": "王芳"})
    found = member.all_pages("/me/requests", limit)
    assert [(each["kind"], each["detail"]) for each in found] == [("correction", "unit")] * 3
    assert len({each["number"] for each in found}) == 3
    assert "栋" not in str(found), "what was changed, never to what"


def test_who_leaves_takes_the_looks_with_her_and_the_ledger_names_nobody(
    api: House, member: Caller, official: Account
) -> None:
    _looked(api, 1, "上门慰问")
    member.ask("GET", "/me/data")
    member.ask("DELETE", "/me")
    assert Look.select().count() == 0
    assert [(row.kind.value, row.member_id) for row in RightsRequest.select().order_by(RightsRequest.id)] == [
        ("copy", None),
        ("erasure", None),
    ]
