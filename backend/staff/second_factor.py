"""The second factor: codes of an authenticator (TOTP, RFC 6238), and codes on paper for when the phone is gone."""

import hmac
import secrets
from datetime import datetime

import pyotp

ISSUER = "同心工作台"
STEP = 30
"""Seconds, as every authenticator has it."""

DRIFT = 1
"""Steps that a phone's clock may be wrong, either way."""

RECOVERY_CODES = 8
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"


def new_secret() -> str:
    return pyotp.random_base32()


def uri(secret: str, login: str) -> str:
    """What the QR code says that an authenticator scans."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)


def step_of(secret: str, code: str, now: datetime, last_step: int) -> int | None:
    """The step whose code this is, None for a wrong one. A step that is not after `last_step` was used before."""
    typed = code.replace(" ", "")
    here = int(now.timestamp()) // STEP
    totp = pyotp.TOTP(secret)
    right = [
        step
        for step in range(here - DRIFT, here + DRIFT + 1)
        if hmac.compare_digest(totp.generate_otp(step).encode(), typed.encode()) and step > last_step
    ]
    return right[-1] if right else None


def new_recovery_codes() -> list[str]:
    """Ten characters that cannot be mistaken for one another: some 49 bits."""
    return [f"{_word()}-{_word()}" for _ in range(RECOVERY_CODES)]


def plain(recovery_code: str) -> str:
    return "".join(each for each in recovery_code.lower() if each in _LETTERS)


def _word() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(5))
