"""Puts a file into a zip that only its password opens: AES-256 in WinZip's form, in constant memory."""

import secrets
from typing import BinaryIO

import pyzipper

_STEP = 1 << 16
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
_PARTS, _LENGTH = 4, 4


def new_password() -> str:
    """Sixteen characters that cannot be mistaken for one another, to be read out: some 79 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(_LENGTH)) for _ in range(_PARTS))


def seal(source: BinaryIO, name: str, target: BinaryIO, password: str) -> None:
    """What is left of `source`, as the file `name` inside."""
    with pyzipper.AESZipFile(target, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(password.encode())
        archive.setencryption(pyzipper.WZ_AES, nbits=256)
        with archive.open(name, "w", force_zip64=True) as inside:
            while piece := source.read(_STEP):
                inside.write(piece)
