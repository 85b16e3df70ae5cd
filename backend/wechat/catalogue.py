"""wechatpy as the catalogue of the calls it knows well; our own caller carries them.

wechatpy's own carrying is left out whole: it repeats a refused token without bound, waits for ever, and keeps a token
of its own in each process (protocol sheet §12.3).
"""

from typing import Any

from wechatpy import WeChatClient

from backend.wechat.caller import Caller
from backend.wechat.retries import Repeat


class Catalogue(WeChatClient):  # type: ignore[misc]
    def __init__(self, caller: Caller, repeat: Repeat = Repeat.ALWAYS) -> None:
        super().__init__(caller.app_id, "", auto_retry=False)
        self._caller, self._repeat = caller, repeat

    def _request(self, method: str, url_or_endpoint: str, **kwargs: Any) -> Any:
        path = f"/cgi-bin/{url_or_endpoint}"
        query = {key: str(value) for key, value in (kwargs.get("params") or {}).items()}
        if method == "get":
            answer = self._caller.get(path, query, self._repeat)
        else:
            answer = self._caller.post(path, kwargs.get("data"), self._repeat, query)
        process = kwargs.get("result_processor")
        return process(answer) if process else answer
