"""What is said: one message, in the forms the channels need, and the source it comes from."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import orjson

from backend.outbox.channels import ALL_MANNERS, Manner
from backend.privacy.cipher import FieldCipher
from models.deliveries import Channel, DeliverySource, Priority
from models.marks import purpose_of

_PURPOSE = purpose_of(DeliverySource.message)  # and of what one person's row says differently


@dataclass(frozen=True, slots=True)
class Message:
    """`words` is the whole text, for the conversation, a mass send and the inbox. `fields` fill a template: their names
    are the house's (title, when, place), the binding says which keyword each becomes. `page` opens in the mini-program,
    `url` in the browser; `image` is a media id and replaces the words in the conversation. `account_id`: through this
    account only. `make` names what completes the message before it is sent, such as the upload of its picture."""

    words: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    page: str = ""
    url: str = ""
    image: str = ""
    account_id: int = 0
    make: str = ""

    def with_data(self, data: Mapping[str, Any]) -> "Message":
        """As it is for one person; her fields join those of all."""
        told = {name: data.get(name, getattr(self, name)) for name in ("words", "page", "url", "image")}
        return replace(self, fields={**self.fields, **data.get("fields", {})}, **told)


@dataclass(frozen=True, slots=True)
class Source:
    """A decision of the house that people are to be told of: `type`, `ref` and `step` name it once and for all.

    `kind` chooses the templates, `ladder` says which channels are tried in which order. Nothing is sent before
    `not_before`, nor from `expires_at` on.
    """

    type: str
    ref: str
    step: str
    kind: str
    message: Message
    ladder: tuple[Channel, ...]
    priority: Priority
    expires_at: datetime
    manners: frozenset[Manner] = ALL_MANNERS
    not_before: datetime | None = None


def seal(cipher: FieldCipher, message: Message) -> str:
    told = {name: value for name in Message.__slots__ if (value := getattr(message, name))}
    return seal_data(cipher, told)


def unseal(cipher: FieldCipher, sealed: str) -> Message:
    return Message(**unseal_data(cipher, sealed))


def seal_data(cipher: FieldCipher, data: Mapping[str, Any]) -> str:
    return cipher.encrypt(orjson.dumps(dict(data)).decode(), _PURPOSE)


def unseal_data(cipher: FieldCipher, sealed: str) -> dict[str, Any]:
    data: dict[str, Any] = orjson.loads(cipher.decrypt(sealed, _PURPOSE))
    return data
