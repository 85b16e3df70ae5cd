"""What is wrong, and how to mend it."""

import sys

import click

from backend.doctor.examination import examine
from backend.doctor.findings import Verdict
from commands import house
from jobs import timetable


@click.command()
def doctor() -> None:
    """看看配置、连接有没有问题，怎么修。"""
    bad = False
    for finding in examine(house.started(), timetable.expected()):
        bad = bad or finding.verdict is Verdict.BAD
        click.echo(f"[{finding.verdict}] {finding.what}" + (f"\n      {finding.remedy}" if finding.remedy else ""))
    sys.exit(1 if bad else 0)
