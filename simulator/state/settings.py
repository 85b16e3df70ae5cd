"""Where the protocol leaves a choice open, or a test needs to be quick. phone/settings.py reads and changes them."""

from dataclasses import dataclass


@dataclass(slots=True)
class Settings:
    retries: int = 2  # further deliveries after the first; some read the documentation as 3
    push_timeout: float = 5.0
    used_code_errcode: int = 40163  # 40029 is seen as well
    result_seconds: float | None = 1.0  # until the result of a template, subscription or mass message; null: never
    template_repeat: str = "same"  # what a repeated client_msg_id answers: the same msgid, or a "new" one
    template_failures: float = 0.0  # 0 to 1: how many end as `failed: system failed`
    subscribe_failures: float = 0.0  # the same for subscribe_msg_sent_event
    subscribe_banned: bool = False  # 43107
    concurrent_sends_refused: float = 0.0  # seconds between two subscription messages to one user, else 43108
    silent_accept_counts: bool = True  # an acceptance by a kept choice brings a credit as well
    silent_accept_pushes: bool = False  # ... and subscribe_msg_popup_event, although nothing popped up
    mass_status: str = "send success"  # what MASSSENDJOBFINISH says: or "send fail", "err(20001)"
    mass_confirmation: str = "off"  # of the administrator: off, confirmed, refused or ignored
    mass_repeat_seconds: float = 0.0  # the same clientmsgid within them: 45066 instead of 45065
    tags_busy: bool = False  # another change of tags is under way: 45169
    publish_status: int = 0  # what a publishing ends with, see freepublish/get
    publish_refusal: int = 0  # 53503, 53504 or 53505: submitting itself is refused
    publish_seconds: float | None = 1.0  # until it ends; null: never
    media_verdict: str = "pass"  # of pictures and recordings: pass, review, risky or never
    media_verdict_seconds: float = 1.0
