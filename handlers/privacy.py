"""What we hold about somebody, said to herself, line by line."""

from backend.wechat.pushes.replies import TextReply
from handlers import phrases
from handlers.talk import Talk
from models.members import FollowState


def show(talk: Talk) -> TextReply:
    place = talk.community()
    held = [phrases.HELD_FOLLOW if talk.follower.state is FollowState.FOLLOWING else phrases.HELD_VISIT]
    held += [phrases.HELD_PLACE.format(place=place.name)] if place else []
    return TextReply(phrases.PRIVACY.format(held="\n".join([*held, phrases.HELD_LAST])))
