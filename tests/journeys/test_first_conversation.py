"""A person meets the account for the first time: real HTTP both ways, in safe mode, from the follow to the farewell."""

import subprocess
import sys
from pathlib import Path

import pytest

from backend.settings import Settings
from handlers import phrases
from handlers.phrases import MY_PLACE, PLACE_FOUND, PLACE_REMEMBERED, WELCOME, WELCOME_PLACE
from models.base import database
from models.followers import FollowEvent, FollowState, WechatIdentity
from tests.conftest import OFFICIAL
from tests.processes import ROOT
from tests.served import MINIPROGRAM, House, environment
from tests.simulated import Phone, Platform, Spot, wait_for, words

JPG = b"\xff\xd8\xff\xe0" + bytes(64)
PLACE, CODE = "春晓社区", "990101"
pytestmark = pytest.mark.usefixtures("house")


@pytest.fixture
def menu(house_at: Settings, platform: Platform) -> list[tuple[int, int]]:
    """The menu, pushed by the command, as the paths of its buttons."""
    command = [sys.executable, "manage.py", "menu", "push"]
    done = subprocess.run(command, cwd=ROOT, env=environment(house_at), capture_output=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert "慢城街道" in done.stdout.decode()
    groups = platform.menu(OFFICIAL.app_id)
    return [(group, item) for group in range(len(groups)) for item in range(len(groups[group]["sub_button"]))]


def _identity(phone: Phone) -> WechatIdentity:
    identity = WechatIdentity.get(WechatIdentity.openid == phone.openid)
    database.close()
    return identity


def _spot(platform: Platform, label: str) -> Spot:
    return next(spot for spot in platform.spots() if spot.label == label)


def test_the_platform_accepts_our_url(platform: Platform) -> None:
    verified = platform.ask("POST", f"accounts/{OFFICIAL.app_id}/verify", {})
    assert verified["ok"], verified


def test_who_follows_is_welcomed_and_written_down(phone: Phone) -> None:
    assert words(phone.follow()) == WELCOME.format(account="慢城街道")
    assert _identity(phone).follow_state is FollowState.FOLLOWING
    assert [(e.state, e.scene) for e in FollowEvent.select()] == [(FollowState.FOLLOWING, "")]


def test_who_follows_through_the_sign_of_a_community_belongs_to_it(phone: Phone) -> None:
    assert words(phone.follow(f"place.{CODE}")) == WELCOME_PLACE.format(account="慢城街道", place=PLACE)
    assert words(phone.text("我的社区")) == MY_PLACE.format(place=PLACE)


def test_the_sign_of_an_unknown_community_is_welcomed_without_one(phone: Phone) -> None:
    assert words(phone.follow("place.does-not-exist")) == WELCOME.format(account="慢城街道")
    assert words(phone.text("我的社区")) == phrases.NO_PLACE


def test_a_follower_who_scans_a_sign_changes_her_community(phone: Phone) -> None:
    phone.follow("place.990102")
    assert words(phone.follow(f"place.{CODE}")) == phrases.WELCOME_BACK_PLACE.format(place=PLACE)
    assert words(phone.text("我的社区")) == MY_PLACE.format(place=PLACE)


@pytest.mark.parametrize("word", ["帮助", " 帮助。", "ＨＥＬＰ！"])
def test_help_is_given_however_it_is_asked_for(phone: Phone, word: str) -> None:
    phone.follow()
    assert words(phone.text(word)) == phrases.HELP


def test_a_text_that_nobody_understands_is_answered_with_a_way_on(phone: Phone) -> None:
    phone.follow()
    assert words(phone.text("今天天气怎么样 <b>&amp;]]></b> 😀")) == phrases.FALLBACK


def test_a_location_is_answered_with_its_community_and_not_remembered(phone: Phone, platform: Platform) -> None:
    phone.follow()
    assert words(phone.location(_spot(platform, PLACE))) == PLACE_FOUND.format(place=PLACE, code=CODE)
    assert words(phone.text("我的社区")) == phrases.NO_PLACE


def test_every_community_of_the_street_is_found_at_its_own_centre(phone: Phone, platform: Platform) -> None:
    phone.follow()
    spots = platform.spots()
    assert len(spots) == 28
    for spot in spots[::5]:
        assert words(phone.location(spot)).startswith(f"您在{spot.label}。")


def test_a_location_far_away_has_no_community(phone: Phone) -> None:
    phone.follow()
    assert words(phone.location(Spot("北京", 39.9, 116.4))) == phrases.PLACE_NOT_FOUND


def test_a_community_is_remembered_and_forgotten_when_she_says_so(phone: Phone) -> None:
    phone.follow()
    assert words(phone.text(f"记住{CODE}")) == PLACE_REMEMBERED.format(place=PLACE)
    assert words(phone.text("我的社区")) == MY_PLACE.format(place=PLACE)
    assert phrases.HELD_PLACE.format(place=PLACE) in words(phone.text("隐私"))
    assert words(phone.text("忘记社区")) == phrases.PLACE_FORGOTTEN
    assert words(phone.text("我的社区")) == phrases.NO_PLACE
    assert words(phone.text("隐私")) == phrases.PRIVACY.format(held=f"{phrases.HELD_FOLLOW}\n{phrases.HELD_LAST}")


def test_an_unknown_code_is_not_remembered(phone: Phone) -> None:
    phone.follow()
    assert words(phone.text("记住123")) == phrases.PLACE_UNKNOWN_CODE.format(code="123")


def test_every_button_of_the_menu_gives_a_sentence_that_is_no_error(
    phone: Phone, platform: Platform, menu: list[tuple[int, int]]
) -> None:
    phone.follow()
    spot = _spot(platform, PLACE)
    payload = {"text": f"place.{CODE}", "latitude": spot.latitude, "longitude": spot.longitude}
    said = {path: words(phone.menu(*path, **payload)) for path in menu}
    assert len(said) == 8
    failed = phrases.FAILED.split("{", maxsplit=1)[0]
    assert not [path for path, text in said.items() if failed in text or text in (phrases.BUSY, phrases.FALLBACK)]
    assert words(phone.text("我的社区")) == MY_PLACE.format(place=PLACE), "the scanned sign was understood"


def test_a_code_scanned_from_the_menu_that_is_no_sign_is_said_and_not_opened(
    phone: Phone, menu: list[tuple[int, int]]
) -> None:
    phone.follow()
    assert words(phone.menu(1, 0, text="http://example.com/x")).startswith("扫到了：http://example.com/x")


def test_whoever_asks_for_a_person_is_handed_over(phone: Phone, platform: Platform) -> None:
    phone.follow()
    [notice] = phone.text("人工")
    assert (notice["kind"], notice["text"], phone.chat()["agent"]) == ("notice", "已转人工客服", True)
    wait_for(lambda: [push for push in platform.pushes() if "kf_create_session" in push["title"]])
    assert phone.text("帮助") == [], "while an agent is there, we do not hear her"


def test_an_invitation_comes_from_the_worker_as_a_picture_and_a_sentence(
    phone: Phone, house: House, platform: Platform
) -> None:
    phone.follow(f"place.{CODE}")
    assert words(phone.text("邀请")) == phrases.INVITE_WORKING.format(place=PLACE)
    assert house.work() == 2
    picture, sentence = phone.messages()[-2:]
    assert picture["url"]
    assert (picture["kind"], sentence["content"]) == ("image", phrases.INVITE_READY.format(place=PLACE))
    code = platform.ask("GET", "state")["codes"][-1]
    assert (code["scene"], code["kind"]) == (f"place.{CODE}", "QR_STR_SCENE")


def test_a_neighbour_who_scans_the_invitation_follows_into_the_community(
    phone: Phone, house: House, platform: Platform
) -> None:
    phone.follow(f"place.{CODE}")
    phone.text("邀请")
    house.work()
    code = platform.ask("GET", "state")["codes"][-1]
    neighbour = platform.phone(OFFICIAL.app_id, "p2")
    assert words(neighbour.scan(code["url"])) == WELCOME_PLACE.format(account="慢城街道", place=PLACE)


def test_nobody_without_a_community_is_sent_an_invitation(phone: Phone, house: House) -> None:
    phone.follow()
    assert words(phone.text("邀请")) == phrases.NO_PLACE
    assert house.work() == 0


def test_a_picture_is_answered_and_not_kept(phone: Phone, house_at: Settings) -> None:
    phone.follow()
    assert words(phone.image(JPG)) == phrases.PHOTO
    kept = [path for path in Path(house_at.data_dir).rglob("*") if path.is_file() and JPG in path.read_bytes()]
    assert kept == []


def test_who_leaves_is_forgotten_at_once_and_starts_anew_when_she_comes_back(phone: Phone) -> None:
    phone.follow(f"place.{CODE}")
    WechatIdentity.update(unionid="u-1").where(WechatIdentity.openid == phone.openid).execute()
    phone.platform.advance(2)
    assert phone.unfollow() == []
    left = _identity(phone)
    assert (left.follow_state, left.place, left.unionid) == (FollowState.LEFT, None, None)
    phone.platform.advance(2)
    assert words(phone.follow()) == WELCOME.format(account="慢城街道")
    assert words(phone.text("我的社区")) == phrases.NO_PLACE
    states = [event.state for event in FollowEvent.select().order_by(FollowEvent.id)]
    assert states == [FollowState.FOLLOWING, FollowState.LEFT, FollowState.FOLLOWING]


def test_a_mini_program_s_text_is_received_without_a_word_and_answered_by_a_call(
    platform: Platform, house: House
) -> None:
    visitor = platform.phone(MINIPROGRAM.app_id)
    assert visitor.text("你好") == []
    [push] = platform.pushes()
    assert (push["status"], push["outcome"], push["response"]["raw"]) == (200, "ok", "success")
    assert house.work() == 1
    assert visitor.wait_for("text", "您可以这样用")


def test_a_mini_program_s_visitor_is_answered_once_through_the_api(platform: Platform, house: House) -> None:
    visitor = platform.phone(MINIPROGRAM.app_id)
    attempts = platform.push(MINIPROGRAM.app_id, "p1", {"MsgType": "text", "Content": "帮助"}, copies=4)
    assert {attempt["plain"] for attempt in attempts} == {"success"}
    wait_for(house.runtime.queue.waiting)
    house.work()
    visitor.wait_for("text", phrases.HELP)
    assert len([message for message in visitor.messages() if message["by"] == "account"]) == 1
