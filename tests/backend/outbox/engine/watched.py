"""A worker that can be watched and killed, the platform as it counts, and a clock that the test moves."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from threading import Event
from typing import cast

import pytest

from backend import clock
from backend.accounts import actions as accounts
from backend.outbox.actions import Recipient
from backend.outbox.engine import claims, shifts
from backend.outbox.engine.assignments import Assignments
from backend.outbox.engine.outlets import Outlet
from backend.outbox.engine.parcels import Block
from backend.outbox.engine.posts import Post
from backend.outbox.engine.rounds import Round
from backend.outbox.engine.sends import Outgoing
from backend.outbox.engine.shifts import Claimed, Shift
from backend.outbox.engine.voices import beside
from backend.outbox.engine.workers import Lifeline
from backend.runtime import Runtime
from backend.subscriptions.actions import bind
from backend.subscriptions.rules import Offer
from backend.wechat.sending.sends import Limits, Outcome
from backend.wechat.tokens import Credential
from models.deliveries import Channel, Delivery, DeliverySource, DeliveryTally
from models.followers import FollowState, Interaction, WechatIdentity
from models.members import Member
from models.subscriptions import SubscriptionCredit, TemplateTerm
from models.workers import DeliveryBlock, DeliveryLane, DeliveryWorker
from tests.served import MINIPROGRAM

NOON = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)
LEASE, DEDUPLICATED = timedelta(seconds=25), timedelta(minutes=10)
FOLLOWERS, MEMBERS = 3, 3
TEMPLATES = {Channel.TEMPLATE: "tplService", Channel.NOTICE: "tplNotice", Channel.SUBSCRIBE: "tplVisit"}


class Clock:
    """Of all processes together."""

    def __init__(self) -> None:
        self.at = NOON

    def now(self) -> datetime:
        return self.at

    def seconds(self) -> float:
        return self.at.timestamp()


class Killed(BaseException):
    """The process is no more."""


class Dies(Enum):
    NOT = auto()
    IN_THE_COMMIT = auto()
    AFTER_THE_COMMIT = auto()


class Tray:
    """In the place of an outlet: what was handed over waits until the test says what becomes of it."""

    def __init__(self) -> None:
        self.handed = list[Outgoing]()

    def hand_over(self, sends: Iterable[Outgoing]) -> None:
        some = list(sends)
        self.handed[:] = [
            *(each for each in some if each.urgent),
            *self.handed,
            *(each for each in some if not each.urgent),
        ]


class Watched(Shift):
    """A shift as it is, but for its outlets; and it can be killed."""

    def __init__(self, house: "House") -> None:
        self.line = Lifeline(lambda: None)
        limits, assignments = Limits(in_flight=8), Assignments(house.runtime.cipher)
        super().__init__(self.line, lambda: house.posts, assignments, limits, {}, Event(), beside)
        self.tray, self.dies = Tray(), Dies.NOT

    def hear(self, outcome: Outcome[Outgoing]) -> None:
        self._heard.put(outcome)

    def _outlet(self, account_id: int) -> Outlet:
        return cast(Outlet, self.tray)

    def _write(self, round_: Round, finished: list[Block], free: set[int], limit: int | None) -> Claimed:
        claimed = super()._write(round_, finished, free, limit)
        if self.dies is Dies.IN_THE_COMMIT:
            raise Killed
        return claimed

    def _commit(self, round_: Round) -> Claimed:
        claimed = super()._commit(round_)
        if self.dies is not Dies.NOT:
            raise Killed
        return claimed


class Platform:
    """What it has accepted. It de-duplicates by key for ten minutes, whatever it answered."""

    def __init__(self, clock_: Clock) -> None:
        self._clock, self._first = clock_, dict[object, datetime]()
        self.accepted = Counter[int]()  # by delivery: a source's person has one
        self.left_at = dict[int, list[datetime]]()

    def take(self, outgoing: Outgoing) -> None:
        now, key = self._clock.at, outgoing.body().get("client_msg_id")
        self.left_at.setdefault(outgoing.parcel.id, []).append(now)
        if key is not None and now - self._first.get(key, NOON - DEDUPLICATED) < DEDUPLICATED:
            return
        self._first[key] = now
        self.accepted[outgoing.parcel.id] += 1


class House:
    """Both accounts, six people, and nobody at work."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        accounts.put(MINIPROGRAM, runtime.cipher)
        service, mini = (runtime.account(runtime.settings.official.app_id), runtime.account(MINIPROGRAM.app_id))
        self.posts = {
            each.id: Post(each.id, each.kind, runtime.gateway_for(each), Credential(each.app_id, each.app_secret))
            for each in (service, mini)
        }
        for channel, template_id in TEMPLATES.items():
            term = TemplateTerm.NONE if channel is Channel.TEMPLATE else TemplateTerm.ONE_OFF
            account = mini if channel is Channel.SUBSCRIBE else service
            bind(
                account.id,
                "notice",
                Offer(channel, template_id, "通知", "内容:{{thing1.DATA}}", term),
                {"thing1": "thing"},
            )
        following = [self._identity(service.id, f"o-{number}") for number in range(FOLLOWERS + MEMBERS)]
        visits = [self._identity(mini.id, f"v-{number}", FollowState.STRANGER) for number in range(MEMBERS)]
        self.people = [Recipient(follower_id=each) for each in following[:FOLLOWERS]]
        for one, other in zip(following[FOLLOWERS:], visits, strict=True):
            member_id = Member.create(joined_at=NOON).id
            WechatIdentity.update(member=member_id).where(WechatIdentity.id.in_([one, other])).execute()
            self.people.append(Recipient(member_id=member_id))
        for follower_id in (*following, *visits):
            for template_id in TEMPLATES.values():
                SubscriptionCredit.create(follower=follower_id, template_id=template_id, left=0, changed_at=NOON)

    def empty(self) -> None:
        """As in the morning: nothing was ever put, and everybody allows two messages and just wrote."""
        for table in (DeliveryTally, DeliveryBlock, Delivery, DeliverySource, DeliveryLane, DeliveryWorker):
            table.delete().execute()
        SubscriptionCredit.update(left=2).execute()
        heard = {"last_message_at": NOON, "last_interaction_at": NOON, "last_interaction": Interaction.MESSAGE}
        WechatIdentity.update(refused_at=None, **heard).execute()

    def _identity(self, account_id: int, openid: str, state: FollowState = FollowState.FOLLOWING) -> int:
        row = WechatIdentity.create(account=account_id, openid=openid, follow_state=state, created_at=NOON)
        return int(row.id)


def bury(worker_id: int) -> None:
    row = DeliveryWorker.get_or_none(DeliveryWorker.id == worker_id)
    if row is not None:
        assert claims.bury(worker_id, row.beat)


@contextmanager
def own_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    time = Clock()
    with monkeypatch.context() as patch:
        patch.setattr(clock, "now", time.now)
        patch.setattr(clock, "timestamp", time.seconds)
        patch.setattr(clock, "boot", time.seconds)
        patch.setattr(shifts, "Round", lambda: Round(time.at))
        patch.setattr(shifts, "GATHER_SECONDS", 0.0)  # answers are there before the round, or not
        patch.setattr(shifts, "LOOK_SECONDS", 0.0)
        yield time
