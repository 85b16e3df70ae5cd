"""Visitors of web pages and of the mini-program: who they are, what led them there, what they wrote."""

from datetime import timedelta

import pytest

from backend import clock
from backend.wechat.calls import oauth, wxacodes
from backend.wechat.calls.security import CheckedMedia, CheckScene, Suggestion
from tests.conftest import OFFICIAL
from tests.contracts.gateway.given import Given
from tests.simulated import wait_for


def test_a_visitor_is_known_by_her_code(given: Given) -> None:
    visitor = given.visitor_by_oauth()
    assert visitor.openid == given.openid
    assert given.gateway.oauth.is_valid(visitor)
    assert given.gateway.oauth.profile(visitor).nickname == "陈秀兰"
    given.platform.advance(7_201)
    assert not given.gateway.oauth.is_valid(visitor)
    renewed = given.gateway.oauth.refresh(visitor.refresh_token)
    assert (renewed.openid, given.gateway.oauth.is_valid(renewed)) == (visitor.openid, True)


def test_a_snapshot_page_has_no_visitor(given: Given) -> None:
    address = given.gateway.oauth.address("http://127.0.0.1/back", "s1")
    code = given.platform.consent(address, "p1", snapshot="1")
    with pytest.raises(oauth.SnapshotVisitor):
        given.gateway.oauth.exchange(code)


def test_a_ticket_is_fetched_once_and_signs_pages(given: Given) -> None:
    assert given.gateway.tickets.ticket() == given.gateway.tickets.ticket()
    signed = given.gateway.tickets.sign("http://127.0.0.1/page?x=1#top")
    assert (signed.app_id, len(signed.signature)) == (OFFICIAL.app_id, 40)
    assert len(given.platform.calls("/cgi-bin/ticket/getticket")) == 1
    assert given.gateway.tickets.ticket("wx_card") != given.gateway.tickets.ticket()


def test_a_session_is_valid_until_it_is_renewed(given: Given) -> None:
    login, logins = given.session(), given.mini.logins
    assert login.openid == given.visitor.openid
    assert logins.is_valid(login.openid, login.session_key)
    renewed = logins.renew(login.openid, login.session_key)
    assert logins.is_valid(login.openid, renewed.session_key)
    assert not logins.is_valid(login.openid, login.session_key)


def test_encrypted_data_are_genuine_for_three_days(given: Given) -> None:
    given.session()
    encrypted = given.ask(given.visitor, "encrypted", {"data": {"nickName": "陈秀兰"}})["encryptedData"]
    assert given.mini.logins.is_genuine(encrypted)
    assert not given.mini.logins.is_genuine(encrypted + "=")
    given.platform.advance(3 * 86_400)
    assert not given.mini.logins.is_genuine(encrypted)


def test_a_phone_number_is_told_for_its_code(given: Given) -> None:
    number = given.mini.logins.phone_number(given.phone_code(), given.visitor.openid)
    assert (len(number.number), number.country_code) == (11, "86")


def test_codes_are_pictures_of_their_scene_or_path(given: Given) -> None:
    codes = given.mini.codes
    made = [codes.for_scene("p=1", "pages/a"), codes.for_path("pages/b?x=1"), codes.square("pages/c")]
    assert {each.content[:3] for each in made} == {b"\xff\xd8\xff"}
    kept = given.platform.ask("GET", "state")["mini_codes"][-3:]
    assert {(each["page"], each["query"], each["scene"]) for each in kept} == {
        ("pages/a", "", "p=1"),
        ("pages/b", "x=1", ""),
        ("pages/c", "", ""),
    }
    look = wxacodes.CodeLook(width=280, colour=(200, 0, 0), transparent=True)
    assert codes.for_scene("p=2", look=look).content.startswith(b"\x89PNG")
    assert codes.for_scene("p=3", "pages/new", check_page=False).content


def test_links_open_their_page_while_they_live(given: Given) -> None:
    links = given.mini.links
    until = links.url_until(clock.now() + timedelta(days=1), "pages/a", "x=1")
    for link in (links.url("pages/a", "x=1"), until, links.scheme("pages/a", "x=1")):
        opened = given.ask(given.visitor, "scan", {"text": link})["open_miniprogram"]
        assert (opened["page"], opened["query"]) == ("pages/a", "x=1")


def test_texts_are_judged_and_media_later(given: Given) -> None:
    given.settings(media_verdict_seconds=0)
    given.session()
    check, openid = given.mini.security, given.visitor.openid
    for text, suggestion, label in (
        ("路灯坏了", Suggestion.PASS, 100),
        ("待审样例", Suggestion.REVIEW, 21000),
        ("违规广告样例", Suggestion.RISKY, 10001),
    ):
        verdict = check.check_text(openid, text, CheckScene.FORUM)
        assert (verdict.suggestion, verdict.label, bool(verdict.trace_id)) == (suggestion, label, True)
    assert check.check_text(openid, "好", CheckScene.FORUM, "违规广告样例").suggestion is Suggestion.RISKY
    trace = check.check_media(openid, "http://127.0.0.1/a.jpg", CheckedMedia.IMAGE, CheckScene.FORUM)
    assert wait_for(lambda: [each for each in given.platform.pushes() if trace in str(each["request"]["plain"])])


def test_the_risk_of_a_person_is_told(given: Given) -> None:
    given.session()
    given.platform.ask("POST", "people/p1", {"risk_rank": 3})
    assert given.mini.security.risk_rank(given.visitor.openid, 0, "127.0.0.1", "13800000000") == 3
