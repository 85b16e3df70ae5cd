"""The whole conversation on one page: the first row whose condition holds answers."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from backend.replies.rules import SAY
from backend.wechat.pushes import messages as m
from backend.wechat.pushes.replies import Reply
from handlers import desk, follows, help, invitations, members, messages, places, privacy, reports, subscriptions
from handlers import menu as buttons
from handlers.talk import Talk
from handlers.when import When, anything, button, first_scene, keyword, kind, menu, pattern, scene

Answer = Callable[[Talk], Reply | None]


class Care(StrEnum):
    """What care an answer needs, so that a message is worked on once and nobody waits longer than five seconds."""

    INSTANT = "instant"  # a sentence that is there already: the answer itself is the claim, and no thread is needed
    ONCE = "once"  # claimed before; done on a thread of its own, which may take longer than the platform waits
    WRITE = "write"  # as ONCE, with a durable receipt in the transaction of what is written


@dataclass(frozen=True)
class Route:
    """`rescue` answers instead when the database is away. `silent`: nobody looks at the conversation, so a failure
    says nothing either."""

    when: When
    answer: Answer
    care: Care = Care.ONCE
    rescue: Answer | None = None
    silent: bool = False


TABLE: tuple[Route, ...] = (
    # the staff at their desks; whoever scans without following yet follows by it, and is asked all the same
    Route(scene(desk.SCENE), desk.scanned),
    Route(first_scene(desk.SCENE), desk.scanned_first, care=Care.WRITE, rescue=follows.welcome_later),
    Route(pattern(desk.ANSWER), desk.confirmed, care=Care.WRITE),
    # coming and going
    Route(kind(m.Subscribe), follows.welcome, care=Care.WRITE, rescue=follows.welcome_later),
    Route(kind(m.Unsubscribe), follows.goodbye, care=Care.WRITE, rescue=follows.goodbye_later, silent=True),
    Route(kind(m.AuthorizationChange), follows.revoked, care=Care.WRITE, silent=True),
    # what somebody allows us to send
    Route(kind(m.SubscribePopup), subscriptions.answered, care=Care.WRITE, silent=True),
    Route(kind(m.SubscribeChange), subscriptions.changed, care=Care.WRITE, silent=True),
    # what became of what we sent: noted in the claim's own round trip (turns.py)
    Route(kind(m.TemplateFinished, m.SubscribeSent), help.nothing, care=Care.INSTANT, silent=True),
    Route(kind(m.MassFinished), reports.mass_finished, silent=True),
    # silence
    Route(keyword("免打扰", "30天免打扰"), subscriptions.mute, care=Care.WRITE),
    Route(keyword("退订", "TD", "关闭通知"), members.stop_notices, care=Care.WRITE),
    Route(keyword("恢复通知", "取消免打扰", "打开通知"), members.start_notices, care=Care.WRITE),
    # membership
    Route(keyword("注册", "登记", "我要登记"), members.register),
    Route(menu(buttons.REGISTER), members.register),
    Route(keyword("我的订阅", "订阅"), members.allowed),
    Route(keyword("注销"), members.ask_to_leave),
    Route(keyword("确认注销"), members.leave, care=Care.WRITE),
    # help
    Route(keyword("帮助", "help", "菜单", "你好", "您好", "在吗", "1"), help.show, care=Care.INSTANT),
    Route(pattern("[?？]+"), help.show, care=Care.INSTANT),
    Route(menu(buttons.HELP), help.show, care=Care.INSTANT),
    # a person
    Route(keyword("人工", "人工服务", "客服", "转人工", "找人"), help.to_human, care=Care.INSTANT),
    Route(menu(buttons.HUMAN), help.human_by_text, care=Care.INSTANT),
    # where somebody lives
    Route(kind(m.Location), places.of_location),
    Route(kind(m.LocationMenu), help.nothing, care=Care.INSTANT),  # the location itself follows
    Route(keyword("社区", "我在哪个社区", "位置"), places.ask_location, care=Care.INSTANT),
    Route(keyword("我的社区"), places.mine),
    Route(menu(buttons.MY_PLACE), places.mine),
    Route(pattern("记住 ?[0-9A-Za-z]{1,32}"), places.remember, care=Care.WRITE),
    Route(keyword("忘记社区", "取消社区"), places.forget, care=Care.WRITE),
    Route(keyword("联络员", "我的联络员", "电话"), places.contacts),
    Route(scene("place."), places.of_sign, care=Care.WRITE),
    Route(menu(buttons.SIGN), places.of_scanned_text, care=Care.WRITE),
    # neighbours
    Route(keyword("邀请", "邀请邻居"), invitations.invite),
    Route(menu(buttons.INVITE), invitations.invite),
    # what we told her
    Route(keyword("消息", "我的消息", "通知"), messages.show),
    # what we hold
    Route(keyword("隐私", "我的资料", "记着我什么"), privacy.show),
    Route(menu(buttons.PRIVACY), privacy.show),
    # what the staff word themselves
    Route(button(SAY), help.said_by_button, care=Care.INSTANT),
    # what nobody asked us to answer
    Route(kind(m.Image), help.photo, care=Care.INSTANT),
    Route(kind(m.Voice, m.Video, m.Link, m.MiniProgramPage), help.text_instead, care=Care.INSTANT),
    Route(kind(m.Text), help.not_understood, care=Care.INSTANT),
    Route(kind(m.Unknown), help.unknown, care=Care.INSTANT, silent=True),
    Route(anything, help.nothing, care=Care.INSTANT, silent=True),
)


def route_of(message: m.Inbound) -> Route:
    return next(route for route in TABLE if route.when(message))
