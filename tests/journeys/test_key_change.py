"""A data key is changed by the commands an operator types, one of which is killed; then the old key is taken away."""

import base64
import os
import subprocess
import sys
from dataclasses import replace

import pytest

from backend.privacy import rotation
from backend.runtime import Runtime
from backend.settings import Settings
from models.receipts import Receipt
from tests.backend.privacy.sealing import BOTH, K2, NEW, OLD, one_of_each, opened, receipts
from tests.conftest import DATA_KEY
from tests.processes import ROOT, next_line, running
from tests.served import environment

KEY = "k2:" + base64.urlsafe_b64encode(K2["k2"]).decode()
ANSWERS = 2000

ROW_BY_ROW = """
import sys
from dataclasses import replace
from pathlib import Path
from backend import runtime as runtimes
from backend.privacy import rotation
from tests.conftest import make_settings

settings = replace(make_settings(Path(sys.argv[1]), sys.argv[2]), data_keys=sys.argv[3])
for step in rotation.rotate(runtimes.start(settings).cipher, 1):
    print(step.column, flush=True)
"""


@pytest.fixture
def both(runtime: Runtime) -> Settings:
    """Something stands in every sealed column, and a new key in front of the old one."""
    one_of_each()
    receipts(ANSWERS, OLD.encrypt("answer", "receipt.answer"))
    return replace(runtime.settings, data_keys=f"{KEY},{DATA_KEY}")


def _manage(settings: Settings, *arguments: str) -> list[str]:
    done = _typed(settings, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def _typed(settings: Settings, *arguments: str) -> "subprocess.CompletedProcess[str]":
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TONGXIN_")}
    command, env = [sys.executable, "manage.py", *arguments], {**clean, **environment(settings)}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False)


def _needing_k1() -> int:
    return rotation.needs(BOTH).old["k1"]


def test_a_key_is_changed_and_the_old_one_taken_away(both: Settings) -> None:
    before, all_of_them = opened(OLD), _needing_k1()
    assert _manage(both, "rotate-keys", "--status") == ["0 个值用现在的钥匙 k2。", f"还有 {all_of_them} 个值要用 k1。"]
    assert _needing_k1() == all_of_them, "only counted"
    done = [
        f"换好了 {all_of_them} 个。",
        f"{all_of_them} 个值用现在的钥匙 k2。",
        "可以从 TONGXIN_DATA_KEYS 里去掉 k1 了。",
    ]
    assert _manage(both, "rotate-keys") == done
    assert opened(NEW) == before
    alone = replace(both, data_keys=KEY)
    assert _manage(alone, "rotate-keys") == ["换好了 0 个。", f"{all_of_them} 个值用现在的钥匙 k2。"]
    assert _manage(alone, "job", "retention") == ["retention：处理了 0 件"], "the accounts open"


@pytest.mark.kill
def test_a_rotation_that_was_killed_is_taken_up_again(both: Settings) -> None:
    before, all_of_them = opened(OLD), _needing_k1()
    with running(ROW_BY_ROW, str(both.data_dir), both.database_url, both.data_keys) as process:
        while next_line(process) != "receipt.answer":
            pass
        for _ in range(50):
            next_line(process)
        process.kill()
        process.wait(10)
    left = _needing_k1()
    assert 50 < left < all_of_them - 50, "it was killed in the midst of it"
    assert opened(BOTH) == before
    assert _manage(both, "rotate-keys")[0] == f"换好了 {left} 个。"
    assert opened(NEW) == before


def test_an_old_key_that_was_taken_away_too_early_is_named(both: Settings) -> None:
    alone = replace(both, data_keys=KEY)
    assert _manage(alone, "rotate-keys", "--status")[1] == f"{_needing_k1()} 个值要用 k1，TONGXIN_DATA_KEYS 里没有它。"
    refused = _typed(alone, "job", "retention")
    assert (refused.returncode, "缺少编号为「k1」的钥匙" in refused.stderr) == (2, True)
    Receipt.delete().execute()
    assert _manage(both, "rotate-keys")[-1] == "可以从 TONGXIN_DATA_KEYS 里去掉 k1 了。", "put back, all is well"
