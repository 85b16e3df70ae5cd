"""Shapes that several endpoints share. Pydantic checks what comes in and describes what goes out."""

import re
from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

from flask import Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Word = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$")]
"""A text that every database can be asked for: PostgreSQL refuses the zero character."""


Row = TypeVar("Row")
_ID = re.compile(r"[0-9]{1,18}")


class Shape(BaseModel):
    """What comes in by path or query, and the ground of all shapes: examples of its fields reach the document."""

    @classmethod
    def model_json_schema(cls, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """With `example` for pydantic's list `examples`: flask-openapi3 knows only the older word."""
        schema: dict[str, Any] = _with_one_example(super().model_json_schema(*args, **kwargs))
        return schema


class Asked(Shape):
    """The body of a request. What it does not know it refuses by name: a slip of the pen is not passed over."""

    model_config = ConfigDict(extra="forbid")


class Answer(Shape):
    model_config = ConfigDict(from_attributes=True)


class Done(Answer):
    """It is done; `detail` can be shown as it is. `number` stands for it in the ledger or on the receipt."""

    detail: str = Field(examples=["已经改好了。"])
    number: str | None = Field(None, description="编号，可以凭它来问", examples=["Q20261122-7F3A9C21"])


class PageQuery(Shape):
    """Lists go on where the last page ended; `cursor` is what that page gave as `next_cursor`."""

    cursor: Word = Field("", max_length=64, description="上一页给出的 next_cursor；第一页留空")
    limit: int = Field(50, ge=1, le=100, description="一页多少条", examples=[50])

    @property
    def before(self) -> int | None:
        """The id in the cursor of a list that goes backwards; None on the first page, and for what is none of ours."""
        return int(self.cursor) if _ID.fullmatch(self.cursor) else None

    def page(self, found: Sequence[Row], mark: Callable[[Row], object]) -> tuple[Sequence[Row], str | None]:
        """What the page shows of rows that were asked for with one more than `limit`, and the next cursor: the mark of
        the last."""
        shown = found[: self.limit]
        return shown, str(mark(shown[-1])) if len(found) > self.limit else None


class FieldFault(Answer):
    field: str = Field(examples=["limit"])
    message: str = Field(examples=["不能大于 100。"])


class Problem(Answer):
    """RFC 9457; `detail` can be shown as it is."""

    type: str = Field(examples=["about:blank"])
    title: str = Field(examples=["invalid_input"])
    status: int = Field(examples=[422])
    code: str = Field(description="给程序看的代码，不会变", examples=["invalid_input"])
    detail: str = Field(description="可以直接给人看的一句话", examples=["有几项填得不对，请看下面的说明。"])
    errors: list[FieldFault] = Field(description="哪一项不对，为什么")


def _with_one_example(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_with_one_example(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: _with_one_example(value) for name, value in schema.items()}
    if isinstance(found.get("examples"), list):
        found["example"] = found.pop("examples")[0]
    return found


def json(model: BaseModel, status: int = 200) -> Response:
    return Response(model.model_dump_json(), status, content_type="application/json")


def done(sentence: str, number: str | None = None, status: int = 200) -> Response:
    return json(Done(detail=sentence, number=number), status)
