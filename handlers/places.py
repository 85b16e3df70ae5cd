"""Where somebody lives: from a location, a scanned sign or a code, and only remembered when she says so."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from backend.followers import actions, rules
from backend.members import actions as members
from backend.places import pages
from backend.places import queries as places
from backend.places.pages import Contact
from backend.places.queries import PlaceView
from backend.wechat.pushes import messages as m
from backend.wechat.pushes.replies import TextReply
from handlers import phrases
from handlers.talk import Talk

MOST = 6
"""Contacts in one answer: with the longest words they still fit."""


def ask_location(_talk: Talk) -> TextReply:
    return TextReply(phrases.ASK_LOCATION)


def of_location(talk: Talk) -> TextReply:
    message = talk.message
    assert isinstance(message, m.Location)
    place = places.community_at(message.latitude, message.longitude)
    if place is None:
        return TextReply(phrases.PLACE_NOT_FOUND)
    return TextReply(phrases.PLACE_FOUND.format(place=place.name, code=place.code))


def remember(talk: Talk) -> TextReply:
    message = talk.message
    assert isinstance(message, m.Text)
    code = message.content.strip().removeprefix("记住").strip()
    place = places.by_code(code)
    if place is None:
        return TextReply(phrases.PLACE_UNKNOWN_CODE.format(code=code))
    return _remember(talk, place, phrases.PLACE_REMEMBERED)


def forget(talk: Talk) -> TextReply:
    _live_at(talk, None)
    return TextReply(phrases.PLACE_FORGOTTEN)


def mine(talk: Talk) -> TextReply:
    place = talk.community()
    return TextReply(phrases.MY_PLACE.format(place=place.name) if place else phrases.NO_PLACE)


def contacts(talk: Talk) -> TextReply:
    """Whom to call at her community. All of them stand on its page in the mini-program, here those that fit."""
    place = talk.community()
    if place is None:
        return TextReply(phrases.NO_PLACE)
    found = pages.contacts_of(place.code)[:MOST]
    if not found:
        return TextReply(phrases.NO_CONTACTS.format(place=place.name))
    return TextReply(phrases.CONTACTS.format(contacts="\n\n".join(_published(found))))


def _published(contacts: Iterable[Contact]) -> Iterator[str]:
    """Each place with the contacts that it published."""
    for place, of_place in groupby(contacts, key=lambda contact: contact.of):
        lines = [_line(contact) for contact in of_place]
        yield "\n".join([phrases.CONTACTS_OF.format(place=place.name), *lines])


def _line(contact: Contact) -> str:
    words = phrases.CONTACT_HOURS if contact.hours else phrases.CONTACT
    role = phrases.ROLES[contact.role]
    return words.format(role=role, name=contact.name, phone=contact.phone, hours=contact.hours)


def of_sign(talk: Talk) -> TextReply:
    """She follows already and scans the sign of a place with WeChat itself."""
    message = talk.message
    assert isinstance(message, m.Scan)
    place = places.by_code(rules.place_of_scene(message.scene))
    return _remember(talk, place, phrases.WELCOME_BACK_PLACE) if place else TextReply(phrases.SIGN_UNKNOWN)


def of_scanned_text(talk: Talk) -> TextReply:
    """She scans a code from our menu: WeChat tells us its text, whatever it is."""
    message = talk.message
    assert isinstance(message, m.ScanCode)
    place = places.by_code(rules.place_of_scene(message.result))
    if place is not None:
        return _remember(talk, place, phrases.WELCOME_BACK_PLACE)
    return TextReply(phrases.SCANNED_OTHER.format(text=message.result[:100]))


def _remember(talk: Talk, place: PlaceView, words: str) -> TextReply:
    _live_at(talk, place.id)
    return TextReply(words.format(place=place.name))


def _live_at(talk: Talk, place_id: int | None) -> None:
    follower = talk.follower
    if follower.member_id is not None:
        members.move(follower.member_id, place_id)
    elif place_id is None:
        actions.forget_place(follower.id)
    else:
        actions.remember_place(follower.id, place_id)
