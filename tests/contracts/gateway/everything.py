"""Every call of the gateway: one table, from which both the good path and the documented refusals are tried."""

from tests.contracts.gateway import (
    lines_of_accounts,
    lines_of_articles,
    lines_of_mass,
    lines_of_members,
    lines_of_sending,
    lines_of_visitors,
)
from tests.contracts.gateway.lines import Line

CALLS: dict[str, Line] = {
    **lines_of_sending.LINES,
    **lines_of_mass.LINES,
    **lines_of_members.LINES,
    **lines_of_articles.LINES,
    **lines_of_visitors.LINES,
    **lines_of_accounts.LINES,
}
"""By group and method of `Gateway`; what follows a space tells the lines of one method apart."""

_OWN_BOOK = "our own book of what is closed: it asks the store, not the platform"
SILENT = {
    "oauth.address": "composes an address for the browser",
    "sender.close": "closes connections",
    "circuits.closures": _OWN_BOOK,
    "circuits.closed": _OWN_BOOK,
    "circuits.require_open": _OWN_BOOK,
    "circuits.note_success": _OWN_BOOK,
    "circuits.note_failure": _OWN_BOOK,
    "circuits.pause_account": _OWN_BOOK,
    "circuits.reopen": _OWN_BOOK,
}
"""Public methods that ask the platform nothing, with the reason."""
