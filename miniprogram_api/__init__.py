"""The door of the mini-program and of the public: JSON over HTTP, described by the OpenAPI document it serves."""

from collections.abc import Sequence
from typing import Any

from flask_openapi3 import APIBlueprint, Info, OpenAPI
from flask_openapi3.types import SecuritySchemesDict

from miniprogram_api import choices, consents, docs, document, faults, manners, me, places, rights, sign_in, wards
from miniprogram_api.manners import PREFIX as PREFIX
from miniprogram_api.schemas import Problem

ENDPOINTS: Sequence[APIBlueprint] = (
    places.api,
    choices.api,
    sign_in.api,
    me.api,
    consents.api,
    rights.api,
    wards.api,
)
"""One blueprint for each noun."""

_SIGN_IN: SecuritySchemesDict = {"Bearer": {"type": "http", "scheme": "bearer", "description": "登录以后得到的令牌"}}


def application(name: str) -> OpenAPI:
    """An empty Flask application that knows how to describe itself, under the name people know the service by."""
    return OpenAPI(
        "tongxin",
        info=Info(title=f"{name} API", version="1", description=docs.GENERAL),
        doc_ui=False,
        static_folder=None,
        security_schemes=_SIGN_IN,
        validation_error_status=422,
        validation_error_model=Problem,
        validation_error_callback=faults.answer,
    )


def described() -> dict[str, Any]:
    """The document without a process: what `make client` is made from. Only its title differs from the served one."""
    app = application("同心")
    register(app)
    found: dict[str, Any] = app.api_doc
    return found


def register(app: OpenAPI, endpoints: Sequence[APIBlueprint] = ENDPOINTS) -> None:
    manners.register(app)
    for api in endpoints:
        app.register_api(api)
    document.complete(app.api_doc)
    app.register_blueprint(docs.pages)
