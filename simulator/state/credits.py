"""What a person agreed to receive: consents to the subscription messages of one account (protocol §4.2, §4.3)."""

from dataclasses import dataclass
from enum import StrEnum

from simulator.state.templates import LONG_TERM, Template


class Choice(StrEnum):
    ACCEPT = "accept"
    REJECT = "reject"


@dataclass(slots=True)
class Consent:
    """To one template. One-off: so many sends are left. Long-term: one consent, until she takes it back."""

    left: int = 0
    lasting: bool = False
    kept: str = ""  # the choice of 总是保持以上选择
    refused: bool = False  # switched off on the settings page

    def accept(self, template: Template) -> None:
        self.refused = False
        if template.type == LONG_TERM:
            self.lasting = True
        else:
            self.left += 1

    def switch(self, template: Template, on: bool) -> None:
        """The settings page: off takes everything back; on lets later questions be answered silently."""
        self.kept = Choice.ACCEPT if on else Choice.REJECT
        self.refused = not on
        self.lasting = on and template.type == LONG_TERM
        self.left = self.left if on else 0

    def allows(self, template: Template) -> bool:
        if self.refused:
            return False
        return self.lasting if template.type == LONG_TERM else self.left > 0

    def spend(self, template: Template) -> None:
        if template.type != LONG_TERM:
            self.left -= 1
