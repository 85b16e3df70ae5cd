"""A stub in the platform's place: TLS, keep-alive, every answer after the same latency, as little work as may be.

`python -m benchmarks.stub PORT CERTIFICATE KEY LATENCY_MS`. It must cost less than any client measured against it.
"""

import select
import socket
import ssl
import sys
import time
from collections import deque

_BODY = b'{"errcode":0,"errmsg":"ok","msgid":2000000001}'
_TOKEN = b'{"access_token":"77_' + b"a" * 120 + b'","expires_in":7200}'


def _answer(body: bytes) -> bytes:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json; encoding=utf-8\r\nContent-Length: %d\r\n\r\n"
    return head % len(body) + body


SENT, TOKEN = _answer(_BODY), _answer(_TOKEN)


class Stub:
    def __init__(self, port: int, certificate: str, key: str, latency: float) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        context.set_alpn_protocols(["http/1.1"])
        self._context, self._latency = context, latency
        self._listener = socket.create_server(("127.0.0.1", port), backlog=1024)
        self._listener.setblocking(False)
        self._poll = select.epoll()
        self._poll.register(self._listener, select.EPOLLIN)
        self._lines: dict[int, ssl.SSLSocket] = {}
        self._buffers: dict[int, bytes] = {}
        self._due: deque[tuple[float, int, bytes]] = deque()

    def run(self) -> None:
        while True:
            for number, _ in self._poll.poll(self._patience()):
                if number == self._listener.fileno():
                    self._accept()
                else:
                    self._hear(number)
            self._answer_due()

    def _patience(self) -> float:
        return max(0.0, self._due[0][0] - time.perf_counter()) if self._due else 1.0

    def _accept(self) -> None:
        while True:
            try:
                plain, _ = self._listener.accept()
            except BlockingIOError:
                return
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            plain.setblocking(False)
            line = self._context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
            self._lines[line.fileno()], self._buffers[line.fileno()] = line, b""
            self._poll.register(line, select.EPOLLIN)

    def _hear(self, number: int) -> None:
        try:
            data = self._lines[number].recv(65536)
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return
        except OSError:
            data = b""
        if not data:
            self._drop(number)
            return
        heard = self._buffers[number] + data
        head, found, body = heard.partition(b"\r\n\r\n")
        if not found or len(body) < _length(head):
            self._buffers[number] = heard
            return
        self._buffers[number] = b""
        answer = TOKEN if b"/token" in head or b"stable_token" in head else SENT
        self._due.append((time.perf_counter() + self._latency, number, answer))

    def _answer_due(self) -> None:
        now = time.perf_counter()
        while self._due and self._due[0][0] <= now:
            _, number, answer = self._due.popleft()
            if line := self._lines.get(number):
                try:
                    line.send(answer)
                except OSError:
                    self._drop(number)

    def _drop(self, number: int) -> None:
        self._poll.unregister(number)
        self._lines.pop(number).close()
        self._buffers.pop(number)


def _length(head: bytes) -> int:
    start = head.lower().find(b"content-length:")
    return int(head[start + 15 :].split(b"\r\n", 1)[0]) if start >= 0 else 0


if __name__ == "__main__":
    Stub(int(sys.argv[1]), sys.argv[2], sys.argv[3], float(sys.argv[4]) / 1000).run()
