"""The table of every call is whole, and each call in it reaches its interface and succeeds."""

import inspect
from dataclasses import fields

import pytest

from backend.wechat.gateway import Gateway
from tests.contracts.gateway.everything import CALLS, SILENT
from tests.contracts.gateway.given import Given


def _public(owner: type) -> list[str]:
    return [name for name, _ in inspect.getmembers(owner, inspect.isfunction) if not name.startswith("_")]


def test_every_public_method_of_the_gateway_stands_in_the_table_or_is_known_to_ask_nobody() -> None:
    groups = {each.name: each.type for each in fields(Gateway)} | {"gateway": Gateway}
    methods = {f"{name}.{method}" for name, owner in groups.items() for method in _public(owner)}  # type: ignore[arg-type]
    listed = {name.partition(" ")[0] for name in CALLS}
    assert listed & set(SILENT) == set()
    assert listed | set(SILENT) == methods


@pytest.mark.parametrize("name", CALLS)
def test_every_call_reaches_its_interface_and_succeeds(given: Given, name: str) -> None:
    line = CALLS[name]
    prepared = line.prepare(given)
    given.platform.forget_traffic()
    line.call(given.anew(), prepared)
    assert "ok" in [call["outcome"] for call in given.platform.calls(line.path)]
