"""Registering over the API, once; what she told is shown to her alone, masked; each refusal says what to do."""

import time
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from backend import clock
from backend.accounts.queries import Account
from backend.consents import actions as consents
from backend.members import phrases
from backend.runtime import Runtime
from models.consents import Purpose
from models.members import Member, MemberState
from models.places import Place, PlaceLevel
from models.sessions import Session
from tests import people
from tests.callers import Caller
from tests.served import House
from tests.threads import at_once

NUMBER = "19900000009"
ME = {"state", "name", "phone", "place", "unit", "skills", "topics", "joined_at", "consents_due"}


@pytest.fixture
def runtime(api: House) -> Runtime:
    return api.runtime


def _form(runtime: Runtime, *, same_person: bool = False, **more: Any) -> dict[str, Any]:
    code = runtime.confirmations.make(NUMBER, "张老师", same_person)
    form = {
        "name": "陈秀兰",
        "phone": {"number": NUMBER, "confirmation": code},
        "place": {"code": "990101"},
        "fourteen": True,
        "consents": [{"purpose": purpose.value, "version": 1} for purpose in Purpose],
    }
    return {**form, **more}


def _day(days: int) -> str:
    return clock.beijing(clock.now() + timedelta(days=days)).date().isoformat()


def _fault(told: dict[str, Any], field: str) -> str:
    return next(str(fault["message"]) for fault in told["errors"] if fault["field"] == field)


def test_who_registers_is_told_what_was_written_down(visitor: Caller, runtime: Runtime) -> None:
    skills = [{"skill": "haircut", "until": _day(30)}]
    told = visitor.ask("POST", "/me", 201, json=_form(runtime, unit="3 栋", skills=skills, topics=["jobs", "culture"]))
    assert told.keys() == {*ME, "joined"}
    shown = {name: told[name] for name in ME - {"joined_at"}}
    assert shown == {
        "state": "active",
        "name": "陈秀兰",
        "phone": "199******09",
        "place": {"code": "990101", "name": "春晓社区"},
        "unit": "3 栋",
        "skills": skills,
        "topics": ["culture", "jobs"],
        "consents_due": [],
    }
    assert told["joined_at"].endswith("+08:00")
    assert visitor.ask("GET", "/me") == {name: told[name] for name in ME}


def test_her_lost_answer_is_given_again_under_her_key_and_without_it_she_is_told(
    visitor: Caller, runtime: Runtime
) -> None:
    form = _form(runtime)
    first = visitor.call("POST", "/me", json=form, key="press-1")
    again = visitor.call("POST", "/me", json=form, key="press-1")
    assert (first.status_code, again.status_code, again.data) == (201, 201, first.data)
    assert visitor.refused("POST", "/me", json=form) == (409, "already_member", phrases.ALREADY)
    reused = visitor.refused("POST", "/me", json={**form, "name": "陈秀英"}, key="press-1")
    assert reused[:2] == (422, "idempotency_key_reused")
    assert Member.select().count() == 1


def test_the_key_of_one_person_is_not_that_of_another(visitor: Caller, other: Caller, runtime: Runtime) -> None:
    form = _form(runtime)
    visitor.ask("POST", "/me", 201, json=form, key="press-1")
    assert other.refused("POST", "/me", json=form, key="press-1")[1] == "already_member"


def test_a_form_that_was_refused_is_mended_under_the_same_key(visitor: Caller, runtime: Runtime) -> None:
    form = _form(runtime)
    visitor.ask("POST", "/me", 422, json={**form, "topics": ["nothing"]}, key="press-1")
    visitor.ask("POST", "/me", 201, json=form, key="press-1")


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"name": "x" * 65}, "name", "最多 64 个字。"),
        ({"fourteen": None}, "fourteen", "要写 true 或 false。"),
        ({"place": {"code": "nowhere"}}, "place", "请选您住的社区、网格或楼栋。"),
        ({"place": {"code": "9901"}}, "place", "请选您住的社区、网格或楼栋。"),
        ({"place": {}}, "place", "请选您住的社区、网格或楼栋。"),
        ({"place": {"scene": "990101"}}, "place", "请选您住的社区、网格或楼栋。"),
        ({"place": {"latitude": 30.0}}, "place", "请选您住的社区、网格或楼栋。"),
        ({"phone": {}}, "phone", "请用手机号快捷登记，或者填当面确认的手机号和确认码。"),
        ({"phone": {"number": NUMBER}}, "phone", "请用手机号快捷登记，或者填当面确认的手机号和确认码。"),
        ({"consents": []}, "consents.membership", "要登记，请先同意「成为社区成员」。"),
        (
            {"consents": [{"purpose": "membership", "version": 2}]},
            "consents.membership",
            "这份说明有了新版本，请重新看一遍再同意。",
        ),
        ({"consents": [{"purpose": "spying", "version": 1}]}, "consents.0.purpose", "只能是"),
        ({"skills": [{"skill": "magic", "until": "2026-12-31"}]}, "skills", "没有「magic」这一项。"),
        (
            {"skills": [{"skill": "haircut", "until": "2001-01-01"}]},
            "skills.haircut",
            "到期的日子要在今天以后、一年以内。",
        ),
        ({"topics": ["religion"]}, "topics", "没有「religion」这个话题。"),
        ({"nation": "汉"}, "nation", "没有这一项，请去掉。"),
        ({"phone": {"code": "x", "openid": "oMine"}}, "phone.openid", "没有这一项，请去掉。"),
    ],
)
def test_what_is_wrong_in_the_form_is_said_beside_its_field_and_nothing_is_written(
    visitor: Caller, runtime: Runtime, change: dict[str, Any], field: str, message: str
) -> None:
    if not Place.select().where(Place.code == "9901").exists():
        Place.create(code="9901", name="慢城街道", level=PlaceLevel.STREET, changed_at=clock.now())
    told = visitor.ask("POST", "/me", 422, json=_form(runtime, **change))
    assert _fault(told, field).startswith(message)
    assert Member.select().count() == 0


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"fourteen": False}, "under_fourteen"),
        ({"name": "陈3"}, "name_invalid"),
        ({"name": " "}, "name_missing"),
        ({"name": "陈" * 31}, "name_too_long"),
        ({"unit": "x" * 41}, "unit_invalid"),
        ({"phone": {"number": NUMBER, "confirmation": "00000000"}}, "confirmation_wrong"),
        ({"phone": {"number": "110", "confirmation": "00000000"}}, "phone_invalid"),
        ({"phone": {"code": "x", "number": NUMBER, "confirmation": "1"}}, "phone_missing"),
        ({"phone": {"code": "x"}}, "phone_code_here"),
    ],
)
def test_each_refusal_of_a_form_has_a_code_and_a_sentence(
    visitor: Caller, runtime: Runtime, change: dict[str, Any], code: str
) -> None:
    status, told, sentence = visitor.refused("POST", "/me", json=_form(runtime, **change))
    assert (status, told, sentence[-1]) == (422, code, "。")
    assert Member.select().count() == 0


def test_optional_consents_are_optional(visitor: Caller, runtime: Runtime) -> None:
    only = [{"purpose": "membership", "version": 1}]
    for told, purpose in (({"unit": "3 栋"}, "unit"), ({"topics": ["jobs"]}, "interests")):
        refused = visitor.ask("POST", "/me", 422, json=_form(runtime, consents=only, **told))
        assert _fault(refused, f"consents.{purpose}")
    visitor.ask("POST", "/me", 201, json=_form(runtime, consents=only))


def test_she_may_live_where_her_location_is(visitor: Caller, runtime: Runtime) -> None:
    Place.update(latitude=30.4, longitude=112.8).execute()
    told = visitor.ask("POST", "/me", 201, json=_form(runtime, place={"latitude": 30.4001, "longitude": 112.8001}))
    assert told["place"]["code"] == "990101"


def test_a_number_another_has_is_refused_until_she_says_that_it_is_new(visitor: Caller, runtime: Runtime) -> None:
    people.member(runtime, runtime.account("wxba5fad812f8e6fb9"), "oFormer", f"+86{NUMBER}", people.application("王芳"))
    form = _form(runtime)
    assert visitor.refused("POST", "/me", json=form) == (409, "phone_taken", phrases.TAKEN)
    form["phone"]["number_is_new"] = True
    visitor.ask("POST", "/me", 201, json=form)


def test_who_registers_one_number_at_the_same_moment_is_one_member(
    api: House, official: Account, runtime: Runtime
) -> None:
    tokens = [people.signed_in(people.identity(official, f"oTwin{number}")) for number in range(8)]
    forms = [_form(runtime, same_person=True) for _ in tokens]

    def register(token: str, form: dict[str, Any]) -> bool:
        asked = Caller(api.app.test_client(), token)
        while (answer := asked.call("POST", "/me", json=form)).status_code == 503:
            time.sleep(0.05)
        assert answer.status_code == 201, answer.text
        return bool(answer.get_json()["joined"])

    joined = at_once(*[partial(register, *each) for each in zip(tokens, forms, strict=True)])
    assert sorted(joined) == [False] + [True] * 7
    assert Member.select().count() == 1


def test_who_has_not_registered_is_told_so_wherever_a_member_is_needed(visitor: Caller) -> None:
    for method, path, body in (
        ("GET", "/me", None),
        ("PUT", "/me", {}),
        ("DELETE", "/me", None),
        ("PUT", "/me/phone", {"code": "x"}),
        ("GET", "/me/data", None),
        ("POST", "/me/data/file", {"password": "mima2026"}),
        ("PUT", "/me/restriction", None),
        ("DELETE", "/me/restriction", None),
        ("GET", "/me/looks", None),
        ("GET", "/me/requests", None),
        ("GET", "/me/receipts", None),
        ("GET", "/me/consents", None),
        ("PUT", "/me/consents/notices", {"version": 1}),
        ("DELETE", "/me/consents/notices", None),
        ("GET", "/me/wards", None),
        ("POST", "/me/wards", {"name": "陈小雨", "birth_year": 2018, "birth_month": 6}),
        ("DELETE", "/me/wards/1", None),
    ):
        sent = {} if body is None else {"json": body}
        assert visitor.refused(method, path, **sent) == (404, "no_member", phrases.GONE), (method, path)


def test_what_she_leaves_out_of_a_correction_stays_as_it_is(member: Caller) -> None:
    before = member.ask("GET", "/me")
    done = member.ask("PUT", "/me", json={"unit": "3 栋 2 单元 501"})
    assert (done["detail"], done["number"][0]) == ("已经改好了。", "Q")
    assert member.ask("GET", "/me") == {**before, "unit": "3 栋 2 单元 501"}
    member.ask("PUT", "/me", json={"topics": ["jobs"], "skills": [{"skill": "haircut", "until": _day(1)}]})
    member.ask("PUT", "/me", json={"unit": "", "name": "陈·秀"})
    told = member.ask("GET", "/me")
    assert (told["unit"], told["name"], told["topics"]) == ("", "陈·秀", ["jobs"])
    assert told["skills"] == [{"skill": "haircut", "until": _day(1)}]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": "x1"}, "name_invalid"),
        ({"place": {"code": "nowhere"}}, "place_unknown"),
        ({"topics": ["nothing"]}, "invalid_input"),
        ({"phone": "19900000001"}, "invalid_input"),
        ({"state": "active"}, "invalid_input"),
    ],
)
def test_a_correction_that_is_wrong_changes_nothing(member: Caller, change: dict[str, Any], code: str) -> None:
    before = member.ask("GET", "/me")
    assert member.refused("PUT", "/me", json={"unit": "9 栋", **change})[:2] == (422, code)
    assert member.ask("GET", "/me") == before


def test_a_correction_cannot_tell_what_she_did_not_agree_to(member: Caller) -> None:
    member.ask("DELETE", "/me/consents/unit")
    told = member.ask("PUT", "/me", 422, json={"unit": "3 栋"})
    assert _fault(told, "consents.unit") == "要填门牌，请先同意「记下门牌」；不想填就留空。"


def test_a_new_number_is_proved_and_masked(member: Caller, runtime: Runtime) -> None:
    code = runtime.confirmations.make(NUMBER, "张老师")
    sent = {"number": NUMBER, "confirmation": code}
    first = member.ask("PUT", "/me/phone", key="k", json=sent)
    assert member.ask("PUT", "/me/phone", key="k", json=sent) == first
    assert member.ask("GET", "/me")["phone"] == "199******09"
    assert member.refused("PUT", "/me/phone", json=sent)[:2] == (422, "confirmation_wrong")


def test_what_she_agreed_to_before_it_changed_is_due_again(member: Caller) -> None:
    consents.publish(Purpose.NOTICES, "接收社区通知", "新的说明。")
    assert member.ask("GET", "/me")["consents_due"] == ["notices"]


def test_who_leaves_is_gone_at_once_and_the_repetition_has_the_same_answer(
    member: Caller, other: Caller, api: House
) -> None:
    identity_id = Session.get().identity_id
    done = member.ask("DELETE", "/me", key="press-1")
    assert (done["detail"], done["number"][0]) == ("已经注销，您的资料已删除。", "Q")
    assert member.refused("GET", "/me")[0] == 401
    again = Caller(member.client, people.signed_in(identity_id))
    assert again.ask("DELETE", "/me", key="press-1") == done, "she signs in anew and asks again"
    assert again.refused("DELETE", "/me")[:2] == (404, "no_member")
    assert [row.state for row in Member.select().order_by(Member.id)] == [MemberState.ERASED, MemberState.ACTIVE]
    other.ask("GET", "/me")


def test_nobody_sees_what_another_told(member: Caller, other: Caller) -> None:
    member.ask("PUT", "/me", json={"name": "独有之名", "unit": "独有之门"})
    for path in ("/me", "/me/data", "/me/receipts", "/me/requests", "/me/looks", "/me/wards", "/sessions"):
        assert "独有" not in other.call("GET", path).get_data(as_text=True), path


def test_a_person_who_writes_too_often_is_told_when_to_come_back_and_others_are_not(
    light_api: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "timestamp", lambda: 1_800_000_015.0)  # all in one minute
    official = light_api.runtime.account("wxba5fad812f8e6fb9")
    for number in (1, 2):
        people.member(light_api.runtime, official, f"oMember{number}", people.number(number))
    first, second = (
        Caller(light_api.app.test_client(), people.signed_in(people.identity(official, f"oMember{number}")))
        for number in (1, 2)
    )
    assert {first.call("PUT", "/me/restriction").status_code for _ in range(60)} == {200}
    answer = first.call("PUT", "/me/restriction")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "45")
    first.ask("GET", "/me")
    second.ask("PUT", "/me/restriction")


def test_a_consent_that_is_sent_twice_is_refused_with_a_sentence(api: House, visitor: Caller) -> None:
    code = api.runtime.confirmations.make("13800138000", "张老师")
    again = {"purpose": "membership", "version": 1}
    told = {
        "name": "陈秀兰",
        "phone": {"number": "13800138000", "confirmation": code},
        "place": {"code": "990101"},
        "fourteen": True,
        "consents": [again, again],
    }
    status, code, sentence = visitor.refused("POST", "/me", json=told)
    assert (status, code, sentence) == (422, "invalid_input", "这一项同意写了两次，请只写一次。")
    visitor.ask("POST", "/me", 201, json={**told, "consents": [again]})
