"""What follows when a person acts: the windows open, the push goes out, and she sees what came back of it."""

from simulator.accounts import Account
from simulator.platform import Platform
from simulator.push.courier import Attempt, Parcel, deliver
from simulator.push.fields import complete, kf_session
from simulator.push.meaning import Meaning, is_event, visible
from simulator.shapes import JsonObject
from simulator.state import windows
from simulator.state.chats import By, Chat, Kind, Message, State
from simulator.state.world import Desk

AGENT_SECONDS = 30 * 60
OFFICIAL_FAILURE = "该公众号暂时无法提供服务，请稍后再试"
MINIPROGRAM_FAILURE = "该小程序提供的服务出现故障，请稍后再试"


def act(platform: Platform, account: Account, chat: Chat, fields: JsonObject, message: Message | None) -> None:
    """Starts it and returns at once. `message` is what the person sees of her own act, if anything."""
    desk = platform.world.desks[account.app_id]
    end_stale_agent(platform, account, chat)
    windows.note_interaction(chat, fields, platform.now())
    if chat.agent_until and not is_event(fields):
        if message:  # goes to the agent, not to the account's server
            platform.settle(desk, chat, message, State.ANSWERED)
        return
    parcel = Parcel(account, chat.openid, complete(platform, account, chat.openid, fields))
    platform.begin(_converse(platform, desk, chat, parcel, message))


async def _converse(platform: Platform, desk: Desk, chat: Chat, parcel: Parcel, message: Message | None) -> None:
    delivery = await deliver(platform, parcel)
    state = conclude(platform, desk, chat, parcel, delivery.last)
    if message:
        platform.settle(desk, chat, message, state)


def conclude(platform: Platform, desk: Desk, chat: Chat, parcel: Parcel, last: Attempt) -> State:
    """Shows the reply, or the platform's sentence when the person waited in vain."""
    if last.meaning is None:
        return _fail(platform, desk, chat, parcel)
    if last.meaning.agent is not None:
        _begin_agent(platform, parcel.account, chat, last.meaning.agent)
    _show(platform, desk, chat, last.meaning)
    return State.ANSWERED


def _fail(platform: Platform, desk: Desk, chat: Chat, parcel: Parcel) -> State:
    if visible(parcel.fields):
        sentence = OFFICIAL_FAILURE if parcel.account.official else MINIPROGRAM_FAILURE
        platform.say(desk, chat, By.PLATFORM, Kind.NOTICE, {"text": sentence})
    return State.FAILED


def _show(platform: Platform, desk: Desk, chat: Chat, meaning: Meaning) -> None:
    if meaning.kind is not None:
        by = By.PLATFORM if meaning.kind is Kind.NOTICE else By.ACCOUNT
        platform.say(desk, chat, by, meaning.kind, meaning.content)


def _begin_agent(platform: Platform, account: Account, chat: Chat, agent: str) -> None:
    chat.agent_until = platform.now() + AGENT_SECONDS
    chat.agent_account = agent or f"kf2001@{account.original_id}"
    _push_session(platform, account, chat, "kf_create_session")


def end_agent(platform: Platform, account: Account, chat: Chat) -> None:
    desk = platform.world.desks[account.app_id]
    _push_session(platform, account, chat, "kf_close_session")
    chat.agent_until, chat.agent_account = 0.0, ""
    platform.say(desk, chat, By.PLATFORM, Kind.NOTICE, {"text": "人工会话已结束"})


def end_stale_agent(platform: Platform, account: Account, chat: Chat) -> None:
    if chat.agent_until and platform.now() >= chat.agent_until:
        end_agent(platform, account, chat)


def _push_session(platform: Platform, account: Account, chat: Chat, event: str) -> None:
    fields = complete(platform, account, chat.openid, kf_session(event, chat.agent_account))
    platform.begin(deliver(platform, Parcel(account, chat.openid, fields)))
