"""Coming and going: the welcome, the community of the scanned code, and forgetting who leaves."""

from typing import TypeVar

from backend.followers import actions, rules
from backend.places import queries as places
from backend.places.queries import PlaceView
from backend.rights import actions as rights
from backend.wechat.pushes import messages as m
from backend.wechat.pushes.replies import TextReply
from handlers.talk import Talk
from models.rights import Why

Kind = TypeVar("Kind", bound=m.Inbound)


def welcome(talk: Talk) -> TextReply:
    message = _as(m.Subscribe, talk)
    place = _place_of(message.scene)
    actions.follow(talk.account.id, message.openid, message.at, message.scene, place.id if place else None)
    if place is None:
        return TextReply(talk.spoken.text("welcome", account=talk.account.name))
    return TextReply(talk.spoken.text("welcome_place", account=talk.account.name, place=place.name))


def goodbye(talk: Talk) -> None:
    rights.leave(talk.account.id, talk.message.openid, talk.message.at)


def welcome_later(talk: Talk) -> TextReply:
    """The database does not answer: she is welcomed all the same, and the queue writes it down when it can."""
    message = _as(m.Subscribe, talk)
    talk.runtime.queue.put("follow", {**_event(talk), "scene": message.scene})
    return TextReply(talk.spoken.text("welcome", account=talk.account.name))


def goodbye_later(talk: Talk) -> None:
    talk.runtime.queue.put("leave", _event(talk))


def revoked(talk: Talk) -> None:
    """She withdrew an authorisation or closed her WeChat account: what we hold through it is deleted."""
    message = _as(m.AuthorizationChange, talk)
    if message.change == "cancelled":
        rights.leave(talk.account.id, message.openid, message.at, Why.REVOKED)
    elif message.change == "revoked":
        rights.revoke(talk.account.id, message.openid, message.revoked)


def _event(talk: Talk) -> dict[str, object]:
    message = talk.message
    return {"account_id": talk.account.id, "openid": message.openid, "at": message.at.timestamp()}


def _place_of(scene: str) -> PlaceView | None:
    code = rules.place_of_scene(scene)
    return places.by_code(code) if code else None


def _as(kind: type[Kind], talk: Talk) -> Kind:
    assert isinstance(talk.message, kind), "the table sends no other message here"
    return talk.message
