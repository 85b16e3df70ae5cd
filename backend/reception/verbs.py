"""All that staff do for members, put together once."""

from dataclasses import dataclass

from backend.audit.actions import Audit
from backend.members.actions import Members
from backend.members.confirmations import Confirmations
from backend.members.search import Search
from backend.outbox.actions import Outbox
from backend.privacy.cipher import FieldCipher
from backend.privacy.lookups import Lookups
from backend.reception.codes import Codes
from backend.reception.counts import Counts
from backend.reception.details import Details
from backend.reception.heads import Heads
from backend.reception.lists import Lists
from backend.reception.merges import Merges
from backend.reception.reveals import Reveals
from backend.storage.kv import KV


@dataclass(frozen=True, slots=True)
class Reception:
    lists: Lists
    details: Details
    reveals: Reveals
    codes: Codes
    merges: Merges
    heads: Heads
    counts: Counts


@dataclass(frozen=True, slots=True)
class Parts:
    cipher: FieldCipher
    lookups: Lookups
    search: Search
    confirmations: Confirmations
    members: Members
    outbox: Outbox
    audit: Audit
    kv: KV


def reception(parts: Parts) -> Reception:
    search, audit = parts.search, parts.audit
    return Reception(
        Lists(search, audit),
        Details(search),
        Reveals(parts.cipher, search, audit),
        Codes(parts.confirmations, search, parts.lookups, audit),
        Merges(parts.cipher, search, parts.members, parts.outbox, audit),
        Heads(search, audit),
        Counts(parts.kv),
    )
