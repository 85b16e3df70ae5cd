"""What we hold about somebody, said to herself in one sentence."""

from backend.wechat.replies import TextReply
from handlers import phrases
from handlers.talk import Talk


def show(talk: Talk) -> TextReply:
    place = talk.community()
    return TextReply(phrases.PRIVACY_PLACE.format(place=place.name) if place else phrases.PRIVACY_NOTHING)
