"""The QR code of a community for the neighbours. Making it takes several calls to the platform: it comes later."""

from backend.followers import answers
from backend.outbox.messages import Message
from backend.wechat.pushes.replies import TextReply
from handlers import phrases
from handlers.talk import Talk, heard_of, ref_of


def invite(talk: Talk) -> TextReply:
    place = talk.community()
    if place is None:
        return TextReply(phrases.NO_PLACE)
    account_id = talk.account.id
    answers.say(
        talk.runtime.outbox,
        account_id,
        talk.message.openid,
        ref_of(talk.runtime.lookups, talk.account, talk.message),
        heard_of(talk.account, talk.message),
        picture=Message(fields={"place": place.code}, account_id=account_id, make="invitation"),
        words=Message(phrases.INVITE_READY.format(place=place.name), account_id=account_id),
    )
    return TextReply(phrases.INVITE_WORKING.format(place=place.name))
