"""Followers of an account: who they are to the platform, who they all are, remarks and the blacklist (§5).

https://developers.weixin.qq.com/doc/service/api/usermanage/userinfo/api_userinfo
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TypeVar

from backend.wechat.answers import Answer
from backend.wechat.caller import Caller
from backend.wechat.catalogue import Catalogue

INFO_CHUNK = 100
BLACKLIST_CHUNK = 20
INFOS = "/cgi-bin/user/info/batchget"
Item = TypeVar("Item")


@dataclass(frozen=True)
class UserInfo:
    """Of a stranger the platform tells the openid and nothing else. Names and pictures it tells of nobody."""

    openid: str
    subscribed: bool
    unionid: str = ""
    subscribed_at: datetime | None = None
    scene: str = ""
    remark: str = ""
    tag_ids: tuple[int, ...] = ()


class Users:
    def __init__(self, caller: Caller) -> None:
        self._caller, self._wechat = caller, Catalogue(caller)

    def info(self, openid: str) -> UserInfo:
        # https://developers.weixin.qq.com/doc/service/api/usermanage/userinfo/api_userinfo
        return _user(self._wechat.user.get(openid))

    def infos(self, openids: Sequence[str]) -> list[UserInfo]:
        """In the order asked for; a hundred in each call."""
        # https://developers.weixin.qq.com/doc/service/api/usermanage/userinfo/api_batchuserinfo
        return [_user(item) for chunk in chunks(openids, INFO_CHUNK) for item in self._infos(chunk)]

    def _infos(self, openids: list[str]) -> list[Answer]:
        """wechatpy takes the list out of the answer; it is put back, to be read as every other."""
        return Answer(INFOS, {"user_info_list": self._wechat.user.get_batch(openids)}).parts("user_info_list")

    def followers(self, after: str = "") -> Iterator[list[str]]:
        """All of them, in pages of up to 10,000 openids. An interrupted walk goes on `after` the last it has seen."""
        # https://developers.weixin.qq.com/doc/service/api/usermanage/userinfo/api_getfans
        # Own walk: wechatpy's hides the pages, and with them the place to go on from.
        return walk(self._wechat.user.get_followers, after)

    def set_remark(self, openid: str, remark: str) -> None:
        # https://developers.weixin.qq.com/doc/service/api/usermanage/userinfo/api_updateremark
        self._wechat.user.update_remark(openid, remark)

    def blacklist(self) -> Iterator[list[str]]:
        # https://developers.weixin.qq.com/doc/service/api/usermanage/userinfo/api_getblacklist
        return walk(lambda after: self._caller.post("/cgi-bin/tags/members/getblacklist", {"begin_openid": after}))

    def block(self, openids: Sequence[str]) -> None:
        # https://developers.weixin.qq.com/doc/service/api/usermanage/userinfo/api_batchblacklist
        self._blacklist("batchblacklist", openids)

    def unblock(self, openids: Sequence[str]) -> None:
        # https://developers.weixin.qq.com/doc/service/api/usermanage/userinfo/api_batchunblacklist
        self._blacklist("batchunblacklist", openids)

    def _blacklist(self, verb: str, openids: Sequence[str]) -> None:
        for chunk in chunks(openids, BLACKLIST_CHUNK):
            self._caller.post(f"/cgi-bin/tags/members/{verb}", {"openid_list": chunk})


def chunks(items: Sequence[Item], size: int) -> Iterator[list[Item]]:
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk


def walk(ask: Callable[[str], Answer], after: str = "") -> Iterator[list[str]]:
    """All pages of openids that follow `after`. `data` may be missing on the last although it names a next one."""
    while True:
        answer = ask(after)
        openids = answer.part("data", optional=True).texts("openid", optional=True)
        if openids:
            yield openids
        asked, after = after, answer.text("next_openid", "")
        if not openids or not after:
            return
        if after == asked:  # the same page again, for ever
            raise answer.unreadable("next_openid in the answer does not lead on")


def _user(item: Answer) -> UserInfo:
    return UserInfo(
        openid=item.filled("openid"),
        subscribed=item.flag("subscribe", False),
        unionid=item.text("unionid", ""),
        subscribed_at=item.moment_if_any("subscribe_time"),
        scene=item.text("subscribe_scene", ""),
        remark=item.text("remark", ""),
        tag_ids=tuple(item.integers("tagid_list", optional=True)),
    )
