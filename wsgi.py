"""Joins the doors to one Flask application. Importing this module does no work; `create_app` does."""

import gc

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

import console
import miniprogram_api
from backend import runtime as runtimes
from backend import settings as all_settings
from backend.accounts import actions as accounts
from backend.consents import actions as consents
from backend.settings import Settings
from backend.storage import migrations
from backend.web import access, limits, logs, problems, requests
from console import system
from handlers import endpoint
from jobs import timetable


def create_app(settings: Settings | None = None) -> Flask:
    """Raises Misconfigured when a secret is missing or the schema is behind: then nothing is served."""
    settings = settings or all_settings.load()
    logs.configure(settings.log_level)
    runtime = runtimes.start(settings)
    migrations.require_current(runtime.database)
    accounts.seed(settings, runtime.cipher)
    consents.publish_first()
    runtime.lookups.load()
    runtime.said.renew()  # now, so that a follower is welcomed also while the database is away
    app = miniprogram_api.application(next((each.name for each in runtime.accounts.official()), "同心"))
    app.config["MAX_CONTENT_LENGTH"] = 12 * 1024 * 1024
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    _seal_cookies(app, settings)
    access.attach(app, runtime)
    limits.attach(app, runtime)
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=0)  # type: ignore[method-assign]
    problems.register(app)
    requests.register(app, {"/wechat": endpoint.Webhook(runtime)})
    system.attach(app, timetable.expected())
    app.register_blueprint(console.blueprint(runtime))
    miniprogram_api.register(app)
    runtime.database.close()
    # What is loaded now stays for good: the collector need not walk it again with every generation.
    gc.collect()
    gc.freeze()
    return app


def _seal_cookies(app: Flask, settings: Settings) -> None:
    """Of the console: what was said for the next page, and on the way to sign in. Who is signed in has a cookie of its
    own, with nothing in it but chance."""
    app.secret_key = f"cookies {settings.secret_key}"
    app.config.update(
        SESSION_COOKIE_NAME="tongxin_visit",
        SESSION_COOKIE_PATH="/console",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https://"),
    )
