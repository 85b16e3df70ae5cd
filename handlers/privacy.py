"""What we hold about somebody, said to herself, line by line."""

from collections.abc import Iterator
from datetime import datetime

from backend.followers import queries as followers
from backend.followers import rules
from backend.members import names, phones
from backend.members import queries as members
from backend.subscriptions import queries as subscriptions
from backend.wechat.pushes.replies import TextReply
from handlers import phrases
from handlers.talk import Talk
from models.followers import FollowState
from models.members import MemberState


def show(talk: Talk) -> TextReply:
    member_id = talk.follower.member_id
    if member_id is None:
        return TextReply(phrases.PRIVACY.format(held="\n".join(_held(talk))))
    lines = [*_told(talk, member_id), *_held(talk)]
    return TextReply(phrases.PRIVACY_MEMBER.format(held="\n".join(lines)))


def _told(talk: Talk, member_id: int) -> Iterator[str]:
    """What she told when she registered, masked: somebody may look over her shoulder."""
    person = members.person(talk.runtime.cipher, member_id)
    if person is None:
        return
    words = phrases.HELD_MEMBER if person.phone else phrases.HELD_NO_PHONE
    yield words.format(name=names.masked(person.name), phone=person.phone and phones.masked(person.phone))
    held = {
        phrases.HELD_UNIT: bool(person.unit),
        phrases.HELD_SKILLS: bool(members.skills(member_id)),
        phrases.HELD_TOPICS: bool(members.topics(member_id)),
        phrases.HELD_WARDS: bool(members.wards(talk.runtime.cipher, member_id)),
        phrases.HELD_RESTRICTED: person.state is MemberState.RESTRICTED,
    }
    yield from (words for words, there in held.items() if there)


def _held(talk: Talk) -> Iterator[str]:
    follower = talk.follower
    yield phrases.HELD_FOLLOW if follower.state is FollowState.FOLLOWING else phrases.HELD_VISIT
    if place := talk.community():
        yield phrases.HELD_PLACE.format(place=place.name)
    if until := followers.muted_until(follower.id):
        yield _muted(until)
    if count := subscriptions.held(follower.id):
        yield phrases.HELD_SUBSCRIPTIONS.format(count=count)
    yield phrases.HELD_LAST


def _muted(until: datetime) -> str:
    if until >= rules.NEVER:
        return phrases.ALLOWED_SILENT
    return phrases.HELD_MUTED.format(until=phrases.day(rules.last_muted_day(until)))
