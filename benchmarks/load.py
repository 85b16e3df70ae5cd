"""A load generator of prebuilt requests over keep-alive connections: closed loop for throughput, open for latency."""

import asyncio
import os
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    answers: int
    wrong: int
    seconds: float
    latencies: list[float]  # seconds, sorted

    @property
    def rate(self) -> float:
        return self.answers / self.seconds

    def percentile(self, share: float) -> float:
        """Milliseconds."""
        return self.latencies[min(len(self.latencies) - 1, int(len(self.latencies) * share))] * 1000


class _Connection(asyncio.Protocol):
    """One request in flight. The answer's length is read from its header; its body must hold `expected`."""

    def __init__(self, expected: bytes) -> None:
        self._expected, self._buffer = expected, b""
        self._answered: asyncio.Future[bool] | None = None
        self._loop = asyncio.get_running_loop()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def ask(self, request: bytes) -> "asyncio.Future[bool]":
        self._answered = self._loop.create_future()
        self.transport.write(request)
        return self._answered

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        if len(rest) >= length and self._answered is not None:
            self._buffer = b""
            good = head.startswith(b"HTTP/1.1 200") and self._expected in rest
            self._answered.set_result(good)

    def connection_lost(self, _error: Exception | None) -> None:
        if self._answered is not None and not self._answered.done():
            self._answered.set_result(False)


async def _connect(port: int, count: int, expected: bytes) -> list[_Connection]:
    loop = asyncio.get_running_loop()
    made = [await loop.create_connection(lambda: _Connection(expected), "127.0.0.1", port) for _ in range(count)]
    return [connection for _, connection in made]


async def _closed(port: int, requests: list[bytes], connections: int, expected: bytes) -> Result:
    feed: Iterator[bytes] = iter(requests)
    latencies: list[float] = []
    wrong = 0

    async def drive(connection: _Connection) -> None:
        nonlocal wrong
        for request in feed:
            start = time.perf_counter()
            wrong += not await connection.ask(request)
            latencies.append(time.perf_counter() - start)

    lines = await _connect(port, connections, expected)
    start = time.perf_counter()
    await asyncio.gather(*map(drive, lines))
    return Result(len(latencies), wrong, time.perf_counter() - start, sorted(latencies))


async def _open(port: int, requests: list[bytes], rate: float, connections: int, expected: bytes) -> Result:
    """Each request has its moment; its latency counts from there, also when it had to wait for a connection."""
    feed = iter(enumerate(requests))
    latencies: list[float] = []
    wrong = 0
    start = time.perf_counter() + 0.1

    async def drive(connection: _Connection) -> None:
        nonlocal wrong
        for number, request in feed:
            due = start + number / rate
            if (wait := due - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            wrong += not await connection.ask(request)
            latencies.append(time.perf_counter() - due)

    lines = await _connect(port, connections, expected)
    await asyncio.gather(*map(drive, lines))
    return Result(len(latencies), wrong, time.perf_counter() - start, sorted(latencies))


def saturate(port: int, requests: list[bytes], connections: int = 32, expected: bytes = b"") -> Result:
    return asyncio.run(_closed(port, requests, connections, expected))


def pace(port: int, requests: list[bytes], rate: float, connections: int = 32, expected: bytes = b"") -> Result:
    return asyncio.run(_open(port, requests, rate, connections, expected))


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and of its living descendants."""
    ticks = os.sysconf("SC_CLK_TCK")
    return sum(_own_ticks(each) for each in _family(pid)) / ticks


def resident_mebibytes(pid: int) -> float:
    """Largest resident set among a process and its descendants."""
    page = os.sysconf("SC_PAGE_SIZE") / 2**20
    return max(int(_read(f"/proc/{each}/statm").split()[1]) * page for each in _family(pid))


def children(pid: int) -> list[int]:
    return [int(child) for child in _read(f"/proc/{pid}/task/{pid}/children").split()]


def command_line(pid: int) -> str:
    return _read(f"/proc/{pid}/cmdline").replace("\0", " ")


def _family(pid: int) -> list[int]:
    return [pid] + [grand for child in children(pid) for grand in _family(child)]


def _own_ticks(pid: int) -> int:
    fields = _read(f"/proc/{pid}/stat").rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def _read(path: str) -> str:
    with open(path) as file:
        return file.read()


def wait_for_port(port: int, seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"nothing answers on port {port}")
