"""Tags on followers: at most 100 of them, 20 on a person, 50 people in a call (protocol sheet §5).

The house keeps no tag about who a person is (DESIGN.md §6); these are for mass messages and menus by place.
https://developers.weixin.qq.com/doc/service/api/usermanage/tagmanage/api_createtag
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from backend.wechat.caller import Caller
from backend.wechat.calls.users import chunks
from backend.wechat.catalogue import Catalogue
from backend.wechat.failures import BadRequest
from backend.wechat.retries import Repeat

CHUNK = 50
SOME_LEFT_OUT = 45171


@dataclass(frozen=True)
class Tag:
    id: int
    name: str
    count: int = 0


class Tags:
    def __init__(self, caller: Caller) -> None:
        self._caller, self._wechat = caller, Catalogue(caller)
        self._once = Catalogue(caller, Repeat.UNSENT)

    def create(self, name: str) -> Tag:
        made = self._once.tag.create(name)
        return Tag(int(made["id"]), made["name"])

    def all(self) -> list[Tag]:
        return [Tag(int(item["id"]), item["name"], int(item.get("count", 0))) for item in self._wechat.tag.get()]

    def rename(self, tag_id: int, name: str) -> None:
        self._wechat.tag.update(tag_id, name)

    def remove(self, tag_id: int) -> None:
        self._wechat.tag.delete(tag_id)

    def members(self, tag_id: int) -> Iterator[list[str]]:
        """Pages of up to 10,000 openids."""
        after = ""
        while True:
            answer = self._wechat.tag.get_tag_users(tag_id, after)
            openids = list(answer.get("data", {}).get("openid", ()))
            if openids:
                yield openids
            after = answer.get("next_openid", "")
            if not openids or not after:
                return

    def tag(self, tag_id: int, openids: Sequence[str]) -> None:
        """Fifty in each call. Who does not follow holds nobody up: BadRequest 45171 comes when all the others are done,
        and `fail_openid_list` in its answer names everyone left out. Any other refusal leaves the fifties before it
        tagged; doing it again is harmless.
        """
        _each_fifty(openids, lambda chunk: self._wechat.tag.tag_user(tag_id, chunk))

    def untag(self, tag_id: int, openids: Sequence[str]) -> None:
        """As `tag`."""
        _each_fifty(openids, lambda chunk: self._wechat.tag.untag_user(tag_id, chunk))

    def of(self, openid: str) -> tuple[int, ...]:
        return tuple(self._wechat.tag.get_user_tag(openid))


def _each_fifty(openids: Sequence[str], change: Callable[[list[str]], object]) -> None:
    partly: BadRequest | None = None
    left_out: list[str] = []
    for chunk in chunks(openids, CHUNK):
        try:
            change(chunk)
        except BadRequest as refused:
            if refused.errcode != SOME_LEFT_OUT:
                raise
            partly = refused
            left_out += refused.answer.get("fail_openid_list", ())
    if partly:
        partly.answer = {**partly.answer, "fail_openid_list": left_out}
        raise partly
