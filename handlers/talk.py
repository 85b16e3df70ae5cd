"""One turn of the conversation: who speaks through which account, what was said, and the process it runs in."""

from dataclasses import dataclass

from backend.accounts.queries import Account
from backend.errors import Unavailable
from backend.members.queries import Follower
from backend.places import queries as places
from backend.places.queries import PlaceView
from backend.runtime import Runtime
from backend.wechat.pushes.messages import Inbound
from handlers import phrases


@dataclass(frozen=True, slots=True)
class Talk:
    runtime: Runtime
    account: Account
    message: Inbound
    known: Follower | None  # None while the database does not answer

    @property
    def follower(self) -> Follower:
        """Raises Unavailable when we could not look her up."""
        if self.known is None:
            raise Unavailable("follower_unknown", phrases.BUSY)
        return self.known

    def community(self) -> PlaceView | None:
        """The community she named, if she did."""
        place_id = self.follower.place_id
        return None if place_id is None else places.by_id(place_id)
