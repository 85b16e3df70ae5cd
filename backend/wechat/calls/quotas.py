"""What the account may still do, why a call failed, and whether pushes can reach us (protocol sheet §1.8, §3.4).

https://developers.weixin.qq.com/doc/oplatform/openApi/OpenApiDoc/openapi/getApiQuota.html
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend import clock
from backend.wechat.caller import Caller
from backend.wechat.failures import FailureKind, kind_of
from backend.wechat.retries import Repeat


@dataclass(frozen=True)
class Quota:
    daily: int
    used: int
    left: int
    per_period: int = 0
    period_seconds: int = 0


@dataclass(frozen=True)
class CallRecord:
    """One call as the platform has kept it for seven days."""

    at: datetime
    milliseconds: int
    url: str
    request: str
    response: str
    client_ip: str


@dataclass(frozen=True)
class Reach:
    """How the platform's probes of our push address fared: milliseconds and loss by operator, addresses found."""

    addresses: tuple[str, ...]
    pings: tuple[tuple[str, str, str], ...]  # (address, package loss, time)


class Quotas:
    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def of(self, path: str) -> Quota:
        """`path` of the interface, with its leading slash and no query."""
        answer = self._caller.post("/cgi-bin/openapi/quota/get", {"cgi_path": path})
        told, rate = answer["quota"], answer.get("rate_limit", {})
        return Quota(
            int(told["daily_limit"]),
            int(told["used"]),
            int(told["remain"]),
            int(rate.get("call_count", 0)),
            int(rate.get("refresh_second", 0)),
        )

    def clear_all(self) -> None:
        """All daily counters of the account; ten times a month. What was closed for want of quota opens again."""
        # https://developers.weixin.qq.com/doc/oplatform/openApi/OpenApiDoc/openapi/clearQuota.html
        self._caller.post("/cgi-bin/clear_quota", {"appid": self._caller.app_id}, Repeat.UNSENT)
        self._reopen()

    def clear_all_by_secret(self) -> None:
        """The same where no token can be had."""
        # https://developers.weixin.qq.com/doc/oplatform/openApi/OpenApiDoc/openapi/clearQuotaByAppSecret.html
        self._caller.post_secret("/cgi-bin/clear_quota/v2")
        self._reopen()

    def clear(self, path: str) -> None:
        """One interface's; fifty times a month."""
        self._caller.post("/cgi-bin/openapi/quota/clear", {"cgi_path": path}, Repeat.UNSENT)
        self._caller.circuits.reopen(path)

    def _reopen(self) -> None:
        for name, closure in self._caller.circuits.closures().items():
            if kind_of(closure.errcode) is FailureKind.QUOTA:
                self._caller.circuits.reopen(name)

    def explain(self, rid: str) -> CallRecord:
        """The call a `rid` in an error stands for."""
        # https://developers.weixin.qq.com/doc/oplatform/openApi/OpenApiDoc/openapi/getRidInfo.html
        told = self._caller.post("/cgi-bin/openapi/rid/get", {"rid": rid})["request"]
        return CallRecord(
            clock.from_timestamp(int(told["invoke_time"])),
            int(told["cost_in_ms"]),
            told["request_url"],
            told["request_body"],
            told["response_body"],
            told["client_ip"],
        )

    def callback_addresses(self) -> tuple[str, ...]:
        """Where pushes come from: single addresses and CIDR ranges. Changes; ask daily."""
        # https://developers.weixin.qq.com/doc/service/api/base/api_getcallbackip
        return tuple(self._caller.get("/cgi-bin/getcallbackip")["ip_list"])

    def interface_addresses(self) -> tuple[str, ...]:
        # https://developers.weixin.qq.com/doc/service/api/base/api_getapidomainip
        return tuple(self._caller.get("/cgi-bin/get_api_domain_ip")["ip_list"])

    def check_callback(self, action: str = "all", operator: str = "DEFAULT") -> Reach:
        """Asks the platform to probe our push address. `action` dns, ping or all; operator CHINANET, UNICOM, CAP."""
        # https://developers.weixin.qq.com/doc/service/api/base/api_callbackcheck
        answer = self._caller.post("/cgi-bin/callback/check", {"action": action, "check_operator": operator})
        return Reach(
            tuple(item["ip"] for item in answer.get("dns", ())),
            tuple(_ping(item) for item in answer.get("ping", ())),
        )


def _ping(item: dict[str, Any]) -> tuple[str, str, str]:
    return item["ip"], str(item.get("package_loss", "")), str(item.get("time", ""))
