"""Everything that is held of somebody, section by section: she takes it home as a file, or reads it as JSON."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from backend import clock
from backend.consents import queries as consents
from backend.heads import queries as heads
from backend.invitations import queries as invitations
from backend.members import queries as members
from backend.members import rules
from backend.outbox import inbox
from backend.privacy.cipher import FieldCipher
from backend.rights import looks, requests, words
from backend.sessions import queries as sessions
from models.accounts import WechatAccount
from models.marks import lifetime_of
from models.members import Member
from models.places import Place
from models.registry import TABLES
from models.subscriptions import SubscriptionCredit

Row = dict[str, Any]
ALL = 100_000


@dataclass(frozen=True, slots=True)
class Section:
    """`columns`: key → what stands above it. A value is text, a number, a truth, an aware moment, or a code of
    `words.CODES`."""

    key: str
    title: str
    columns: dict[str, str]
    rows: list[Row]


def collect(cipher: FieldCipher, member_id: int) -> list[Section]:
    """As it stands at this moment. An empty section says that nothing of the kind is held."""
    return [Section(key, title, columns, list(find(cipher, member_id))) for key, title, columns, find in _SECTIONS]


def _profile(cipher: FieldCipher, member_id: int) -> Iterator[Row]:
    person = members.person(cipher, member_id)
    row = Member.get_by_id(member_id)
    if person is not None:
        told = {name: getattr(person, name) for name in ("name", "phone", "unit", "joined_at", "changed_at")}
        yield {
            **told,
            "state": person.state,
            "phone_proof": person.phone_proof,
            "phone_proved_at": row.phone_proved_at,
            "place": person.place_name,
            "seen_at": row.seen_at,
            "told_at": row.told_at,
        }


def _skills(_cipher: FieldCipher, member_id: int) -> Iterator[Row]:
    for each in members.skills(member_id):
        yield {"skill": rules.SKILLS.get(each.skill, each.skill), "until": clock.day_of(each.until).isoformat()}


def _topics(_cipher: FieldCipher, member_id: int) -> Iterator[Row]:
    for topic in members.topics(member_id):
        yield {"topic": rules.TOPICS.get(topic, topic)}


def _wards(cipher: FieldCipher, member_id: int) -> Iterator[Row]:
    for ward in members.wards(cipher, member_id):
        yield {"name": ward.name, "fourteen_at": ward.fourteen_at, "created_at": ward.created_at}


def _terms(_cipher: FieldCipher, member_id: int) -> Iterator[Row]:
    for term in heads.terms(member_id):
        yield {"place": term.place_name, "since": term.since, "until": term.until}


def _identities(_cipher: FieldCipher, member_id: int) -> Iterator[Row]:
    names = {row.id: row.name for row in list(WechatAccount.select(WechatAccount.id, WechatAccount.name))}
    hers = members.identities(member_id)
    places = {row.id: row.name for row in Place.select().where(Place.id.in_([each.place_id for each in hers]))}
    for row in hers:
        columns = _COLUMNS_OF_IDENTITY.keys() - {"account", "follow_state", "place", "last_interaction"}
        told = {name: getattr(row, name) for name in columns}
        yield {
            **told,
            "account": names[row.account_id],
            "follow_state": row.follow_state,
            "place": places.get(row.place_id or 0, ""),
            "last_interaction": row.last_interaction,
        }


def _agreed(_cipher: FieldCipher, member_id: int) -> Iterator[Row]:
    for each in consents.standing(member_id):
        if each.version is not None:
            yield {"title": each.text.title, "version": each.version, "given_at": each.given_at}


def _receipts(_cipher: FieldCipher, member_id: int) -> Iterator[Row]:
    for each in consents.receipts(member_id, limit=ALL):
        told = {name: getattr(each, name) for name in ("number", "title", "version", "happened_at", "body")}
        yield {**told, "given": "同意" if each.given else "撤回", "through": each.through}


def _sessions(_cipher: FieldCipher, member_id: int) -> Iterator[Row]:
    hers = members.identities(member_id)
    for each in sessions.of_person(hers[0].id) if hers else ():
        yield {name: getattr(each, name) for name in ("device", "account", "created_at", "seen_at", "ends_at")}


def _looks(cipher: FieldCipher, member_id: int) -> Iterator[Row]:
    for each in looks.of(cipher, member_id, limit=ALL):
        told = {name: getattr(each, name) for name in ("looked_at", "role", "unit", "reason")}
        yield {**told, "fields": "、".join(words.fields(each.fields))}


def _requests(_cipher: FieldCipher, member_id: int) -> Iterator[Row]:
    for each in requests.of(member_id, limit=ALL):
        told = {name: getattr(each, name) for name in ("number", "made_at", "kind", "why")}
        yield {**told, "detail": "、".join(words.fields(each.detail.split(",")))}


def _messages(cipher: FieldCipher, member_id: int) -> Iterator[Row]:
    for letter in inbox.all_of(cipher, member_id, [row.id for row in members.identities(member_id)]):
        yield {"sent_at": letter.sent_at, "channel": letter.channel, "words": letter.words}


def _subscriptions(_cipher: FieldCipher, member_id: int) -> Iterator[Row]:
    hers = [row.id for row in members.identities(member_id)]
    for row in list(SubscriptionCredit.select().where(SubscriptionCredit.follower.in_(hers))) if hers else ():
        told = {name: getattr(row, name) for name in ("template_id", "left", "changed_at")}
        yield {**told, "lasting": bool(row.lasting)}


def _invitations(_cipher: FieldCipher, member_id: int) -> Iterator[Row]:
    for each in invitations.of_member(member_id):
        yield {"place": each.place_name, "kind": each.kind, "masked": each.masked, "invited_at": each.invited_at}


def _lifetimes(_cipher: FieldCipher, _member_id: int) -> Iterator[Row]:
    for table in TABLES:
        name, columns = table._meta.table_name, defaultdict[str, list[str]](list)
        if name in words.OF_STAFF:
            continue
        for field in table._meta.sorted_fields:
            if lifetime := lifetime_of(field):
                columns[lifetime.title].append(f"{name}.{field.name}")
        for how_long, named in columns.items():
            yield {"what": words.TABLES[name], "how_long": how_long, "columns": "、".join(named)}


_COLUMNS_OF_IDENTITY = {
    "account": "账号",
    "openid": "微信给的编号",
    "unionid": "微信给的通用编号",
    "follow_state": "关注情况",
    "follow_changed_at": "什么时候变的",
    "place": "选过的社区",
    "last_interaction_at": "最近来往",
    "last_interaction": "怎么来往",
    "last_message_at": "最近发来消息",
    "muted_until": "免打扰到",
    "refused_at": "微信拒收的时间",
    "refused": "微信拒收的原因",
    "created_at": "第一次来",
}

Find = Callable[[FieldCipher, int], Iterator[Row]]
_SECTIONS: tuple[tuple[str, str, dict[str, str], Find], ...] = (
    (
        "profile",
        "我的资料",
        {
            "name": "姓名",
            "phone": "手机号",
            "phone_proof": "怎么确认的",
            "phone_proved_at": "什么时候确认的",
            "place": "所在地",
            "unit": "门牌",
            "state": "状态",
            "joined_at": "登记时间",
            "changed_at": "修改时间",
            "seen_at": "最近来过",
            "told_at": "提醒过要注销",
        },
        _profile,
    ),
    ("skills", "我的本领", {"skill": "本领", "until": "到哪天"}, _skills),
    ("topics", "我的兴趣", {"topic": "话题"}, _topics),
    ("wards", "我的孩子", {"name": "姓名", "fourteen_at": "满十四岁", "created_at": "登记时间"}, _wards),
    ("terms", "我担任楼栋长、巷长", {"place": "哪里", "since": "从什么时候", "until": "到什么时候"}, _terms),
    ("identities", "我的微信", _COLUMNS_OF_IDENTITY, _identities),
    ("consents", "我同意的", {"title": "说明", "version": "版本", "given_at": "时间"}, _agreed),
    (
        "receipts",
        "同意的回执",
        {
            "number": "编号",
            "happened_at": "时间",
            "given": "同意还是撤回",
            "title": "说明",
            "version": "版本",
            "through": "在哪里",
            "body": "当时的说明",
        },
        _receipts,
    ),
    (
        "sessions",
        "登录的手机",
        {"device": "设备", "account": "账号", "created_at": "登录时间", "seen_at": "最近使用", "ends_at": "到期时间"},
        _sessions,
    ),
    (
        "looks",
        "谁看过我的信息",
        {"looked_at": "时间", "role": "身份", "unit": "单位", "fields": "看了什么", "reason": "为什么"},
        _looks,
    ),
    (
        "requests",
        "我提过的要求",
        {"number": "编号", "made_at": "时间", "kind": "要求", "why": "起因", "detail": "内容"},
        _requests,
    ),
    ("messages", "给我的消息", {"sent_at": "时间", "channel": "通道", "words": "内容"}, _messages),
    (
        "subscriptions",
        "订阅的消息",
        {"template_id": "模板", "left": "还能发几次", "lasting": "长期", "changed_at": "时间"},
        _subscriptions,
    ),
    (
        "invitations",
        "邀请我登记的",
        {"place": "哪里", "kind": "邀请做什么", "masked": "哪个号码", "invited_at": "时间"},
        _invitations,
    ),
    (
        "lifetimes",
        "保存多久",
        {"what": "哪一类", "how_long": "保存到什么时候", "columns": "数据库里的名称"},
        _lifetimes,
    ),
)


def as_json(sections: list[Section]) -> dict[str, list[Row]]:
    """Moments as ISO 8601 in Beijing's time."""
    return {section.key: [_plain(row) for row in section.rows] for section in sections}


def _plain(row: Row) -> Row:
    return {name: _told(value) for name, value in row.items()}


def _told(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    return clock.beijing(value).isoformat(timespec="seconds") if isinstance(value, datetime) else value
