"""Sources and their counts as operators read them."""

from collections.abc import Iterable

from backend import clock
from backend.outbox.queries import Ended, Truth
from models.deliveries import Channel, DeliveryState, SourceState

STATES = {
    DeliveryState.PENDING: "等待",
    DeliveryState.ACCEPTED: "微信已接收",
    DeliveryState.DELIVERED: "已送达",
    DeliveryState.FAILED: "失败",
    DeliveryState.UNREACHABLE: "联系不上",
    DeliveryState.UNCERTAIN: "不确定",
    DeliveryState.CANCELLED: "已取消",
}
_CHANNELS = {
    Channel.SUBSCRIBE: "小程序订阅消息",
    Channel.NOTICE: "服务号订阅通知",
    Channel.TEMPLATE: "模板消息",
    Channel.CUSTOM: "客服消息",
    Channel.MASS: "群发",
    Channel.INBOX: "站内",
    "": "",
}
_RUNS = {SourceState.RUNNING: "进行", SourceState.PAUSED: "暂停", SourceState.CANCELLED: "取消"}


def line(truth: Truth) -> str:
    """One source on one line; the counts make its audience."""
    counts = "，".join(f"{words} {number}" for state, words in STATES.items() if (number := truth.count(state)))
    run = "完成" if not truth.waiting and truth.state is SourceState.RUNNING else _RUNS[truth.state]
    why = f"（{truth.why}）" if truth.why else ""
    at = f"{clock.beijing(truth.created_at):%m-%d %H:%M}"
    return f"{truth.id}  {at}  {truth.type}/{truth.ref[:12]}/{truth.step}  {run}{why}  {truth.audience} 人：{counts}"


def page(truth: Truth) -> Iterable[str]:
    """One source in full: by state, channel and reason."""
    yield line(truth)
    for ended in truth.ended:
        yield f"    {ended.count:>7}  {_way(ended)}"
    if truth.waiting:
        yield f"    {truth.waiting:>7}  等待"


def _way(ended: Ended) -> str:
    parts = (STATES[ended.state], _CHANNELS[ended.channel], ended.reason)
    return "  ".join(part for part in parts if part)
