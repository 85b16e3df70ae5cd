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


def latest(cipher: FieldCipher, follower_id: int, limit: int) -> list[Letter]:
    """The newest first, without answers of the conversation itself; as a member she finds what was sent to any of her
    identities."""
    member_id = WechatIdentity.select(WechatIdentity.member).where(WechatIdentity.id == follower_id).scalar()
    hers = Delivery.follower == follower_id
    if member_id is not None:
        hers = hers | (Delivery.member == member_id)
    told = hers & (DeliverySource.type != answers.TYPE) & Delivery.state.in_(_TOLD) & (DeliverySource.message != "")
    rows = Delivery.select(Delivery, DeliverySource).join(DeliverySource).where(told)
    return [_letter(cipher, row) for row in rows.order_by(Delivery.id.desc()).limit(limit)]


def all_of(cipher: FieldCipher, member_id: int, follower_ids: list[int]) -> list[Letter]:
    """Everything that is held of what somebody was told, answers included, the newest first."""
    hers = (Delivery.member == member_id) | Delivery.follower.in_(follower_ids)
    told = hers & Delivery.state.in_(_TOLD) & (DeliverySource.message != "")
    rows = Delivery.select(Delivery, DeliverySource).join(DeliverySource).where(told).order_by(Delivery.id.desc())
    return [_letter(cipher, row) for row in rows]


def _letter(cipher: FieldCipher, row: Delivery) -> Letter:
    message = unseal(cipher, row.source.message)
    if row.data is not None:
        message = message.with_data(unseal_data(cipher, row.data))
    return Letter(message.words, row.settled_at, row.channel)
