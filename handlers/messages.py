"""Her last messages, for whoever missed one or wants to read it again."""

from backend import clock
from backend.outbox import inbox
from backend.outbox.inbox import Letter
from backend.wechat.lengths import shorten
from backend.wechat.pushes.replies import TextReply
from handlers import phrases
from handlers.talk import Talk

MOST = 5
_BYTES = 360
"""Of each letter: five, with their dates and the heading, fit into one answer."""


def show(talk: Talk) -> TextReply:
    letters = inbox.latest(talk.runtime.cipher, talk.follower.id, MOST)
    if not letters:
        return TextReply(phrases.NO_LETTERS)
    return TextReply(phrases.LETTERS.format(letters="\n\n".join(map(_shown, letters))))


def _shown(letter: Letter) -> str:
    day = phrases.day(clock.beijing(letter.sent_at).date())
    return phrases.LETTER.format(day=day, words=shorten(letter.words, _BYTES))
