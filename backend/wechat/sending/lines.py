"""Many POST requests at once from one thread, on keep-alive connections: libcurl's multi interface.

Knows HTTP, and nothing of what is sent.
"""

import io
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import certifi
import pycurl

from backend.wechat.transport import TimeOuts

_BREATH = 0.005
"""Seconds, while libcurl has nothing to watch, such as during the look-up of a name."""

Tag = TypeVar("Tag")


@dataclass(slots=True)
class Heard(Generic[Tag]):
    """What became of one request. No status: no answer, for that `reason`; `sent`: whether it left this machine."""

    tag: Tag
    status: int
    data: bytes
    reason: str = ""
    sent: bool = True


class _Handle(Generic[Tag]):
    """One of libcurl's handles, with what it is busy with."""

    def __init__(self, curl: pycurl.Curl) -> None:
        self.curl, self.url, self.answer = curl, "", list[bytes]()
        self.tag: Tag
        curl.setopt(pycurl.WRITEFUNCTION, self.answer.append)

    def begin(self, url: str, body: bytes, tag: Tag) -> None:
        """The body is read from a stream that cannot be rewound: libcurl would else repeat a request by itself when a
        kept connection breaks before the answer, although the platform may have carried it out.
        """
        if url != self.url:
            self.curl.setopt(pycurl.URL, url)
            self.url = url
        self.curl.setopt(pycurl.POSTFIELDSIZE, len(body))
        self.curl.setopt(pycurl.READFUNCTION, io.BytesIO(body).read)
        self.answer.clear()
        self.tag = tag

    def answered(self) -> Heard[Tag]:
        return Heard(self.tag, self.curl.getinfo(pycurl.RESPONSE_CODE), b"".join(self.answer))

    def broken(self, errno: int) -> Heard[Tag]:
        sent = self.curl.getinfo(pycurl.REQUEST_SIZE) > 0
        return Heard(self.tag, 0, b"", _REASONS.get(errno, f"curl {errno}"), sent)


class Lines(Generic[Tag]):
    """Not thread-safe: one batch at a time. The connections stay open between batches."""

    def __init__(self, times: TimeOuts, ca_file: str = "") -> None:
        self._times, self._ca_file = times, ca_file
        self._multi = pycurl.CurlMulti()
        self._free: list[_Handle[Tag]] = []
        self._busy: dict[pycurl.Curl, _Handle[Tag]] = {}

    def __len__(self) -> int:
        return len(self._busy)

    def post(self, url: str, body: bytes, tag: Tag) -> None:
        """Begins; nothing leaves before `wait`."""
        handle = self._free.pop() if self._free else _Handle[Tag](self._new())
        handle.begin(url, body, tag)
        self._busy[handle.curl] = handle
        self._multi.add_handle(handle.curl)

    def wait(self, seconds: float) -> list[Heard[Tag]]:
        """What has been answered, once anything happened or `seconds` have passed."""
        if not self._busy:
            time.sleep(seconds)  # libcurl would come back at once for the sake of a connection it keeps
            return []
        self._multi.perform()
        answered = list(self._answered())
        if not answered and self._multi.select(seconds) < 0:
            time.sleep(min(seconds, _BREATH))
        return answered

    def abandon(self) -> None:
        """Breaks off what is under way: it may have been carried out."""
        for curl in list(self._busy):
            self._multi.remove_handle(curl)
            curl.close()
        self._busy.clear()

    def close(self) -> None:
        self.abandon()
        for handle in self._free:
            handle.curl.close()
        self._multi.close()

    def _answered(self) -> Iterator[Heard[Tag]]:
        more = 1
        while more:
            more, good, bad = self._multi.info_read()
            for curl in good:
                yield self._take(curl).answered()
            for curl, errno, _ in bad:
                yield self._take(curl).broken(errno)

    def _take(self, curl: pycurl.Curl) -> _Handle[Tag]:
        self._multi.remove_handle(curl)
        handle = self._busy.pop(curl)
        self._free.append(handle)
        return handle

    def _new(self) -> pycurl.Curl:
        curl = pycurl.Curl()
        curl.setopt(pycurl.POST, 1)
        curl.setopt(pycurl.HTTPHEADER, ["Content-Type: application/json", "Expect:"])
        curl.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_2TLS)
        curl.setopt(pycurl.NOSIGNAL, 1)
        curl.setopt(pycurl.BUFFERSIZE, 4096)  # the messages are small and the connections many
        curl.setopt(pycurl.UPLOAD_BUFFERSIZE, 16384)
        curl.setopt(pycurl.CONNECTTIMEOUT_MS, int(self._times.connect * 1000))
        curl.setopt(pycurl.TIMEOUT_MS, int((self._times.connect + self._times.read) * 1000))
        for option, value in _trust(self._ca_file):
            curl.setopt(option, value)
        return curl


def _trust(ca_file: str) -> list[tuple[int, Any]]:
    """The machine's own list of authorities; libcurl's wheel would look where the wheel was built."""
    if ca_file:
        return [(pycurl.CAINFO, ca_file)]
    paths = ssl.get_default_verify_paths()
    return [(pycurl.CAINFO, paths.cafile or certifi.where())]


_REASONS = {
    pycurl.E_COULDNT_RESOLVE_HOST: "no such host",
    pycurl.E_COULDNT_CONNECT: "connection refused",
    pycurl.E_OPERATION_TIMEDOUT: "time-out",
    pycurl.E_GOT_NOTHING: "the connection broke before an answer",
    pycurl.E_SEND_ERROR: "the connection broke while sending",
    pycurl.E_RECV_ERROR: "the connection broke while answering",
    pycurl.E_SEND_FAIL_REWIND: "the connection broke before an answer",
    pycurl.E_SSL_CONNECT_ERROR: "TLS could not be set up",
    pycurl.E_PEER_FAILED_VERIFICATION: "the certificate is not trusted",
}
