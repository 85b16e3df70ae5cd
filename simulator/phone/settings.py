"""The settings of the pretended world, read and changed by name: a field of `Settings` is a setting.

Which values one may have stands in RULES; without a rule the type alone decides.
"""

import re
import types
import typing
from collections.abc import Callable
from dataclasses import asdict, replace

from aiohttp import web

from simulator.phone.door import Refused, body_of
from simulator.platform import Platform
from simulator.shapes import JsonObject
from simulator.state.settings import Settings

Check = Callable[[typing.Any], bool]


def _is_mass_status(value: str) -> bool:
    return value in {"send success", "send fail"} or re.fullmatch(r"err\([1-4]\d{4}\)", value) is not None


# Name: what must hold of a value of the right type, and the sentence for one that does not fit.
RULES: dict[str, tuple[Check, str]] = {
    "retries": (lambda value: value in {2, 3}, "retries 应为 2 或 3。"),
    "push_timeout": (lambda value: 0.05 <= value <= 60, "push_timeout 应在 0.05 到 60 秒之间。"),
    "result_seconds": (lambda value: 0 <= value <= 86_400, "result_seconds 应在 0 到 86400 秒之间，或不填。"),
    "template_repeat": (lambda value: value in {"same", "new"}, "template_repeat 应为 same 或 new。"),
    "template_failures": (lambda value: 0 <= value <= 1, "template_failures 应在 0 到 1 之间。"),
    "subscribe_failures": (lambda value: 0 <= value <= 1, "subscribe_failures 应在 0 到 1 之间。"),
    "concurrent_sends_refused": (lambda value: 0 <= value <= 3_600, "concurrent_sends_refused 应在 0 到 3600 秒之间。"),
    "mass_status": (_is_mass_status, "mass_status 应为 send success、send fail 或 err(20001) 这样的写法。"),
    "mass_confirmation": (
        lambda value: value in {"off", "confirmed", "refused", "ignored"},
        "mass_confirmation 应为 off、confirmed、refused 或 ignored。",
    ),
    "mass_repeat_seconds": (lambda value: 0 <= value <= 86_400, "mass_repeat_seconds 应在 0 到 86400 秒之间。"),
    "used_code_errcode": (lambda value: value in {40029, 40163}, "used_code_errcode 应为 40029 或 40163。"),
    "publish_status": (lambda value: 0 <= value <= 6, "publish_status 应为 0 到 6。"),
    "publish_refusal": (
        lambda value: value in {0, 53503, 53504, 53505},
        "publish_refusal 应为 0、53503、53504 或 53505。",
    ),
    "publish_seconds": (lambda value: 0 <= value <= 86_400, "publish_seconds 应在 0 到 86400 之间，或为空。"),
    "media_verdict": (
        lambda value: value in {"pass", "review", "risky", "never"},
        "media_verdict 应为 pass、review、risky 或 never。",
    ),
    "media_verdict_seconds": (lambda value: 0 <= value <= 86_400, "media_verdict_seconds 应在 0 到 86400 之间。"),
}


async def settings(platform: Platform, _: web.Request) -> JsonObject:
    return asdict(platform.world.settings)


async def change_settings(platform: Platform, request: web.Request) -> JsonObject:
    """All of them or none; names that are no setting are refused."""
    wished = await body_of(request)
    hints = typing.get_type_hints(Settings)
    changes: dict[str, typing.Any] = {name: _checked(name, hints.get(name), value) for name, value in wished.items()}
    platform.world.settings = replace(platform.world.settings, **changes)
    platform.world.changed()
    return await settings(platform, request)


def _checked(name: str, hint: typing.Any, value: object) -> object:
    if hint is None:
        raise Refused(f"没有「{name[:40]}」这个设置。")
    if not _fits(hint, value):
        raise Refused(RULES[name][1] if name in RULES else f"{name} 的值不对。")
    if value is not None and name in RULES and not RULES[name][0](value):
        raise Refused(RULES[name][1])
    return value


def _fits(hint: typing.Any, value: object) -> bool:
    """A whole number may stand where a fraction is asked; true is no number, and NaN is nothing."""
    if isinstance(hint, types.UnionType):
        return any(_fits(one, value) for one in typing.get_args(hint))
    if hint is type(None):
        return value is None
    if hint is float:
        return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(hint, type) and isinstance(value, hint)
