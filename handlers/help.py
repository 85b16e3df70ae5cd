"""What to say when somebody asks for help, or says what we do not understand."""

import structlog

from backend.replies.rules import SAY, plain
from backend.wechat.pushes import messages as m
from backend.wechat.pushes.replies import TextReply, TransferReply
from handlers import phrases
from handlers.talk import Talk

log = structlog.get_logger()


def show(_talk: Talk) -> TextReply:
    return TextReply(phrases.HELP)


def not_understood(talk: Talk) -> TextReply:
    """Nothing of ours was meant: perhaps a word that the staff answer."""
    message = talk.message
    assert isinstance(message, m.Text)
    return TextReply(talk.spoken.answers.get(plain(message.content)) or talk.spoken.text("fallback"))


def said_by_button(talk: Talk) -> TextReply:
    """A button of the menu that says the answer to a word."""
    message = talk.message
    assert isinstance(message, m.Click)
    return TextReply(talk.spoken.answers.get(message.menu_key.removeprefix(SAY)) or talk.spoken.text("fallback"))


def photo(_talk: Talk) -> TextReply:
    return TextReply(phrases.PHOTO)


def text_instead(talk: Talk) -> TextReply:
    kind = type(talk.message).__name__
    return TextReply(phrases.SEND_TEXT_INSTEAD.format(kind=phrases.KINDS[kind]))


def to_human(_talk: Talk) -> TransferReply:
    """From here the human agents read and answer, until they or half an hour end it."""
    return TransferReply()


def human_by_text(_talk: Talk) -> TextReply:
    # A tap on the menu is an event, and only messages can be handed over.
    return TextReply(phrases.HUMAN_BY_TEXT)


def nothing(_talk: Talk) -> None:
    """Heard; there is nothing to say."""


def unknown(talk: Talk) -> None:
    """The platform sends what this version does not know yet. The log names the kind, never the content."""
    assert isinstance(talk.message, m.Unknown)
    log.info("message.unknown", app_id=talk.account.app_id, kind=talk.message.kind[:40])
