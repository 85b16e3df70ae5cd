"""Staff who sign in at a desk with their WeChat: the scan, and the words from the screen that confirm it."""

import re

from backend.staff import queries as staff
from backend.staff.scans import SCENE, Purpose
from backend.wechat.pushes import messages as m
from backend.wechat.pushes.replies import TextReply
from handlers import follows, phrases
from handlers.talk import Talk

ANSWER = r"(?:登录|绑定) ?[0-9]{2}"
__all__ = ["ANSWER", "SCENE"]


def scanned(talk: Talk) -> TextReply:
    """By somebody who follows already."""
    message = talk.message
    assert isinstance(message, m.Scan)
    return _asked(talk, message.scene)


def scanned_first(talk: Talk) -> TextReply:
    """She follows by it: that is written down as any other follow."""
    message = talk.message
    assert isinstance(message, m.Subscribe)
    follows.welcome(talk)
    return _asked(talk, message.scene)


def _asked(talk: Talk, scene: str) -> TextReply:
    scan = talk.runtime.scans.scanned(scene.removeprefix(SCENE), talk.follower.id)
    if scan.purpose is Purpose.BIND:
        return TextReply(phrases.DESK_BINDING.format(login=staff.login_of(scan.staff_id)))
    login, name = staff.names_of(scan.staff_id)
    said = phrases.DESK_SCANNED.format(login=login, name=name, device=scan.device, address=scan.address or "不详")
    return TextReply(said)


def confirmed(talk: Talk) -> TextReply:
    message = talk.message
    assert isinstance(message, m.Text)
    scan = talk.runtime.scans.confirm(talk.follower.id, re.sub("[^0-9]", "", message.content))
    if scan.purpose is Purpose.BIND:
        talk.runtime.credentials.bind(scan.staff_id, talk.follower.id)
        return TextReply(phrases.DESK_BOUND)
    return TextReply(phrases.DESK_SIGNED_IN)
