"""What goes wrong with mass messages: their key, their audience, their quota (protocol sheet §4.4)."""

from typing import Any

from backend.wechat.calls.mass import MassArticles, MassImages, MassJob, MassText, MassVideo
from tests.contracts.gateway.given import MINUTE, MP4, NOBODY, UNCERTIFIED, Given
from tests.contracts.gateway.lines import only
from tests.contracts.gateway.lines_of_mass import SEND
from tests.contracts.gateway.mistakes import Act, Mistake, bad_request, busy, exhausted, fatal, unreachable

WORDS = MassText("全体通知")


def two(given: Given) -> list[str]:
    return [given.openid, given.stranger().openid]


def _send(given: Given, _: object = None) -> MassJob:
    return given.gateway.mass.send_to(two(given), WORDS, given.key())


def _content(content: Any) -> Act:
    return lambda given, _: given.gateway.mass.send_to(two(given), content, given.key())


def _keyed(given: Given, key: object) -> None:
    given.gateway.mass.send_to(two(given), WORDS, str(key))


def _just_sent(given: Given) -> str:
    given.settings(mass_repeat_seconds=60)
    key = given.key()
    _keyed(given, key)
    return key


def _to_all(given: Given, _: object = None) -> MassJob:
    return given.gateway.mass.send_to_all(WORDS, given.key())


def _once_a_day(given: Given) -> None:
    given.limit(SEND, 1)
    _send(given)


def _sixty(given: Given) -> None:
    given.begin(MINUTE)
    for _ in range(60):
        _send(given)


def _video_as_uploaded(given: Given) -> MassVideo:
    return MassVideo(given.gateway.media.upload("video", "a.mp4", MP4))


def _send_made(given: Given, content: Any) -> None:
    given.gateway.mass.send_to(two(given), content, given.key())


def _preview(openid: str) -> Act:
    return lambda given, _: given.gateway.mass.preview(openid, WORDS)


def _preview_to_stranger(given: Given, _: object) -> None:
    given.gateway.mass.preview(given.stranger().openid, WORDS)


def _delete(given: Given, job: MassJob) -> None:
    given.gateway.mass.delete(job.msg_id)


def _speed(speed: int) -> Act:
    return lambda given, _: given.gateway.mass.set_speed(speed)


def _from_uncertified(given: Given, _: object) -> None:
    given.connected(UNCERTIFIED).mass.send_to_all(WORDS, given.key())


MISTAKES: dict[str, Mistake] = {
    "a key of 33 bytes": bad_request(45067, _keyed, lambda _: "k" * 33),
    "the same key again within a minute": busy(45066, _keyed, _just_sent),
    "a second message to all in one day": exhausted(45028, _to_all, _to_all),
    "more mass messages than a day allows": exhausted(45028, _send, _once_a_day),
    "a 61st mass message in a minute": busy(42010, _send, _sixty),
    "a mass message to one person": bad_request(
        40130, only(lambda given: given.gateway.mass.send_to([given.openid], WORDS, given.key()))
    ),
    "a mass message to nobody known": bad_request(
        40031, only(lambda given: given.gateway.mass.send_to([NOBODY, NOBODY], WORDS, given.key()))
    ),
    "a mass message to 10,001 people": bad_request(
        40032, only(lambda given: given.gateway.mass.send_to([given.openid] * 10_001, WORDS, given.key()))
    ),
    "a mass message to an unknown tag": bad_request(
        40152, only(lambda given: given.gateway.mass.send_to_tag(999_999, WORDS, given.key()))
    ),
    "a mass message of an unknown draft": bad_request(40007, _content(MassArticles("unknown"))),
    "a mass message of no picture": bad_request(40007, _content(MassImages(()))),
    "a mass message of a video that was not prepared": bad_request(40007, _send_made, _video_as_uploaded),
    "a mass message that is too long": bad_request(45002, _content(MassText("a" * 2049))),
    "a mass message from an account without certificate": fatal(48001, _from_uncertified),
    "a preview to nobody": unreachable(40003, _preview(NOBODY)),
    "a preview to a stranger": unreachable(43004, _preview_to_stranger),
    "the state of an unknown mass message": bad_request(40059, only(lambda given: given.gateway.mass.state("1"))),
    "taking back an unknown mass message": bad_request(40059, only(lambda given: given.gateway.mass.delete("1"))),
    "taking back a text": bad_request(40008, _delete, _send),
    "a speed that is none": bad_request(45083, _speed(5)),
    "preparing a video that is not there": bad_request(
        40007, only(lambda given: given.gateway.mass.prepare_video("unknown", "片", "说明"))
    ),
}
