"""Signing in by WeChat: the browser shows a QR code and two digits, the bound WeChat scans the one and answers with the
other. Who photographs the code has not seen the digits of her own screen, and who knows the digits has not her WeChat.

All of it stands in the key-value store for three minutes: with the store away there is the password.
"""

import hashlib
import json
import secrets
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

from backend.errors import InvalidInput, NotFound
from backend.storage.kv import KV
from models.staff import Staff, StaffState

SECONDS = 180.0
SCENE = "desk."
"""How the scene of such a code begins (`handlers/table.py`)."""

_OVER = "这个二维码已经过期了，请在电脑上换一个再扫。"


class Purpose(StrEnum):
    SIGN_IN = "sign_in"
    BIND = "bind"


class State(StrEnum):
    WAITING = "waiting"
    SCANNED = "scanned"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class Scan:
    """`browser` is a digest of the cookie of the browser that shows the code: no other gets in by it. `staff_id` is who
    signs in, once it was scanned, or who binds her WeChat. `device` and `address` are of that browser: she is told of
    them before she confirms, as somebody may have forwarded his own code to her."""

    purpose: Purpose
    number: str
    browser: str
    device: str
    state: State = State.WAITING
    staff_id: int = 0
    identity_id: int = 0
    address: str = ""


class Scans:
    def __init__(self, kv: KV) -> None:
        self._kv = kv

    def begin(
        self, purpose: Purpose, browser: str, device: str, staff_id: int = 0, address: str = ""
    ) -> tuple[str, Scan]:
        """Answers the token, which the code says after SCENE, and the scan. Raises StoreAway."""
        token = secrets.token_urlsafe(18)
        scan = Scan(purpose, f"{secrets.randbelow(90) + 10}", browser, device, staff_id=staff_id, address=address)
        self._kv.put(_key(token), _packed(scan), SECONDS)
        return token, scan

    def look(self, token: str, browser: str) -> Scan | None:
        """For the browser that shows it; None when it is over, or for another browser."""
        found = self._find(token)
        return found if found is not None and secrets.compare_digest(found.browser, browser) else None

    def scanned(self, token: str, identity_id: int) -> Scan:
        """By this WeChat. Raises NotFound when the code is over or the WeChat is nobody's."""
        scan = self._find(token)
        if scan is None or scan.state is not State.WAITING:
            raise NotFound("scan_over", _OVER)
        staff_id = scan.staff_id or _owner(identity_id)
        seen = replace(scan, state=State.SCANNED, staff_id=staff_id, identity_id=identity_id)
        if not self._kv.replace(_key(token), _packed(scan), _packed(seen), SECONDS):
            raise NotFound("scan_over", _OVER)
        self._kv.put(_key_of(identity_id), token.encode(), SECONDS)
        return seen

    def confirm(self, identity_id: int, number: str) -> Scan:
        """With the digits of the screen: once, and wrong ones end it. Raises NotFound, InvalidInput."""
        token = (self._kv.get(_key_of(identity_id)) or b"").decode()
        scan = self._find(token) if token else None
        if scan is None or scan.identity_id != identity_id or scan.state is not State.SCANNED:
            raise NotFound("scan_over", "没有等您确认的登录，请在电脑上打开登录页，用微信扫二维码。")
        self._kv.drop(_key_of(identity_id))
        right = secrets.compare_digest(scan.number, number)
        sure = _packed(replace(scan, state=State.CONFIRMED)) if right else None
        if not self._kv.replace(_key(token), _packed(scan), sure, SECONDS):
            raise NotFound("scan_over", _OVER)
        if not right:
            raise InvalidInput("scan_number_wrong", "数字不对，这次没有办成。请在电脑上换一个二维码，再扫一次。")
        return scan

    def take(self, token: str, browser: str) -> Scan | None:
        """What was confirmed, once; None while it is not."""
        scan = self.look(token, browser)
        if scan is None or scan.state is not State.CONFIRMED:
            return None
        return scan if self._kv.replace(_key(token), _packed(scan), None) else None

    def _find(self, token: str) -> Scan | None:
        stored = self._kv.get(_key(token))
        return None if stored is None else _unpacked(stored)


def _owner(identity_id: int) -> int:
    row = Staff.get_or_none((Staff.identity == identity_id) & (Staff.state == StaffState.ACTIVE))
    if row is None:
        raise NotFound("wechat_unbound", "这个微信还没有绑定工作台账号。请先用密码登录，在「我的账号」里绑定。")
    return int(row.id)


def _key(token: str) -> str:
    return f"desk:{token}"


def _key_of(identity_id: int) -> str:
    return f"desk-of:{identity_id}"


def _packed(scan: Scan) -> bytes:
    return json.dumps(asdict(scan)).encode()


def _unpacked(stored: bytes) -> Scan:
    told = json.loads(stored)
    return Scan(**{**told, "purpose": Purpose(told["purpose"]), "state": State(told["state"])})


def mark(browser: str) -> str:
    """Of the secret of a browser: what is held of it."""
    return hashlib.sha256(f"scan {browser}".encode()).hexdigest()
