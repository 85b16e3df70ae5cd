"""Membership in the conversation: the way to register, what she allows, and leaving."""

from collections.abc import Iterator

import structlog

from backend.accounts.queries import Account
from backend.consents import queries as consents
from backend.consents.rules import Agreement
from backend.followers import actions as muting
from backend.followers import queries as followers
from backend.followers import rules as signs
from backend.members import queries as members
from backend.members import rules
from backend.rights import actions as rights
from backend.runtime import Runtime
from backend.subscriptions import queries as subscriptions
from backend.wechat.failures import GatewayError
from backend.wechat.pushes.replies import TextReply
from handlers import phrases
from handlers.talk import Talk
from models.accounts import AccountKind
from models.consents import Purpose, Through

PAGE = "pages/register/index"
"""Of the mini-program; `scene` tells it the place of the sign she scanned."""

LINK_DAYS = 1
CONFIRM_SECONDS = 600.0
log = structlog.get_logger()


def register(talk: Talk) -> TextReply:
    if talk.follower.member_id is not None:
        return TextReply(phrases.REGISTERED_ALREADY)
    account = _miniprogram(talk.runtime)
    if account is None:
        return TextReply(phrases.REGISTER_AT_OFFICE)
    place = talk.community()
    scene = f"scene={signs.scene_of_place(place.code)}" if place else ""
    try:
        link = talk.runtime.gateway(account.app_id).links.url(PAGE, scene, LINK_DAYS)
    except GatewayError as error:
        log.warning("register.no_link", error=type(error).__name__)
        return TextReply(phrases.REGISTER_LATER)
    words = phrases.REGISTER_PLACE.format(place=place.name, link=link) if place else phrases.REGISTER.format(link=link)
    return TextReply(words)


def allowed(talk: Talk) -> TextReply:
    """What she allows us to send her."""
    return TextReply(phrases.ALLOWED.format(held="\n".join(_allowed(talk))))


def _allowed(talk: Talk) -> Iterator[str]:
    follower = talk.follower
    if followers.muted_until(follower.id) is not None:
        yield phrases.ALLOWED_SILENT
    if follower.member_id is None:
        yield phrases.ALLOWED_FOLLOWER
    else:
        given = [each.text.title for each in consents.standing(follower.member_id) if each.given]
        yield phrases.ALLOWED_CONSENTS.format(titles="、".join(given))
        if topics := [rules.TOPICS[topic] for topic in members.topics(follower.member_id)]:
            yield phrases.ALLOWED_TOPICS.format(topics="、".join(topics))
    yield phrases.HELD_SUBSCRIPTIONS.format(count=subscriptions.held(follower.id))


def stop_notices(talk: Talk) -> TextReply:
    """A member takes her consent back; whoever is none is left alone until she says otherwise."""
    member_id = talk.follower.member_id
    if member_id is None:
        muting.silence(talk.follower.id)
        return TextReply(phrases.STOPPED)
    number = talk.runtime.members.withdraw(member_id, Purpose.NOTICES, Through.CHAT)
    return TextReply(phrases.STOPPED_MEMBER.format(receipt=number) if number else phrases.STOPPED)


def start_notices(talk: Talk) -> TextReply:
    """Silence ends, and a member agrees to notices again."""
    muting.unmute(talk.follower.id)
    member_id = talk.follower.member_id
    if member_id is None or consents.stands(member_id, Purpose.NOTICES):
        return TextReply(phrases.UNMUTED)
    agreement = Agreement(Purpose.NOTICES, consents.current()[Purpose.NOTICES].version)
    number = talk.runtime.members.agree(member_id, agreement, Through.CHAT)
    return TextReply(phrases.AGREED_NOTICES.format(receipt=number))


def ask_to_leave(talk: Talk) -> TextReply:
    """Leaving cannot be undone: she says so twice."""
    if talk.follower.member_id is None:
        return TextReply(phrases.NOT_REGISTERED)
    talk.runtime.kv.put(_key(talk), b"1", CONFIRM_SECONDS)
    return TextReply(phrases.LEAVE_ASK)


def leave(talk: Talk) -> TextReply:
    member_id = talk.follower.member_id
    if member_id is None:
        return TextReply(phrases.NOT_REGISTERED)
    if talk.runtime.kv.get(_key(talk)) is None:
        return ask_to_leave(talk)
    number = rights.erase(member_id)
    talk.runtime.kv.drop(_key(talk))
    return TextReply(phrases.LEFT.format(receipt=number))


def _key(talk: Talk) -> str:
    return f"leaving:{talk.follower.id}"


def _miniprogram(runtime: Runtime) -> Account | None:
    accounts = runtime.accounts.all().values()
    return next((each for each in accounts if each.kind is AccountKind.MINIPROGRAM), None)
