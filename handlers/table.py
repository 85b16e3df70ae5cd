"""The whole conversation on one page: the first row whose condition holds answers."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from backend.wechat import messages as m
from backend.wechat.replies import Reply
from handlers import follows, help, invitations, places, privacy
from handlers import menu as buttons
from handlers.talk import Talk
from handlers.when import When, anything, keyword, kind, menu, pattern, scene

Answer = Callable[[Talk], Reply | None]


class Effect(StrEnum):
    """What an answer does besides answering; it decides how a repetition of the message is kept harmless."""

    NONE = "none"  # only reads: the first finished answer is everybody's
    QUEUE = "queue"  # hands work to the queue: claimed before, so that it is handed over once
    WRITE = "write"  # writes: claimed before, and a durable receipt in the same transaction


@dataclass(frozen=True)
class Route:
    """`rescue` answers instead when the database is away. `silent`: nobody looks at the conversation, so a failure
    says nothing either."""

    when: When
    answer: Answer
    effect: Effect = Effect.NONE
    rescue: Answer | None = None
    silent: bool = False


TABLE: tuple[Route, ...] = (
    # coming and going
    Route(kind(m.Subscribe), follows.welcome, effect=Effect.WRITE, rescue=follows.welcome_later),
    Route(kind(m.Unsubscribe), follows.goodbye, effect=Effect.WRITE, rescue=follows.goodbye_later, silent=True),
    Route(kind(m.AuthorizationChange), follows.revoked, effect=Effect.WRITE, silent=True),
    # help
    Route(keyword("帮助", "help", "菜单", "你好", "您好", "在吗", "1"), help.show),
    Route(pattern("[?？]+"), help.show),
    Route(menu(buttons.HELP), help.show),
    # a person
    Route(keyword("人工", "人工服务", "客服", "转人工", "找人"), help.to_human),
    Route(menu(buttons.HUMAN), help.human_by_text),
    # where somebody lives
    Route(kind(m.Location), places.of_location),
    Route(kind(m.LocationMenu), help.nothing),  # the location itself follows
    Route(keyword("社区", "我在哪个社区", "位置"), places.ask_location),
    Route(keyword("我的社区"), places.mine),
    Route(menu(buttons.MY_PLACE), places.mine),
    Route(pattern("记住 ?[0-9A-Za-z]{1,32}"), places.remember, effect=Effect.WRITE),
    Route(keyword("忘记社区", "取消社区"), places.forget, effect=Effect.WRITE),
    Route(scene("place."), places.of_sign, effect=Effect.WRITE),
    Route(menu(buttons.SIGN), places.of_scanned_text, effect=Effect.WRITE),
    # neighbours
    Route(keyword("邀请", "邀请邻居"), invitations.invite, effect=Effect.QUEUE),
    Route(menu(buttons.INVITE), invitations.invite, effect=Effect.QUEUE),
    # what we hold
    Route(keyword("隐私", "我的资料", "记着我什么"), privacy.show),
    Route(menu(buttons.PRIVACY), privacy.show),
    # what nobody asked us to answer
    Route(kind(m.Image), help.photo),
    Route(kind(m.Voice, m.Video, m.Link, m.MiniProgramPage), help.text_instead),
    Route(kind(m.Text), help.not_understood),
    Route(anything, help.nothing, silent=True),
)


def route_of(message: m.Inbound) -> Route:
    return next(route for route in TABLE if route.when(message))
