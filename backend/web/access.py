"""Where a view finds the running process it belongs to."""

from flask import Flask, current_app

from backend.runtime import Runtime

_KEY = "tongxin"


def attach(app: Flask, runtime: Runtime) -> None:
    app.extensions[_KEY] = runtime


def runtime() -> Runtime:
    return current_app.extensions[_KEY]  # type: ignore[no-any-return]
