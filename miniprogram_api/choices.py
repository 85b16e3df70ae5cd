"""What registration chooses from: skills and topics, with the words people read."""

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import Field

from backend.members import rules
from backend.web.caching import conditional
from miniprogram_api.schemas import Answer, json

api = APIBlueprint("choices", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="choices", description="选项")])


class Choice(Answer):
    code: str = Field(examples=["haircut"])
    title: str = Field(examples=["理发"])


class Choices(Answer):
    skills: list[Choice]
    topics: list[Choice]


@api.get("/choices", responses={200: Choices, 304: None}, summary="可以选的本领和话题")
def choices() -> Response:
    skills, topics = (
        [Choice(code=code, title=title) for code, title in known.items()] for known in (rules.SKILLS, rules.TOPICS)
    )
    return conditional(json(Choices(skills=skills, topics=topics)))
