"""What becomes of members in time: unused memberships, empty rows, and who of the followers is who."""

import structlog

from backend.accounts.queries import Account
from backend.errors import NotFound
from backend.followers import actions as followers
from backend.followers import queries as followed
from backend.members import dormancy, erasing
from backend.rights import actions as rights
from backend.runtime import Runtime
from backend.wechat.failures import GatewayError
from jobs.sweeping import in_slices
from models.rights import Why

SLICE = 100
"""The platform tells of a hundred followers in one call."""

log = structlog.get_logger()


def end_dormant(runtime: Runtime) -> int:
    """Tells whose time is over soon, ends whose time is over, and forgets strangers nobody has seen for long."""
    told = in_slices(lambda: dormancy.tell(runtime.outbox))
    return told + in_slices(_end_some) + in_slices(followers.forget_strangers)


def _end_some() -> int:
    ended = dormancy.ended()
    for member_id in ended:
        try:
            rights.erase(member_id, Why.DORMANT)
        except NotFound:
            log.info("member.gone_already", member=member_id)
    return len(ended)


def sweep_erased(_runtime: Runtime) -> int:
    return in_slices(erasing.sweep)


def learn_unionids(runtime: Runtime) -> int:
    """Followers of whom the platform has not told yet which person of its other accounts they are."""
    return sum(_learn(runtime, account) for account in runtime.accounts.official())


def _learn(runtime: Runtime, account: Account) -> int:
    waiting = followed.without_unionid(account.id, SLICE)
    if not waiting:
        return 0
    try:
        infos = runtime.gateway(account.app_id).users.infos(list(waiting))
    except GatewayError as error:
        log.warning("unionids.not_told", app_id=account.app_id, error=type(error).__name__)
        return 0
    for info in infos:
        if info.openid in waiting:
            runtime.members.recognise(waiting[info.openid], info.unionid)
    return len(infos)
