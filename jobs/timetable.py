"""The whole day on one page: what the clock starts, and what the queue may ask for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from backend.outbox.messages import Message
from backend.outbox.queue import Payload
from backend.runtime import Runtime
from backend.schedules import rules
from backend.schedules.rules import Expected
from jobs import (
    deliveries,
    exports,
    files,
    followers,
    imports,
    interactions,
    invitations,
    keys,
    members,
    quality,
    sweeping,
    words,
)


@dataclass(frozen=True)
class Every:
    """A job that is harmless when it runs twice, and at any hour. `seconds` between two starts."""

    name: str
    seconds: float
    run: Callable[[Runtime], int]
    """Answers how much it did."""
    title: str = ""
    """What operators read: Chinese, some characters."""
    does: str = ""
    """For whoever reads this page."""

    @property
    def when(self) -> str:
        units = ((3600, "小时"), (60, "分钟"), (0, "秒"))
        length, unit = next(unit for unit in units if self.seconds >= unit[0])
        return f"每 {self.seconds / (length or 1):g} {unit}"

    @property
    def often(self) -> bool:
        """Too often for a record of each run."""
        return self.seconds < 60

    @property
    def expected(self) -> Expected:
        return Expected(self.name, self.title, timedelta(seconds=10 * self.seconds, minutes=5), daily=False)


@dataclass(frozen=True)
class Daily:
    """A job that is harmless when it runs twice, once a day at `at`: HH:MM in Beijing. It is made up for when nobody
    led at that time. The fields are those of `Every`."""

    name: str
    at: str
    run: Callable[[Runtime], int]
    title: str = ""
    does: str = ""

    def __post_init__(self) -> None:
        rules.time_of_day(self.at)

    @property
    def when(self) -> str:
        return f"每天 {self.at}"

    @property
    def often(self) -> bool:
        return False

    @property
    def expected(self) -> Expected:
        return Expected(self.name, self.title, rules.DAILY_PATIENCE, daily=True)


Job = Every | Daily

TIMETABLE: tuple[Job, ...] = (
    Every(
        "interactions",
        0.5,
        interactions.write_behind,
        "写入最近来往",
        "Writes who was heard of from the journal into the database.",
    ),
    Every(
        "reports",
        1,
        deliveries.hear_reports,
        "记下送达结果",
        "Moves accepted messages on to delivered or failed, as the platform reported.",
    ),
    Every(
        "workers",
        10,
        deliveries.take_over,
        "接手中断的投递",
        "Frees what a dead worker had in hand, should no other worker live.",
    ),
    Every(
        "sources",
        60,
        deliveries.finish_sources,
        "收尾取消的通知",
        "Cancels who still waits for a source that was cancelled, or paused until it was too late.",
    ),
    Every(
        "unreported",
        3600,
        deliveries.give_up_reports,
        "没有回音的消息",
        "Marks accepted messages unknown when two days brought no report.",
    ),
    Every(
        "credits",
        3600,
        deliveries.repair_credits,
        "退还订阅次数",
        "Gives a consent back where nobody knows whether it was used.",
    ),
    Every(
        "receipts",
        600,
        sweeping.forget_old_receipts,
        "清除过期回执",
        "Deletes receipts that no repetition of a message can ask for any more.",
    ),
    Every(
        "retention",
        600,
        sweeping.forget_what_had_its_time,
        "清除到期的资料",
        "Deletes the rows whose columns declare a number of days, when these are over.",
    ),
    Every(
        "keys",
        3600,
        keys.renew,
        "换用新密钥",
        "Encrypts with the first data key what an older one still holds.",
    ),
    Every(
        "tombstones",
        3600,
        sweeping.bury_those_who_left,
        "清除已离开的人",
        "Deletes the rows of those who unfollowed a day ago.",
    ),
    Every(
        "unionids",
        60,
        members.learn_unionids,
        "认出同一个人",
        "Asks the platform which followers are the same person as a visitor of the mini-program.",
    ),
    Every(
        "erased",
        600,
        members.sweep_erased,
        "清除已注销的空行",
        "Deletes the empty rows of those who left, when nothing under way needs them.",
    ),
    Every(
        "files",
        600,
        files.forget,
        "清除到期的文件",
        "Deletes the files of imports and exports whose time is over, and what a kill has left on disk.",
    ),
    Every(
        "exports",
        300,
        exports.upkeep,
        "收尾导出",
        "Deletes exports whose day is over, withdraws what nobody decided, and puts lost tasks anew.",
    ),
    Every(
        "imports",
        300,
        imports.upkeep,
        "照看导入",
        "Withdraws imports that nobody confirmed for a day, and puts the tasks anew that were lost with a worker.",
    ),
    Daily(
        "dormant",
        "04:10",
        members.end_dormant,
        "结束多年不用的登记",
        "Tells members whom nobody saw for three years, and a month later ends their membership.",
    ),
    Daily(
        "quality",
        "04:30",
        quality.look,
        "查看数据质量",
        "Finds members who may be registered twice, and counts each community for the line of its weeks.",
    ),
    Daily(
        "deliveries",
        "03:10",
        deliveries.forget_old,
        "清除半年前的投递",
        "Deletes what people were told half a year ago; the counts stay.",
    ),
    Daily(
        "job_runs",
        "03:40",
        sweeping.forget_old_runs,
        "清除一年前的任务记录",
        "Deletes what was recorded of jobs more than a year ago.",
    ),
)

TASKS: dict[str, Callable[[Runtime, Payload], None]] = {
    "check_import": imports.check,
    "deliver": deliveries.deliver,
    "follow": followers.follow,
    "leave": followers.leave,
    "mass_finished": deliveries.mass_finished,
    "say": words.say,
    "write_export": exports.write,
    "write_import": imports.write,
}


MAKERS: dict[str, Callable[[Runtime, Message], Message]] = {
    "invitation": invitations.picture,
}
"""What completes messages before they are sent."""


def job(name: str) -> Job:
    """Raises KeyError; for running one by hand."""
    return {job.name: job for job in TIMETABLE}[name]


def expected() -> tuple[Expected, ...]:
    """What the doctor holds against the record."""
    return tuple(job.expected for job in TIMETABLE)
