"""A request of the page about one person at one account, and how she acts there."""

from dataclasses import dataclass

from aiohttp import web

from simulator.accounts import Account
from simulator.phone.door import Refused
from simulator.platform import Platform
from simulator.push.conversation import act
from simulator.shapes import JsonObject
from simulator.state.chats import By, Chat, Kind, Message, State
from simulator.state.people import Person, openid_of
from simulator.state.world import Desk


@dataclass(frozen=True, slots=True)
class Visit:
    platform: Platform
    person: Person
    account: Account
    desk: Desk
    chat: Chat
    base_url: str

    def write(self, kind: Kind, content: JsonObject, fields: JsonObject) -> Message:
        """The person writes: an official account is written to by its followers only."""
        self.demand_following()
        return self.perform(kind, content, fields)

    def perform(self, kind: Kind, content: JsonObject, fields: JsonObject) -> Message:
        platform = self.platform
        message = platform.say(self.desk, self.chat, By.PERSON, kind, content, state=State.SENDING)
        act(platform, self.account, self.chat, fields, message)
        return message

    def event(self, text: str, fields: JsonObject) -> Message:
        return self.perform(Kind.EVENT, {"text": text}, fields)

    def demand_following(self) -> None:
        if not self.chat.following:
            raise Refused("还没有关注这个公众号，请先关注。", 409)

    def demand_official(self) -> None:
        if not self.account.official:
            raise Refused("小程序没有这个功能。", 409)

    def at(self, app_id: str) -> "Visit":
        """The same person at another account."""
        return visit(self.platform, self.person.id, app_id, self.base_url)


def visit_of(platform: Platform, request: web.Request) -> Visit:
    base_url = f"{request.scheme}://{request.host}"
    return visit(platform, request.match_info["pid"], request.match_info["app_id"], base_url)


def visit(platform: Platform, pid: str, app_id: str, base_url: str) -> Visit:
    world = platform.world
    person = world.people.get(pid)
    account = platform.accounts.get(app_id)
    if person is None:
        raise Refused("没有这个人。", 404)
    if account is None:
        raise Refused("没有这个账号。", 404)
    desk = world.desks[app_id]
    return Visit(platform, person, account, desk, desk.chats[openid_of(app_id, pid)], base_url)


def shown(message: Message | None, **more: object) -> JsonObject:
    return {"message": message and message.shown(), **more}
