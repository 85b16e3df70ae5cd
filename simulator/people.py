"""The pretended people and the ids under which accounts know them."""

import base64
import hashlib
from dataclasses import dataclass

FIRST_NICKNAMES = ("陈秀兰", "王建国", "李小雨", "阿依古丽")
_COLOURS = ("#c0392b", "#2471a3", "#1e8449", "#b9770e", "#7d3c98", "#117a65", "#a04000", "#34495e")


@dataclass(slots=True)
class Person:
    id: str
    nickname: str
    colour: str
    unionid: str

    def shown(self) -> dict[str, str]:
        return {"id": self.id, "nickname": self.nickname, "colour": self.colour, "unionid": self.unionid}


def new_person(number: int, nickname: str) -> Person:
    pid = f"p{number}"
    return Person(pid, nickname, _COLOURS[(number - 1) % len(_COLOURS)], unionid_of(pid))


def openid_of(app_id: str, pid: str) -> str:
    """The person's id within one account: 28 characters, the same on every start."""
    return _opaque(f"{app_id}/{pid}")


def unionid_of(pid: str) -> str:
    """The person's id over all accounts, which count as bound to one open-platform account."""
    return _opaque(f"union/{pid}")


def _opaque(seed: str) -> str:
    digest = hashlib.sha256(seed.encode()).digest()
    return "o" + base64.urlsafe_b64encode(digest).decode()[:27]
