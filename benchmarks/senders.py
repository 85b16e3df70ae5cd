"""The clients that are measured, one a process: prints messages a second, CPU seconds per 10,000 and MiB.

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


def bare(port: int, count: int, certificate: str) -> None:
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


def tongxin(port: int, count: int, certificate: str) -> None:
    transport = Transport(f"https://127.0.0.1:{port}", certificate)
    gateway = connect(Credential(APP_ID, SECRET), "official", Hosts(transport, transport), MemoryKV())
    items = (CustomSend(_openid(number), CustomText(WORDS)) for number in range(count))
    with gateway.sender.send_many(items, Limits(in_flight=IN_FLIGHT, per_second=0)) as batch:
        assert sum(outcome.error is None for outcome in batch) == count


def wechatpy(port: int, count: int, certificate: str) -> None:
    """At its best: a pool as wide as its threads, and no look at the environment for each request."""
    client = WeChatClient(APP_ID, SECRET, access_token=TOKEN, auto_retry=False, timeout=11)
    client.API_BASE_URL = f"https://127.0.0.1:{port}/cgi-bin/"
    client.expires_at = time.time() + 7200
    client._http.verify, client._http.trust_env = certificate, False
    client._http.mount("https://", HTTPAdapter(pool_connections=1, pool_maxsize=THREADS))
    with ThreadPoolExecutor(THREADS) as pool:
        answers = pool.map(lambda number: client.message.send_text(_openid(number), WORDS), range(count))
        assert sum(answer["errcode"] == 0 for answer in answers) == count


CLIENTS: dict[str, Callable[[int, int, str], None]] = {"bare": bare, "tongxin": tongxin, "wechatpy": wechatpy}

if __name__ == "__main__":
    _, name, given_port, given_count, file = sys.argv
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    CLIENTS[name](int(given_port), int(given_count), file)
    seconds, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(int(given_count) / seconds, cpu * 10_000 / int(given_count), after.ru_maxrss / 1024)
