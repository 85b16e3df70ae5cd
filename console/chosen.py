"""Which account a page is about."""

from backend.accounts.queries import Account
from backend.errors import InvalidInput, NotFound
from console import forms
from console.desk import Desk


def of_query(here: Desk) -> Account:
    """The official account that the address names, or the first. Raises InvalidInput."""
    wanted = forms.asked("account", 64)
    found = next((each for each in here.runtime.accounts.official() if wanted in ("", each.app_id)), None)
    if found is None:
        raise InvalidInput("no_account", "还没有接入公众号，或者没有这个公众号。")
    return found


def of_path(here: Desk, app_id: str) -> Account:
    """Raises NotFound."""
    found = here.runtime.accounts.by_app_id(app_id)
    if found is None:
        raise NotFound("no_account", "没有这个公众号。")
    return found
