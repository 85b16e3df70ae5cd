"""What she allows us to send: her choices about subscription messages, and her wish to be left alone."""

from backend.followers import actions as followers
from backend.followers import rules
from backend.followers.queries import Follower
from backend.subscriptions import actions
from backend.subscriptions.actions import Choices
from backend.wechat.pushes import messages as m
from backend.wechat.pushes.replies import TextReply
from handlers import phrases
from handlers.talk import Talk


def answered(talk: Talk) -> None:
    """She chose in a pop-up."""
    message = talk.message
    assert isinstance(message, m.SubscribePopup)
    actions.answer_popup(_follower(talk).id, _choices(message.choices), message.at)


def changed(talk: Talk) -> None:
    """She changed the settings page."""
    message = talk.message
    assert isinstance(message, m.SubscribeChange)
    actions.change_settings(_follower(talk).id, _choices(message.choices), message.at)


def mute(talk: Talk) -> TextReply:
    until = followers.mute(talk.follower.id, rules.MUTE_DAYS)
    return TextReply(phrases.MUTED.format(until=phrases.day(rules.last_muted_day(until))))


def _choices(choices: tuple[m.Choice, ...]) -> Choices:
    return [(choice.template_id, choice.status) for choice in choices]


def _follower(talk: Talk) -> Follower:
    """Asked for again when she could not be looked up: an event fails without a word, and `Talk.follower` has one."""
    return talk.known or followers.meet(talk.account.id, talk.message.openid)
