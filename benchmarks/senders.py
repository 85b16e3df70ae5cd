"""The clients that are measured, one a process, each with the access token and nothing else at the beginning.

Sends the messages twice and prints messages a second of the first time, with the making of the connections in it, and
of the second, which finds them made; the CPU seconds per 10,000 of the second, and MiB.

`python -m benchmarks.senders bare|tongxin|wechatpy PORT COUNT CERTIFICATE`
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pycurl
from requests.adapters import HTTPAdapter
from wechatpy import WeChatClient

from backend.storage.kv import MemoryKV
from backend.wechat.calls.custom import CustomSend, CustomText
from backend.wechat.gateway import Hosts, connect
from backend.wechat.sending.sends import Limits
from backend.wechat.tokens import Credential
from backend.wechat.transport import Transport

IN_FLIGHT, THREADS = 256, 32
APP_ID, SECRET, TOKEN = "wx" + "a" * 16, "s" * 32, "77_" + "a" * 120
WORDS = "您好，明天上午九点在社区活动中心包粽子，欢迎带上孩子一起来。"


def _openid(number: int) -> str:
    return f"o{number:027d}"


Send = Callable[[int], None]


def bare(port: int, certificate: str) -> Send:
    """pycurl's own example of many at once: perform and select, handles used again, bodies made as they go."""
    multi, answers = pycurl.CurlMulti(), dict[pycurl.Curl, list[bytes]]()
    for _ in range(IN_FLIGHT):
        curl = pycurl.Curl()
        answers[curl] = []
        curl.setopt(pycurl.URL, f"https://127.0.0.1:{port}/cgi-bin/message/custom/send?access_token={TOKEN}")
        curl.setopt(pycurl.HTTPHEADER, ["Content-Type: application/json", "Expect:"])
        curl.setopt(pycurl.CAINFO, certificate)
        curl.setopt(pycurl.NOSIGNAL, 1)
        curl.setopt(pycurl.TIMEOUT, 11)
        curl.setopt(pycurl.WRITEFUNCTION, answers[curl].append)
    return lambda count: _drive(multi, answers, count)


def _drive(multi: pycurl.CurlMulti, answers: dict[pycurl.Curl, list[bytes]], count: int) -> None:
    free, begun, done = list(answers), 0, 0
    while done < count:
        while free and begun < count:
            curl = free.pop()
            body = {"touser": _openid(begun), "msgtype": "text", "text": {"content": WORDS}}
            curl.setopt(pycurl.POSTFIELDS, json.dumps(body, ensure_ascii=False).encode())
            multi.add_handle(curl)
            begun += 1
        multi.perform()
        more = 1
        while more:
            more, good, bad = multi.info_read()
            assert not bad, bad
            for curl in good:
                multi.remove_handle(curl)
                assert json.loads(b"".join(answers[curl]))["errcode"] == 0
                answers[curl].clear()
                free.append(curl)
                done += 1
        multi.select(1.0)


def tongxin(port: int, certificate: str) -> Send:
    transport, kv = Transport(f"https://127.0.0.1:{port}", certificate), MemoryKV()
    kv.put(f"token:{APP_ID}", json.dumps({"token": TOKEN, "until": time.time() + 7200}).encode())
    gateway = connect(Credential(APP_ID, SECRET), "official", Hosts(transport, transport), kv)

    def send(count: int) -> None:
        items = (CustomSend(_openid(number), CustomText(WORDS)) for number in range(count))
        with gateway.sender.send_many(items, Limits(in_flight=IN_FLIGHT, per_second=0)) as batch:
            assert sum(outcome.error is None for outcome in batch) == count

    return send


def wechatpy(port: int, certificate: str) -> Send:
    """At its best: a pool as wide as its threads, and no look at the environment for each request."""
    client = WeChatClient(APP_ID, SECRET, access_token=TOKEN, auto_retry=False, timeout=11)
    client.API_BASE_URL = f"https://127.0.0.1:{port}/cgi-bin/"
    client.expires_at = time.time() + 7200
    client._http.verify, client._http.trust_env = certificate, False
    client._http.mount("https://", HTTPAdapter(pool_connections=1, pool_maxsize=THREADS))
    threads = ThreadPoolExecutor(THREADS)

    def send(count: int) -> None:
        answers = threads.map(lambda number: client.message.send_text(_openid(number), WORDS), range(count))
        assert sum(answer["errcode"] == 0 for answer in answers) == count

    return send


CLIENTS: dict[str, Callable[[int, str], Send]] = {"bare": bare, "tongxin": tongxin, "wechatpy": wechatpy}


def _timed(send: Send, count: int) -> tuple[float, float]:
    """Messages a second, and CPU seconds for 10,000."""
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    send(count)
    seconds, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return count / seconds, cpu * 10_000 / count


if __name__ == "__main__":
    _, name, given_port, given_count, file = sys.argv
    client = CLIENTS[name](int(given_port), file)
    cold = _timed(client, int(given_count))[0]
    kept, used = _timed(client, int(given_count))
    print(cold, kept, used, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
