"""The QR code of a community for the neighbours. Making it takes several calls to the platform: the queue does it."""

from backend.wechat.pushes.replies import TextReply
from handlers import phrases
from handlers.talk import Talk


def invite(talk: Talk) -> TextReply:
    place = talk.community()
    if place is None:
        return TextReply(phrases.NO_PLACE)
    payload = {"app_id": talk.account.app_id, "follower_id": talk.follower.id, "place_id": place.id}
    talk.runtime.queue.put("invitation", {**payload, "words": phrases.INVITE_READY.format(place=place.name)})
    return TextReply(phrases.INVITE_WORKING.format(place=place.name))
