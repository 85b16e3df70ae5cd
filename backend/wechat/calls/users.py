"""Followers of an account: who they are to the platform, who they all are, remarks and the blacklist (§5).

https://developers.weixin.qq.com/doc/service/api/usermanage/userinfo/api_userinfo
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from backend import clock
from backend.wechat.caller import Caller
from backend.wechat.catalogue import Catalogue

INFO_CHUNK = 100
BLACKLIST_CHUNK = 20
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
        return _user(self._wechat.user.get(openid))

    def infos(self, openids: Sequence[str]) -> list[UserInfo]:
        """In the order asked for; a hundred in each call."""
        return [_user(item) for chunk in chunks(openids, INFO_CHUNK) for item in self._wechat.user.get_batch(chunk)]

    def followers(self, after: str = "") -> Iterator[list[str]]:
        """All of them, in pages of up to 10,000 openids. An interrupted walk goes on `after` the last it has seen."""
        # Own walk: wechatpy's hides the pages, and with them the place to go on from.
        while True:
            answer = self._wechat.user.get_followers(after)
            openids = list(answer.get("data", {}).get("openid", ()))
            if openids:
                yield openids
            after = answer.get("next_openid", "")
            if not openids or not after:
                return

    def set_remark(self, openid: str, remark: str) -> None:
        self._wechat.user.update_remark(openid, remark)

    def blacklist(self) -> Iterator[list[str]]:
        # https://developers.weixin.qq.com/doc/service/api/usermanage/tagmanage/api_getblacklist
        after = ""
        while True:
            answer = self._caller.post("/cgi-bin/tags/members/getblacklist", {"begin_openid": after})
            openids = list(answer.get("data", {}).get("openid", ()))
            if openids:
                yield openids
            after = answer.get("next_openid", "")
            if not openids or not after:
                return

    def block(self, openids: Sequence[str]) -> None:
        self._blacklist("batchblacklist", openids)

    def unblock(self, openids: Sequence[str]) -> None:
        self._blacklist("batchunblacklist", openids)

    def _blacklist(self, verb: str, openids: Sequence[str]) -> None:
        for chunk in chunks(openids, BLACKLIST_CHUNK):
            self._caller.post(f"/cgi-bin/tags/members/{verb}", {"openid_list": chunk})


def chunks(items: Sequence[Item], size: int) -> Iterator[list[Item]]:
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk


def _user(item: dict[str, Any]) -> UserInfo:
    since = item.get("subscribe_time")
    return UserInfo(
        openid=item["openid"],
        subscribed=bool(int(item.get("subscribe", 0))),
        unionid=item.get("unionid", ""),
        subscribed_at=clock.from_timestamp(int(since)) if since else None,
        scene=item.get("subscribe_scene", ""),
        remark=item.get("remark", ""),
        tag_ids=tuple(item.get("tagid_list", ())),
    )
