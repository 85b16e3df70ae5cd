"""What the account may still do, why a call failed, and whether pushes can reach us (protocol sheet §1.8, §3.4).

https://developers.weixin.qq.com/doc/service/api/apimanage/api_getapiquota
"""

from dataclasses import dataclass
from datetime import datetime

from backend.wechat.answers import Answer
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
        # https://developers.weixin.qq.com/doc/service/api/apimanage/api_getapiquota
        answer = self._caller.post("/cgi-bin/openapi/quota/get", {"cgi_path": path})
        told, rate = answer.part("quota"), answer.part("rate_limit", optional=True)
        return Quota(
            told.integer("daily_limit"),
            told.integer("used"),
            told.integer("remain"),
            rate.integer("call_count", 0),
            rate.integer("refresh_second", 0),
        )

    def clear_all(self) -> None:
        """All daily counters of the account; ten times a month. What was closed for want of quota opens again."""
        # https://developers.weixin.qq.com/doc/service/api/apimanage/api_clearquota
        self._caller.post("/cgi-bin/clear_quota", {"appid": self._caller.app_id}, Repeat.UNSENT)
        self._reopen()

    def clear_all_by_secret(self) -> None:
        """The same where no token can be had."""
        # https://developers.weixin.qq.com/doc/service/api/apimanage/api_clearquotabyappsecret
        self._caller.post_secret("/cgi-bin/clear_quota/v2")
        self._reopen()

    def clear(self, path: str) -> None:
        """One interface's; fifty times a month."""
        # https://developers.weixin.qq.com/doc/service/api/apimanage/api_clearapiquota
        self._caller.post("/cgi-bin/openapi/quota/clear", {"cgi_path": path}, Repeat.UNSENT)
        self._caller.circuits.reopen(path)

    def _reopen(self) -> None:
        for name, closure in self._caller.circuits.closures().items():
            if kind_of(closure.errcode) is FailureKind.QUOTA:
                self._caller.circuits.reopen(name)

    def explain(self, rid: str) -> CallRecord:
        """The call a `rid` in an error stands for."""
        # https://developers.weixin.qq.com/doc/service/api/apimanage/api_getridinfo
        told = self._caller.post("/cgi-bin/openapi/rid/get", {"rid": rid}).part("request")
        return CallRecord(
            told.moment("invoke_time"),
            told.integer("cost_in_ms"),
            told.text("request_url"),
            told.text("request_body"),
            told.text("response_body"),
            told.text("client_ip"),
        )

    def callback_addresses(self) -> tuple[str, ...]:
        """Where pushes come from: single addresses and CIDR ranges. Changes; ask daily."""
        # https://developers.weixin.qq.com/doc/service/api/base/api_getcallbackip
        return tuple(self._caller.get("/cgi-bin/getcallbackip").texts("ip_list"))

    def interface_addresses(self) -> tuple[str, ...]:
        # https://developers.weixin.qq.com/doc/service/api/base/api_getapidomainip
        return tuple(self._caller.get("/cgi-bin/get_api_domain_ip").texts("ip_list"))

    def check_callback(self, action: str = "all", operator: str = "DEFAULT") -> Reach:
        """Asks the platform to probe our push address. `action` dns, ping or all; operator CHINANET, UNICOM, CAP."""
        # https://developers.weixin.qq.com/doc/service/api/base/api_callbackcheck
        answer = self._caller.post("/cgi-bin/callback/check", {"action": action, "check_operator": operator})
        return Reach(
            tuple(item.filled("ip") for item in answer.parts("dns", optional=True)),
            tuple(_ping(item) for item in answer.parts("ping", optional=True)),
        )


def _ping(item: Answer) -> tuple[str, str, str]:
    return item.filled("ip"), item.text("package_loss", ""), item.text("time", "")
