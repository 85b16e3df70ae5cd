"""The gateway over HTTP: wechatpy knows the calls, our transport carries them.

wechatpy's own carrying is left out whole: it repeats a refused token without bound, waits for ever, and
keeps a token of its own in each process (protocol sheet §12.3).
"""

from collections.abc import Callable
from typing import Any

from wechatpy import WeChatClient

from backend import clock
from backend.storage.kv import KV
from backend.wechat.failures import CredentialRefused, Refused
from backend.wechat.gateway import (
    Button,
    CustomImage,
    CustomMenu,
    CustomMessage,
    CustomNews,
    CustomText,
    CustomVoice,
    Media,
    ParameterQR,
    UserInfo,
)
from backend.wechat.tokens import Credential, Tokens
from backend.wechat.transport import Download, Transport, Upload

NO_MENU = 46003
_MEDIA_TYPES = {"image": "image/jpeg", "thumb": "image/jpeg", "voice": "audio/amr", "video": "video/mp4"}


class _Client(WeChatClient):  # type: ignore[misc]
    """wechatpy's catalogue of calls; each goes out through `carry(method, path, query, body)`."""

    def __init__(self, app_id: str, carry: Callable[[str, str, dict[str, str], Any], Any]) -> None:
        super().__init__(app_id, "", auto_retry=False)
        self._carry = carry

    def _request(self, method: str, url_or_endpoint: str, **kwargs: Any) -> Any:
        query = {key: str(value) for key, value in (kwargs.get("params") or {}).items()}
        answer = self._carry(method, f"/cgi-bin/{url_or_endpoint}", query, kwargs.get("data"))
        process = kwargs.get("result_processor")
        return process(answer) if process else answer


class LiveGateway:
    """`pictures` carries to the host of the QR pictures, which is another one and asks no token."""

    def __init__(self, credential: Credential, transport: Transport, pictures: Transport, kv: KV) -> None:
        self._transport, self._pictures = transport, pictures
        self._tokens = Tokens(credential, transport, kv)
        self._client = _Client(credential.app_id, self._carry)

    def send(self, openid: str, message: CustomMessage) -> None:
        # https://developers.weixin.qq.com/doc/service/api/customer/message/api_sendcustommessage
        send = self._client.message
        match message:
            case CustomText(content):
                send.send_text(openid, content)
            case CustomImage(media_id):
                send.send_image(openid, media_id)
            case CustomVoice(media_id):
                send.send_voice(openid, media_id)
            case CustomNews(title, description, url, picture):
                article = {"title": title, "description": description, "url": url, "picurl": picture}
                send.send_articles(openid, [article])
            case CustomMenu(head, items, tail):
                lines = [{"id": item, "content": words} for item, words in items]
                send.send_msg_menu(openid, {"head_content": head, "list": lines, "tail_content": tail})

    def push_menu(self, buttons: tuple[Button, ...]) -> None:
        # https://developers.weixin.qq.com/doc/service/api/custommenu/api_createcustommenu
        self._client.menu.create({"button": [_button(button) for button in buttons]})

    def menu(self) -> tuple[Button, ...]:
        try:
            answer = self._client.menu.get()
        except Refused as refused:
            if refused.errcode == NO_MENU:
                return ()
            raise
        return tuple(_read_button(item) for item in answer["menu"]["button"])

    def remove_menu(self) -> None:
        self._client.menu.delete()

    def create_qr(self, scene: str, seconds: int | None) -> ParameterQR:
        # https://developers.weixin.qq.com/doc/service/api/qrcode/qrcodes/api_createqrcode
        name = "QR_LIMIT_STR_SCENE" if seconds is None else "QR_STR_SCENE"
        body: dict[str, Any] = {"action_name": name, "action_info": {"scene": {"scene_str": scene}}}
        if seconds is not None:
            body["expire_seconds"] = seconds
        answer = self._client.qrcode.create(body)
        return ParameterQR(answer["ticket"], answer["url"], seconds)

    def qr_picture(self, ticket: str) -> Media:
        # Own call: wechatpy's has the host written into it and no time-out.
        return _media(self._pictures.download("/cgi-bin/showqrcode", {"ticket": ticket}))

    def user(self, openid: str) -> UserInfo:
        # https://developers.weixin.qq.com/doc/offiaccount/User_Management/Get_users_basic_information_UnionID.html
        return _user(self._client.user.get(openid))

    def users(self, openids: list[str]) -> list[UserInfo]:
        return [_user(item) for item in self._client.user.get_batch(openids)] if openids else []

    def upload(self, kind: str, filename: str, content: bytes) -> str:
        # Own call: wechatpy's repetition would send the consumed file as an empty one.
        # https://developers.weixin.qq.com/doc/offiaccount/Asset_Management/New_temporary_materials.html
        file = Upload("media", filename, content, _MEDIA_TYPES[kind])
        path = "/cgi-bin/media/upload"
        answer = self._with_token(lambda token: self._transport.upload(path, {**token, "type": kind}, file))
        return str(answer.get("media_id") or answer["thumb_media_id"])

    def download(self, media_id: str) -> Media:
        # Own call: only here may the platform answer with anything but JSON.
        path, query = "/cgi-bin/media/get", {"media_id": media_id}
        return _media(self._with_token(lambda token: self._transport.download(path, {**query, **token})))

    def ping(self) -> None:
        self._tokens.current()

    def _carry(self, method: str, path: str, query: dict[str, str], body: Any) -> Any:
        if method == "get":
            return self._with_token(lambda token: self._transport.get(path, {**query, **token}))
        return self._with_token(lambda token: self._transport.post(path, {**query, **token}, body))

    def _with_token(self, call: Callable[[dict[str, str]], Any]) -> Any:
        """One repetition with another token, never a second: 40001 for ever must not become a thousand calls."""
        token = self._tokens.current()
        try:
            return call({"access_token": token})
        except CredentialRefused:
            return call({"access_token": self._tokens.after_refusal(token)})


def _media(file: Download) -> Media:
    return Media(file.content, file.content_type)


def _user(item: dict[str, Any]) -> UserInfo:
    since = item.get("subscribe_time")
    return UserInfo(
        openid=item["openid"],
        subscribed=bool(int(item.get("subscribe", 0))),
        unionid=item.get("unionid", ""),
        subscribed_at=clock.from_timestamp(int(since)) if since else None,
        scene=item.get("subscribe_scene", ""),
    )


def _button(button: Button) -> dict[str, Any]:
    if button.buttons:
        return {"name": button.name, "sub_button": [_button(inner) for inner in button.buttons]}
    given = {
        "type": button.type,
        "name": button.name,
        "key": button.key,
        "url": button.url,
        "appid": button.app_id,
        "pagepath": button.page_path,
    }
    return {key: value for key, value in given.items() if value}


def _read_button(item: dict[str, Any]) -> Button:
    return Button(
        name=item.get("name", ""),
        type=item.get("type", ""),
        key=item.get("key", ""),
        url=item.get("url", ""),
        app_id=item.get("appid", ""),
        page_path=item.get("pagepath", ""),
        buttons=tuple(_read_button(inner) for inner in item.get("sub_button", [])),
    )
