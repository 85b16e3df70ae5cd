"""What we hold about somebody, said to herself, line by line."""

from collections.abc import Iterator

from backend.followers import queries as followers
from backend.followers import rules
from backend.subscriptions import queries as subscriptions
from backend.wechat.pushes.replies import TextReply
from handlers import phrases
from handlers.talk import Talk
from models.followers import FollowState


def show(talk: Talk) -> TextReply:
    return TextReply(phrases.PRIVACY.format(held="\n".join(_held(talk))))


def _held(talk: Talk) -> Iterator[str]:
    follower = talk.follower
    yield phrases.HELD_FOLLOW if follower.state is FollowState.FOLLOWING else phrases.HELD_VISIT
    if place := talk.community():
        yield phrases.HELD_PLACE.format(place=place.name)
    if until := followers.muted_until(follower.id):
        yield phrases.HELD_MUTED.format(until=phrases.day(rules.last_muted_day(until)))
    if count := subscriptions.held(follower.id):
        yield phrases.HELD_SUBSCRIPTIONS.format(count=count)
    yield phrases.HELD_LAST
