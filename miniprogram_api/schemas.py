"""Shapes that several endpoints share. Pydantic checks what comes in and describes what goes out."""

import re
from typing import Annotated

from flask import Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Word = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$")]
"""A text that every database can be asked for: PostgreSQL refuses the zero character."""


_ID = re.compile(r"[0-9]{1,18}")


class Answer(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class Done(Answer):
    """It is done; `detail` can be shown as it is. `number` stands for it in the ledger or on the receipt."""

    detail: str
    number: str | None = None


class PageQuery(BaseModel):
    """Lists go on where the last page ended; `cursor` is what that page gave as `next_cursor`."""

    cursor: Word = Field("", max_length=64, description="上一页给出的 next_cursor；第一页留空")
    limit: int = Field(50, ge=1, le=100, description="一页多少条")

    @property
    def before(self) -> int | None:
        """The id in the cursor of a list that goes backwards; None on the first page, and for what is none of ours."""
        return int(self.cursor) if _ID.fullmatch(self.cursor) else None


class FieldFault(Answer):
    field: str
    message: str


class Problem(Answer):
    """RFC 9457; `detail` can be shown as it is."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[FieldFault]


def json(model: BaseModel, status: int = 200) -> Response:
    return Response(model.model_dump_json(), status, content_type="application/json")


def done(sentence: str, number: str | None = None, status: int = 200) -> Response:
    return json(Done(detail=sentence, number=number), status)
