"""One turn of the conversation: who speaks through which account, what was said, and the process it runs in."""

from dataclasses import dataclass

from backend.accounts.queries import Account
from backend.errors import Unavailable
from backend.followers.hearing import Heard
from backend.followers.queries import Follower
from backend.members import queries as members
from backend.places import queries as places
from backend.places.queries import PlaceView
from backend.privacy.lookups import Lookups
from backend.replies.queries import Spoken
from backend.runtime import Runtime
from backend.wechat.pushes import messages as m
from backend.wechat.pushes.messages import Inbound
from handlers import phrases
from models.followers import Interaction

_HEARD_AS: dict[type[m.Inbound], Interaction] = {
    **dict.fromkeys((m.Text, m.Image, m.Voice, m.Video, m.Location, m.Link, m.MiniProgramPage), Interaction.MESSAGE),
    **dict.fromkeys((m.Click, m.ScanCode), Interaction.MENU),
    m.Subscribe: Interaction.FOLLOW,
    m.Scan: Interaction.SCAN,
    m.EnterSession: Interaction.ENTER,
}


def heard_of(account: Account, message: Inbound) -> Heard | None:
    """What opens a window for messages of our own. A tapped message menu counts as a tap, although it is a text."""
    kind = _HEARD_AS.get(type(message))
    if isinstance(message, m.Text) and message.menu_item:
        kind = Interaction.MENU
    return None if kind is None else Heard(account.id, message.openid, message.at.timestamp(), kind)


def ref_of(lookups: Lookups, account: Account, message: Inbound) -> str:
    """Names the message without naming the sender: what is sent because of it is sent once."""
    return lookups.digest("answer", f"{account.app_id}:{message.key}")


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

    @property
    def spoken(self) -> Spoken:
        """What this account says in the words of its staff."""
        return self.runtime.said.by(self.account.id)

    def community(self) -> PlaceView | None:
        """Where she lives, if she said so: as a member, or to this account alone."""
        member_id = self.follower.member_id
        place_id = self.follower.place_id if member_id is None else members.place_of(member_id)
        return None if place_id is None else places.by_id(place_id)
