"""Who is signed in on which phone."""

from typing import TYPE_CHECKING

from peewee import CharField, ForeignKeyField

from models.base import KeyField, Table, UtcField
from models.followers import WechatIdentity
from models.marks import kept, personal

_UNTIL_ENDED = kept(1, "ends_at", "退出登录时删除；三十天不用也会删除")


class Session(Table):
    """Digests only: whoever reads this table cannot sign in with it. `former_digest` is of the refresh token that was
    exchanged last: seen once more, it was stolen. From `expires_at` on the token must be refreshed, from `ends_at` on
    she signs in anew."""

    identity = personal(ForeignKeyField(WechatIdentity, backref="sessions", on_delete="CASCADE"), _UNTIL_ENDED)
    token_digest = personal(KeyField(max_length=64, unique=True), _UNTIL_ENDED)
    refresh_digest = personal(KeyField(max_length=64, unique=True), _UNTIL_ENDED)
    former_digest = personal(KeyField(max_length=64, null=True, unique=True), _UNTIL_ENDED)
    device = personal(CharField(max_length=64), _UNTIL_ENDED)
    created_at = personal(UtcField(), _UNTIL_ENDED)
    seen_at = personal(UtcField(), _UNTIL_ENDED)
    expires_at = personal(UtcField(), _UNTIL_ENDED)
    ends_at = personal(UtcField(index=True), _UNTIL_ENDED)

    if TYPE_CHECKING:
        identity_id: int
