"""What somebody was told lately: she reads it when she looks, whatever the channel."""

from dataclasses import dataclass
from datetime import datetime

from backend.outbox import answers
from backend.outbox.messages import unseal, unseal_data
from backend.privacy.cipher import FieldCipher
from models.deliveries import Channel, Delivery, DeliverySource, DeliveryState
from models.followers import WechatIdentity

_TOLD = (DeliveryState.ACCEPTED, DeliveryState.DELIVERED, DeliveryState.UNCERTAIN, DeliveryState.FAILED)


@dataclass(frozen=True)
class Letter:
    words: str
    sent_at: datetime
    channel: Channel


@dataclass(frozen=True)
class Held:
    """A letter, or what waits to become one or never did: then it has neither moment nor channel."""

    words: str
    sent_at: datetime | None
    channel: Channel | None


def latest(cipher: FieldCipher, follower_id: int, limit: int) -> list[Letter]:
    """The newest first, without answers of the conversation itself; as a member she finds what was sent to any of her
    identities."""
    member_id = WechatIdentity.select(WechatIdentity.member).where(WechatIdentity.id == follower_id).scalar()
    hers = Delivery.follower == follower_id
    if member_id is not None:
        hers = hers | (Delivery.member == member_id)
    told = hers & (DeliverySource.type != answers.TYPE) & Delivery.state.in_(_TOLD) & (DeliverySource.message != "")
    rows = Delivery.select(Delivery, DeliverySource).join(DeliverySource).where(told)
    found = rows.order_by(Delivery.id.desc()).limit(limit)
    return [Letter(_words(cipher, row), row.settled_at, row.channel) for row in found]


def all_of(cipher: FieldCipher, member_id: int, follower_ids: list[int]) -> list[Held]:
    """Everything that is held of what somebody was or will be told, answers included, the newest first."""
    hers = (Delivery.member == member_id) | Delivery.follower.in_(follower_ids)
    held = hers & (DeliverySource.message != "")
    rows = Delivery.select(Delivery, DeliverySource).join(DeliverySource).where(held).order_by(Delivery.id.desc())
    return [_held(cipher, row) for row in rows]


def _held(cipher: FieldCipher, row: Delivery) -> Held:
    sent = row.state in _TOLD
    return Held(_words(cipher, row), row.settled_at if sent else None, row.channel if sent else None)


def _words(cipher: FieldCipher, row: Delivery) -> str:
    message = unseal(cipher, row.source.message)
    if row.data is not None:
        message = message.with_data(unseal_data(cipher, row.data))
    return message.words
