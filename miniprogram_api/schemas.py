"""Shapes that several endpoints share. Pydantic checks what comes in and describes what goes out."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Word = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$")]
"""A text that every database can be asked for: PostgreSQL refuses the zero character."""


class Answer(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class PageQuery(BaseModel):
    """Lists go on where the last page ended; `cursor` is what that page gave as `next_cursor`."""

    cursor: Word = Field("", max_length=64, description="上一页给出的 next_cursor；第一页留空")
    limit: int = Field(50, ge=1, le=100, description="一页多少条")


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
