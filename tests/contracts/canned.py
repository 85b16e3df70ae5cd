"""A server in the platform's place that gives answers no platform gives on purpose, or none at all."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOKEN = b'{"access_token": "77_canned", "expires_in": 7200}'
TOKEN_PATH = "/cgi-bin/stable_token"


@dataclass
class Canned:
    """Answers with `body`, but hands out a token unless `token` says otherwise."""

    url: str = ""
    body: bytes = b"{}"
    content_type: str = "application/json"
    token: bytes = TOKEN
    asked: list[str] = field(default_factory=list)


@contextmanager
def canned() -> Iterator[Canned]:
    answers = Canned()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self._answer()

        def _answer(self) -> None:
            answers.asked.append(self.path)
            token = self.path.startswith(TOKEN_PATH)
            body = answers.token if token else answers.body
            self.send_response(200)
            self.send_header("Content-Type", "application/json" if token else answers.content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    answers.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield answers
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def silent() -> Iterator[str]:
    """Takes connections and says nothing for ever."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@contextmanager
def refusing() -> Iterator[str]:
    """Nobody listens there."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: no other process can take the port meanwhile
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"
