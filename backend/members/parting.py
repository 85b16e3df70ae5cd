"""One member becomes the two again that she was made of by mistake. Inside the caller's transaction, which holds her.

Each is as she was, but for what either has taken back since: that stays taken back for both, because nobody knows whose
word it was. What was added since goes with the mistake.
"""

from collections.abc import Iterable
from typing import Any

from backend.errors import Conflict
from backend.followers import actions as followers
from backend.members import queries, snapshots
from backend.members.merging import HERS, ONCE
from backend.members.rows import Rows
from backend.members.snapshots import Half, Held, Row, Snapshot, name_of
from backend.outbox import parting
from backend.privacy.cipher import FieldCipher
from models.followers import WechatIdentity
from models.members import Member, Ward
from models.places import Place

_NUMBER = ("phone", "phone_digest", "phone_proof", "phone_proved_at")
_NOW = ("seen_at", "told_at")
"""Of the one who stayed: she may have come since."""

_LEFT = "其中一位的微信已经离开，没有办法再分成两份，请那一位本人重新登记。"
_SAME = "微信已经确认两个账号是同一个人，不能再分开。"
_TAKEN = "其中一位原来的手机号已经由别人验证过，不能恢复，请两位本人各自重新登记。"
_CHILD = "合并以后又登记过孩子，分不清是谁的。请本人先在小程序里删掉这个孩子，再来撤销。"


def taken_back(snapshot: Snapshot) -> Held:
    """Since the two are one."""
    return snapshots.without(snapshot.after, snapshots.held(snapshot.keep.id))


def part(cipher: FieldCipher, rows: Rows, snapshot: Snapshot, back: Held) -> list[int]:
    """Answers the identities that are nobody's any more: they came since, and nobody knows to whom.

    Raises Conflict when something has happened since that makes it wrong.
    """
    keep, gone = snapshot.keep, snapshot.gone
    _check_numbers(keep, gone)
    _check_children(keep, gone)
    strangers = _share_identities(keep, gone)
    _give_rows(keep.id, gone)
    for model, owner, _ in ONCE:
        model.delete().where(owner == keep.id).execute()
    Member.update(dict.fromkeys(_NUMBER)).where(Member.id == keep.id).execute()  # a number is one member's
    for each, left in ((gone, ()), (keep, _NOW)):
        _write_row(cipher, rows, each, back, left)
        _write_once(cipher, each, back)
        _write_children(cipher, each, keep.id, back)
    for each in (gone, keep):
        parting.give_back(each.id, keep.id, each.put)
    return strangers


def _check_numbers(keep: Half, gone: Half) -> None:
    digests = [each.row["phone_digest"] for each in (keep, gone) if each.row["phone_digest"]]
    others = Member.id.not_in((keep.id, gone.id))
    if digests and Member.select().where(Member.phone_digest.in_(digests), others).exists():
        raise Conflict("number_taken", _TAKEN)


def _check_children(keep: Half, gone: Half) -> None:
    known = [row["id"] for each in (keep, gone) for row in each.rows[name_of(Ward)]]
    if Ward.select().where(Ward.guardian == keep.id, Ward.id.not_in(known)).exists():
        raise Conflict("child_since", _CHILD)


def _share_identities(keep: Half, gone: Half) -> list[int]:
    """Each gets hers. One that came since is whose unionid it has, else nobody's."""
    here = {row.id: row for row in queries.identities(keep.id)}
    ids = [_still_there(each, here) for each in (keep, gone)]
    unionids = [{here[each].unionid for each in hers if here[each].unionid} for hers in ids]
    if unionids[0] & unionids[1]:
        raise Conflict("one_person", _SAME)
    since = [row for row in here.values() if row.id not in ids[0] | ids[1]]
    hers = ids[1] | {row.id for row in since if row.unionid in unionids[1]}
    WechatIdentity.update(member=gone.id).where(WechatIdentity.id.in_(hers)).execute()
    strangers = [row.id for row in since if row.unionid not in unionids[0] | unionids[1]]
    for identity_id in strangers:
        followers.unlink(identity_id)
    return strangers


def _still_there(half: Half, here: Iterable[int]) -> set[int]:
    had = half.owned[name_of(WechatIdentity)]
    found = set(had) & set(here)
    if had and not found:
        raise Conflict("one_left", _LEFT)
    return found


def _give_rows(keep: int, gone: Half) -> None:
    for model, owner in HERS:
        if model not in (WechatIdentity, Ward):
            hers = model._meta.fields["id"].in_(gone.owned[name_of(model)])
            model.update({owner: gone.id}).where(hers, owner == keep).execute()


def _write_row(cipher: FieldCipher, rows: Rows, half: Half, back: Held, left: tuple[str, ...]) -> None:
    gone = set(back[name_of(Member)])
    gone |= set(_NUMBER) if "phone" in gone else set()
    told = {name: None if name in gone else value for name, value in half.row.items()}
    if not Place.select().where(Place.id == told["place"]).exists():
        told["place"] = None
    written = snapshots.values(cipher, Member, told)
    Member.update({name: written[name] for name in written.keys() - {"id", *left}}).where(
        Member.id == half.id
    ).execute()
    rows.rename(half.id, half.row["name"])


def _write_once(cipher: FieldCipher, half: Half, back: Held) -> None:
    for model, owner, kind in ONCE:
        lasting = (row for row in half.rows[name_of(model)] if row[kind.name] not in back[name_of(model)])
        for row in lasting:
            _insert(cipher, model, {**row, owner.name: half.id})


def _write_children(cipher: FieldCipher, half: Half, keep: int, back: Held) -> None:
    for row in half.rows[name_of(Ward)]:
        if row["id"] in back[name_of(Ward)]:
            continue
        mine = (Ward.id == row["id"]) & (Ward.guardian == keep)
        if not Ward.update(guardian=half.id).where(mine).execute():
            _insert(cipher, Ward, row)


def _insert(cipher: FieldCipher, model: Any, row: Row) -> None:
    written = snapshots.values(cipher, model, row)
    model.insert({name: value for name, value in written.items() if name != "id"}).execute()
