"""Reads of what is on."""

from dataclasses import dataclass
from datetime import datetime

from backend.places import queries as places
from backend.places.queries import PlaceView
from models.activities import Activity

MOST = 20
"""How many a page shows."""


@dataclass(frozen=True, slots=True)
class ActivityView:
    """`of`: the place whose it is, which may be one above the place that shows it."""

    title: str
    starts_at: datetime
    ends_at: datetime
    venue: str
    of: PlaceView


def on(code: str, now: datetime) -> list[ActivityView]:
    """At the place and at those above it: what is not over, the soonest first."""
    chain = {place.id: place for place in places.chain(code)}
    here = Activity.place.in_(list(chain)) & (Activity.ends_at > now)
    rows = Activity.select().where(here).order_by(Activity.starts_at, Activity.id).limit(MOST) if chain else ()
    return [ActivityView(row.title, row.starts_at, row.ends_at, row.venue, chain[row.place_id]) for row in rows]
