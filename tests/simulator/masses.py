"""Mass messages as a test sends them and sees them arrive."""

from typing import Any

from tests.simulator.driver import PNG, Driver, Result

MASS = "/cgi-bin/message/mass/"
FINISHED = "MASSSENDJOBFINISH"
TEXT = {"msgtype": "text", "text": {"content": "周末停水"}}
TO_ALL = {"filter": {"is_to_all": True}, **TEXT}
DAY = 86_400


def send(simulator: Driver, **changes: Any) -> Result:
    openids = [simulator.openid(pid) for pid in ("p1", "p2")]
    return simulator.call(MASS + "send", {"touser": openids, **TEXT} | changes)


def send_all(simulator: Driver, **changes: Any) -> Result:
    return simulator.call(MASS + "sendall", TO_ALL | changes)


def seen(simulator: Driver, pid: str = "p1") -> list[dict[str, Any]]:
    return [one for one in simulator.messages(pid) if one.get("mass")]


def words(number: int) -> dict[str, Any]:
    """A content of its own, because the same one again is a repetition."""
    return {"text": {"content": f"第 {number} 次"}}


def draft(simulator: Driver, *titles: str) -> str:
    upload = simulator.upload(
        f"/cgi-bin/material/add_material?type=image&access_token={simulator.token()}", "media", PNG
    )
    thumb = upload.data["media_id"]
    articles = [
        {"title": title, "content": "<p>正文</p>", "digest": "摘要", "thumb_media_id": thumb} for title in titles
    ]
    return str(simulator.call("/cgi-bin/draft/add", {"articles": articles}).data["media_id"])


def articles(simulator: Driver, *titles: str) -> dict[str, Any]:
    return {"msgtype": "mpnews", "mpnews": {"media_id": draft(simulator, *titles)}}


def status(simulator: Driver, msg_id: int) -> str:
    return str(simulator.call(MASS + "get", {"msg_id": msg_id}).data["msg_status"])
