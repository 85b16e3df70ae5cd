"""Two small servers beside the measured one: `python -m benchmarks.bystanders bare|receiver PORT`.

`bare` is aiohttp at its least work, the yardstick of the simulator. `receiver` takes the pushes in the backend's place.
"""

import asyncio
import sys

from aiohttp import web

SUCCESS = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 7\r\n\r\nsuccess"


async def _echo(request: web.Request) -> web.Response:
    return web.Response(body=await request.read(), content_type="application/json")


def bare(port: int) -> None:
    app = web.Application()
    app.router.add_post("/cgi-bin/message/custom/send", _echo)
    web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None)


class _Receiver(asyncio.Protocol):
    """Confirms every request by its length alone."""

    def __init__(self) -> None:
        self._heard = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._heard += data
        head, found, body = self._heard.partition(b"\r\n\r\n")
        if found and len(body) >= int(head.lower().split(b"content-length:", 1)[1].split(b"\r\n", 1)[0]):
            self._heard = b""
            self._transport.write(SUCCESS)


async def _receive(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(_Receiver, "127.0.0.1", port)
    await server.serve_forever()


def receiver(port: int) -> None:
    asyncio.run(_receive(port))


if __name__ == "__main__":
    {"bare": bare, "receiver": receiver}[sys.argv[1]](int(sys.argv[2]))
