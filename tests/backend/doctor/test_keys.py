"""The doctor says which data keys are still needed, and which one is missing."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from backend.doctor import keys
from backend.doctor.findings import Finding, Verdict
from backend.privacy import rotation
from backend.privacy.cipher import FieldCipher
from backend.runtime import Runtime
from models.receipts import Receipt
from tests.backend.privacy.sealing import BOTH, K1, NEW, OLD, sealed_row

Findings = Callable[[FieldCipher], list[Finding]]
SECRETS = 3
"""Of the account."""


@pytest.fixture
def findings(runtime: Runtime) -> Findings:
    """What a process with these keys would be told."""
    return lambda cipher: list(keys.keys_of(replace(runtime, cipher=cipher)))


def test_one_key_that_opens_everything_is_good(findings: Findings) -> None:
    assert findings(OLD) == [Finding(Verdict.GOOD, "已存的密文都用钥匙「k1」")]


def test_what_still_needs_the_old_key_is_counted(findings: Findings) -> None:
    sealed_row(Receipt)
    [found] = findings(BOTH)
    assert (found.verdict, found.what) == (Verdict.ADVICE, f"还有 {SECRETS + 1} 个已存的值要用旧钥匙「k1」")
    assert "python manage.py rotate-keys" in found.remedy


def test_an_old_key_that_nothing_needs_may_go(findings: Findings) -> None:
    assert all(step.changed for step in rotation.rotate(BOTH))
    [found] = findings(BOTH)
    assert (found.verdict, found.what) == (Verdict.ADVICE, "已存的值都不用旧钥匙「k1」了")
    assert "去掉 k1" in found.remedy


def test_a_key_that_is_missing_is_named_with_what_it_would_open(findings: Findings) -> None:
    sealed_row(Receipt, NEW)
    [found] = findings(OLD)
    assert (found.verdict, found.what) == (Verdict.BAD, "有 1 个已存的值要用钥匙「k2」，TONGXIN_DATA_KEYS 里没有它")
    [missing, free] = findings(FieldCipher({"k3": bytes(32), **K1}))
    assert (missing, free.what) == (found, f"还有 {SECRETS} 个已存的值要用旧钥匙「k1」")


def test_what_is_no_ciphertext_is_told_and_not_repeated(findings: Findings) -> None:
    Receipt.update(answer="王秀兰").where(Receipt.id == sealed_row(Receipt).id).execute()
    [found] = findings(OLD)
    assert (found.verdict, found.what) == (Verdict.BAD, "有 1 个已存的值不是密文")
