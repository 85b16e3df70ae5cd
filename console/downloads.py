"""Files that are taken away: named in any script, never opened in the page, sent piece by piece."""

from collections.abc import Iterable
from urllib.parse import quote

from flask import Response

_TYPES = {
    ".csv": "text/csv; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
}


def send(name: str, pieces: Iterable[bytes]) -> Response:
    ending = name[name.rfind(".") :]
    answer = Response(pieces, content_type=_TYPES.get(ending, "application/octet-stream"))
    # A header holds no Chinese: the second form is RFC 6266's, and the first for who does not know it.
    plain = f"sheet{ending}"
    answer.headers["Content-Disposition"] = f"attachment; filename={plain}; filename*=UTF-8''{quote(name, safe='')}"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
