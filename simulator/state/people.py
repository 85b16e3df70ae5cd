"""The pretended people and the ids under which accounts know them."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import IntEnum

from simulator.shapes import JsonObject

OPENID_LENGTH = 28
FIRST_NICKNAMES = ("陈秀兰", "王建国", "李小雨", "阿依古丽")
_COLOURS = ("#c0392b", "#2471a3", "#1e8449", "#b9770e", "#7d3c98", "#117a65", "#a04000", "#34495e")


class Client(IntEnum):
    """As the rules of conditional menus number them."""

    IOS = 1
    ANDROID = 2
    OTHERS = 3


@dataclass(slots=True)
class Person:
    id: str
    nickname: str
    colour: str
    unionid: str
    phone: str = ""
    client: int = Client.ANDROID
    high_risk: bool = False
    risk_rank: int = 0
    minor: bool = False  # under the platform's protection: no customer messages of mini-programs

    @property
    def weixin_id(self) -> str:
        """The name a person is found by in WeChat; a few interfaces take it in place of an openid."""
        return f"wxid_{self.id}"

    def shown(self) -> JsonObject:
        return {"weixin_id": self.weixin_id, **asdict(self)}


def new_person(number: int, nickname: str) -> Person:
    pid = f"p{number}"
    return Person(pid, nickname, _COLOURS[(number - 1) % len(_COLOURS)], unionid_of(pid), phone_of(number))


def phone_of(number: int) -> str:
    """Made up, but of the form that the checks of real servers accept."""
    return f"199{number:08d}"


def phone_of_pid(people: Mapping[str, Person], pid: str) -> str:
    """Also of somebody in a crowd, who is known by her number alone."""
    return people[pid].phone if pid in people else f"198{int(pid[1:]):08d}"


def avatar_path(pid: str) -> str:
    return f"/simulator/people/{pid}/avatar"


def openid_of(app_id: str, pid: str) -> str:
    """The person's id within one account: 28 characters, the same on every start."""
    return _opaque(f"{app_id}/{pid}")


def unionid_of(pid: str) -> str:
    """The person's id over all accounts, which count as bound to one open-platform account."""
    return _opaque(f"union/{pid}")


def _opaque(seed: str) -> str:
    digest = hashlib.sha256(seed.encode()).digest()
    return "o" + base64.urlsafe_b64encode(digest).decode()[:27]
