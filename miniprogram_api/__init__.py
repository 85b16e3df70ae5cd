"""The door of the mini-program and of the public: JSON over HTTP, described by the OpenAPI document it serves."""

from flask_openapi3 import Info, OpenAPI

from backend.runtime import Runtime
from miniprogram_api import choices, consents, faults, me, places, rights, sign_in, wards
from miniprogram_api.schemas import Problem

PREFIX = "/api/v1"
ENDPOINTS = (places.api, choices.api, sign_in.api, me.api, consents.api, rights.api, wards.api)
"""One blueprint for each noun."""


def application(runtime: Runtime) -> OpenAPI:
    """An empty Flask application that knows how to describe itself."""
    name = next((account.name for account in runtime.accounts.official()), "同心")
    info = Info(title=f"{name} API", version="1", description="小程序与公开接口。时间为 ISO 8601，坐标为 WGS84。")
    return OpenAPI(
        "tongxin",
        info=info,
        doc_prefix=PREFIX,
        doc_url="/openapi.json",
        static_folder=None,
        security_schemes={"bearer": {"type": "http", "scheme": "bearer"}},
        validation_error_status=422,
        validation_error_model=Problem,
        validation_error_callback=faults.answer,
    )


def register(app: OpenAPI) -> None:
    for api in ENDPOINTS:
        api.before_request(sign_in.identify)
        app.register_api(api)
