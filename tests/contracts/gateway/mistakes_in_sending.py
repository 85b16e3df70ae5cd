"""What goes wrong with customer-service messages: the window, the content (protocol sheet §4.5).

The plainest ones (the closed window, the sixth message, the text that is too long) stand in test_refusals.
"""

from typing import Any

from backend.wechat.calls import custom
from backend.wechat.calls.custom import CustomText
from tests.contracts.gateway.given import JPG, NOBODY, UNCERTIFIED, Given
from tests.contracts.gateway.lines import only
from tests.contracts.gateway.mistakes import (
    Act,
    Mistake,
    Prepare,
    bad_request,
    exhausted,
    fatal,
    unreachable,
)
from tests.simulated import Phone

SEND = "/cgi-bin/message/custom/send"


def _sent(message: custom.CustomMessage) -> Act:
    return lambda given, _: given.gateway.custom.send(given.openid, message)


def _to(given: Given, phone: Phone) -> None:
    given.gateway.custom.send(phone.openid, CustomText("您好"))


def _follow_and_three(given: Given) -> Phone:
    phone = given.stranger()
    phone.follow()
    for _ in range(3):
        _to(given, phone)
    return phone


def _followed_a_minute_ago(given: Given) -> Phone:
    phone = given.stranger()
    phone.follow()
    given.platform.advance(61)
    return phone


def _tapped_and_three(given: Given) -> Phone:
    """A line of a list of choices counts as a tap of the menu, though it arrives as a text."""
    phone = given.stranger()
    phone.follow()
    given.platform.advance(61)
    given.ask(phone, "msgmenu", {"id": "good", "content": "满意"})
    for _ in range(3):
        _to(given, phone)
    return phone


def _entered_and_two(given: Given) -> None:
    given.ask(given.visitor, "enter")
    for _ in range(2):
        given.mini.custom.send(given.visitor.openid, CustomText("您好"))


def _to_visitor(message: custom.CustomMessage) -> Act:
    return lambda given, _: given.mini.custom.send(given.visitor.openid, message)


def _uncertified(given: Given) -> tuple[Any, Phone]:
    """An account that may do less, and a follower of it who has just written."""
    phone = given.platform.phone(UNCERTIFIED.app_id)
    phone.follow()
    phone.text("你好")
    return given.connected(UNCERTIFIED), phone


def _choices_of_uncertified(_: Given, pair: tuple[Any, Phone]) -> None:
    gateway, phone = pair
    gateway.custom.send(phone.openid, custom.CustomMenu("满意吗？", (("good", "满意"),)))


def _image_as_voice(given: Given) -> custom.CustomVoice:
    return custom.CustomVoice(given.gateway.media.upload("image", "a.jpg", JPG))


def _pictures_page(app_id: str) -> Prepare:
    return lambda given: custom.CustomMiniProgram("报修", app_id, "pages/a", given.thumb())


def _send_made(given: Given, message: Any) -> None:
    given.gateway.custom.send(given.openid, message)


def _typing(given: Given, _: object = None) -> None:
    given.gateway.custom.typing(given.openid)


def _once_a_day(given: Given) -> None:
    given.limit(SEND, 1)
    _to(given, given.phone)


def _blacklisted(given: Given) -> None:
    given.gateway.users.block([given.openid])


def _blocking(given: Given) -> None:
    given.ask(given.phone, "block", {"on": True})


MISTAKES: dict[str, Mistake] = {
    "a fourth message to whoever followed": unreachable(45047, _to, _follow_and_three),
    "a minute after she followed": unreachable(45015, _to, _followed_a_minute_ago),
    "a fourth message after a tap on a choice": unreachable(45047, _to, _tapped_and_three),
    "to whoever switched messages off": unreachable(48002, _sent(CustomText("您好")), _blocking),
    "to somebody on the blacklist": unreachable(43019, _sent(CustomText("您好")), _blacklisted),
    "an empty text": bad_request(44004, _sent(CustomText(""))),
    "an article nobody published": bad_request(53600, _sent(custom.CustomArticle("unknown"))),
    "a picture as a voice": bad_request(40007, _send_made, _image_as_voice),
    "a page of a mini-program that is not linked": fatal(40013, _send_made, _pictures_page("wx9999999999999999")),
    "choices from an account without certificate": bad_request(40200, _choices_of_uncertified, _uncertified),
    "more messages than a day allows": exhausted(45009, _sent(CustomText("您好")), _once_a_day),
    "typing to nobody": unreachable(40003, only(lambda given: given.gateway.custom.typing(NOBODY))),
    "typing while she has not written": bad_request(
        45080, _typing, lambda given: given.platform.advance(48 * 3600 + 1)
    ),
    "typing twice": bad_request(45081, _typing, _typing),
    "a mini-program's message to a silent visitor": unreachable(45015, _to_visitor(CustomText("您好"))),
    "a third message to whoever entered the conversation": unreachable(
        45047, _to_visitor(CustomText("您好")), _entered_and_two
    ),
    "an article from a mini-program": bad_request(
        40008, _to_visitor(custom.CustomNews("停水", "明天", "https://example.org", "https://example.org/p"))
    ),
}
