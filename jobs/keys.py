"""Encrypts anew what an older key still holds."""

from backend import clock
from backend.privacy import rotation
from backend.runtime import Runtime

SECONDS = 30.0
"""How long it goes on at a time: a scheduler that is to end waits for what it runs."""


def renew(runtime: Runtime) -> int:
    """Does nothing while there is one key."""
    done, until = 0, clock.monotonic() + SECONDS
    for step in rotation.rotate(runtime.cipher):
        done += step.changed
        if clock.monotonic() >= until:
            break
    return done
