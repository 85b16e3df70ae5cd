"""The page about the outbox shows what the code does: its state diagram, and questions that the database answers."""

import re
from pathlib import Path

from backend.outbox.rules import MOVES
from backend.runtime import Runtime
from models.base import database

PAGE = (Path(__file__).parents[2] / "docs" / "outbox.md").read_text("utf-8")


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


def _diagram() -> str:
    lines = ["stateDiagram-v2", "    [*] --> pending: put"]
    lines += [f"    {old} --> {new}: {why}" for old, moves in MOVES.items() for new, why in moves.items()]
    lines += [f"    {state} --> [*]" for state, moves in MOVES.items() if not moves]
    return "\n".join(lines) + "\n"


def test_the_diagram_is_the_table_of_moves() -> None:
    assert _blocks("mermaid") == [_diagram()]


def test_every_question_is_answered_on_every_engine(runtime: Runtime) -> None:
    questions = _blocks("sql")
    assert len(questions) >= 6
    for question in questions:
        database.execute_sql(question).fetchall()
