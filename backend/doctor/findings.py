"""One sentence about a deployment, and the one that says how to mend it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from backend.errors import HouseError
from backend.wechat.failures import GatewayError


class Verdict(StrEnum):
    GOOD = "好"
    ADVICE = "建议"
    BAD = "要修"


@dataclass(frozen=True)
class Finding:
    verdict: Verdict
    what: str
    remedy: str = ""


def probe(what: str, kind: str, look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    try:
        yield from look()
    except (HouseError, GatewayError) as error:
        yield Finding(Verdict.BAD, what, getattr(error, "sentence", str(error)))
    except Exception as error:  # noqa: BLE001 - whatever a driver raises is a finding
        where = f"({kind})" if kind else ""
        yield Finding(Verdict.BAD, f"{what}{where} 连不上：{type(error).__name__}", "请检查地址、密码和服务是否启动。")
