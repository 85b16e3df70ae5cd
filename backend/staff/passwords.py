"""Passwords of the staff: argon2id with the parameters of its library, which follow RFC 9106."""

import functools
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher()


def hashed(password: str) -> str:
    return _HASHER.hash(password)


def is_right(stored: str, password: str) -> bool:
    """Takes as long where there is nothing to compare with: nobody learns which logins exist."""
    try:
        return _HASHER.verify(stored or _nobodys(), password) and bool(stored)
    except (VerificationError, InvalidHashError):
        return False


@functools.cache
def _nobodys() -> str:
    """Not before somebody asks: it takes a fifth of a second and 64 MiB, which a worker has no use for."""
    return _HASHER.hash(secrets.token_urlsafe(16))


def is_stale(stored: str) -> bool:
    """Made with parameters that were replaced since."""
    return _HASHER.check_needs_rehash(stored)
