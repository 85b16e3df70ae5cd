"""Opens the house for one command. The process that asked ends soon, and closes it by ending."""

from backend import runtime as runtimes
from backend import settings as all_settings
from backend.accounts import actions as accounts
from backend.runtime import Runtime
from backend.storage import migrations
from backend.web import logs


def started() -> Runtime:
    settings = all_settings.load()
    logs.configure(settings.log_level)
    return runtimes.start(settings)


def current() -> Runtime:
    """A process that works with the tables: not with an older schema."""
    runtime = started()
    migrations.require_current(runtime.database)
    return runtime


def ready() -> Runtime:
    """One that knows the accounts of the settings, too."""
    runtime = current()
    accounts.seed(runtime.settings, runtime.cipher)
    return runtime
