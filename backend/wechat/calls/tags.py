"""Tags on followers: at most 100 of them, 20 on a person, 50 people in a call (protocol sheet §5).

The house keeps no tag about who a person is (DESIGN.md §6); these are for mass messages and menus by place.
https://developers.weixin.qq.com/doc/service/api/usermanage/tag/api_createtag
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from backend.wechat.answers import Answer
from backend.wechat.caller import Caller
from backend.wechat.calls.users import chunks, walk
from backend.wechat.catalogue import Catalogue
from backend.wechat.failures import BadRequest
from backend.wechat.retries import Repeat

CHUNK = 50
SOME_LEFT_OUT = 45171
# wechatpy takes what was asked for out of the answer; it is put back under these, to be read as every other.
CREATE, ALL, OF = (f"/cgi-bin/tags/{name}" for name in ("create", "get", "getidlist"))


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
        # https://developers.weixin.qq.com/doc/service/api/usermanage/tag/api_createtag
        made = Answer(CREATE, {"tag": self._once.tag.create(name)}).part("tag")
        return Tag(made.integer("id"), made.text("name"))

    def all(self) -> list[Tag]:
        # https://developers.weixin.qq.com/doc/service/api/usermanage/tag/api_gettags
        items = Answer(ALL, {"tags": self._wechat.tag.get()}).parts("tags")
        return [Tag(item.integer("id"), item.text("name"), item.integer("count", 0)) for item in items]

    def rename(self, tag_id: int, name: str) -> None:
        # https://developers.weixin.qq.com/doc/service/api/usermanage/tag/api_updatetag
        self._wechat.tag.update(tag_id, name)

    def remove(self, tag_id: int) -> None:
        # https://developers.weixin.qq.com/doc/service/api/usermanage/tag/api_deletetag
        self._wechat.tag.delete(tag_id)

    def members(self, tag_id: int) -> Iterator[list[str]]:
        """Pages of up to 10,000 openids."""
        # https://developers.weixin.qq.com/doc/service/api/usermanage/tag/api_gettagfans
        return walk(lambda after: self._tagged(tag_id, after))

    def _tagged(self, tag_id: int, after: str) -> Answer:
        answer: Answer = self._wechat.tag.get_tag_users(tag_id, after)
        return answer

    def tag(self, tag_id: int, openids: Sequence[str]) -> None:
        """Fifty in each call. Who does not follow holds nobody up: BadRequest 45171 comes when all the others are done,
        and `fail_openid_list` in its answer names everyone left out. Any other refusal leaves the fifties before it
        tagged; doing it again is harmless.
        """
        # https://developers.weixin.qq.com/doc/service/api/usermanage/tag/api_batchtagging
        _each_fifty(openids, lambda chunk: self._wechat.tag.tag_user(tag_id, chunk))

    def untag(self, tag_id: int, openids: Sequence[str]) -> None:
        """As `tag`."""
        # https://developers.weixin.qq.com/doc/service/api/usermanage/tag/api_batchuntagging
        _each_fifty(openids, lambda chunk: self._wechat.tag.untag_user(tag_id, chunk))

    def of(self, openid: str) -> tuple[int, ...]:
        # https://developers.weixin.qq.com/doc/service/api/usermanage/tag/api_gettagidlist
        return tuple(Answer(OF, {"tagid_list": self._wechat.tag.get_user_tag(openid)}).integers("tagid_list"))


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
            left_out += Answer(refused.path, refused.answer).texts("fail_openid_list", optional=True)
    if partly:
        partly.answer = {**partly.answer, "fail_openid_list": left_out}
        raise partly
