"""Scenes: states of the pretended world that one names instead of building them. None of it is saved."""

import asyncio
from dataclasses import dataclass

from simulator.faults import EVERYTHING, PUSH
from simulator.shapes import JsonObject

SPEED = 5.0  # acts a second
SLOWEST, FASTEST = 0.1, 50.0


@dataclass(frozen=True, slots=True)
class Scene:
    name: str
    title: str
    about: str
    clean: bool = False  # starts from nothing, with the real time
    busy: bool = False  # a crowd acts until another scene is loaded
    expired_token: bool = False
    faults: tuple[JsonObject, ...] = ()

    def shown(self) -> JsonObject:
        return {"name": self.name, "title": self.title, "about": self.about}


SCENES = (
    Scene("quiet", "安静", "重新开始，没有故障，时钟复位。", clean=True),
    Scene(
        "busy day",
        "忙碌的一天",
        "四个人都关注了；另有 300 个街坊不停地写字、关注、扫码、点菜单，约每秒 5 次，都是真的推送。",
        busy=True,
    ),
    Scene(
        "platform trouble",
        "平台不稳",
        "系统繁忙、频率限制、回答丢失、变慢、502 各占几分；推送有时两份、有时晚到；一个令牌已过期。",
        expired_token=True,
        faults=(
            {"path": EVERYTHING, "fault": "errcode", "errcode": -1, "rate": 0.06},
            {"path": EVERYTHING, "fault": "errcode", "errcode": 45011, "rate": 0.04},
            {"path": EVERYTHING, "fault": "answer_lost", "rate": 0.05},
            {"path": EVERYTHING, "fault": "slow", "seconds": 2.0, "rate": 0.1},
            {"path": EVERYTHING, "fault": "http502", "rate": 0.03},
            {"path": PUSH, "fault": "duplicate", "rate": 0.15},
            {"path": PUSH, "fault": "delay", "seconds": 2.0, "rate": 0.15},
        ),
    ),
)


def named(name: str) -> Scene | None:
    return next((scene for scene in SCENES if scene.name == name), None)


@dataclass(slots=True)
class Stage:
    """What is playing now; after `end` nothing is."""

    playing: str = ""
    speed: float = SPEED
    work: asyncio.Task[None] | None = None

    def end(self) -> None:
        if self.work is not None:
            self.work.cancel()
        self.playing, self.speed, self.work = "", SPEED, None
