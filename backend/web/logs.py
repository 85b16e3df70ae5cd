"""Structured logs: one JSON object a line, with ids and without personal data."""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

# Names that would carry a person or a secret. The writer of a line should know better; this is the second lock.
_PRIVATE = frozenset({"openid", "unionid", "phone", "name", "content", "token", "secret", "body", "ip", "url"})

_NOISY = {
    "huey": logging.WARNING,
    "urllib3": logging.WARNING,
    "peewee": logging.WARNING,
    "apscheduler": logging.ERROR,  # it warns of each start skipped because the last run is still going, as meant
}
_CODE_ERRORS = (TypeError, AttributeError, NameError, ImportError, AssertionError)


def configure(level: str) -> None:
    logging.basicConfig(stream=sys.stderr, level=level, format="%(message)s")
    for noisy, least in _NOISY.items():
        logging.getLogger(noisy).setLevel(least)
    structlog.configure(
        processors=_CHAIN,
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def mask(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name in _PRIVATE & event.keys():
        event[name] = "[masked]"
    return event


def describe_error(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The kind of an exception and where it came from. A database error quotes the row: its words stay out."""
    given = event.pop("exc_info", None)
    error = sys.exception() if given is True else given
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)
        event["error"] = type(error).__name__
        event["trace"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:]]
        if type(error).__module__.startswith("backend.") or isinstance(error, _CODE_ERRORS):
            event["reason"] = str(error)[:500]
    return event


# One list for the life of the process: a logger keeps the one it found when it was first used, and whoever listens in
# (structlog.testing) changes it in place.
_CHAIN: list[Any] = [
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    mask,
    describe_error,
    structlog.processors.JSONRenderer(ensure_ascii=False),
]
