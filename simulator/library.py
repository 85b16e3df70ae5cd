"""The public library of templates, made up: what an account can add, and what each has from the start."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from simulator.templates import LONG_TERM, ONCE, ONE_OFF, Keyword, Template, template_id

Word = tuple[str, str, str] | tuple[str, str, str, list[str]]  # type, label, example, values of an enum

CATEGORIES = {1401: "政务民生", 1402: "社区服务", 1403: "生活服务"}


@dataclass(frozen=True, slots=True)
class Title:
    number: int
    slug: str
    title: str
    category: int
    words: tuple[Word, ...]
    type: int = ONE_OFF

    def keyword(self, kid: int) -> Keyword:
        """`kid` counts from 1. Raises IndexError."""
        if kid < 1:
            raise IndexError(kid)
        kind, label, example, *values = self.words[kid - 1]
        return Keyword(f"{kind}{kid}", label, example, list(*values))

    def template(self, identity: str, kids: Iterable[int], scene: str = "") -> Template:
        keywords = [self.keyword(kid) for kid in kids]
        return Template(
            identity,
            str(self.number),
            self.title,
            keywords,
            self.type,
            "政府与公共事业",
            "公共事业",
            scene or self.title,
        )


_OUTAGES = ["停水", "停电", "停气", "停暖"]

TITLES = (
    Title(
        30101,
        "activity-result",
        "活动报名结果通知",
        1402,
        (
            ("thing", "活动名称", "包粽子迎端午"),
            ("phrase", "报名结果", "报名成功"),
            ("time", "活动时间", "2026年6月18日 14:30"),
            ("thing", "活动地点", "和平社区活动室"),
            ("phone_number", "联系电话", "0991-5550101"),
            ("thing", "温馨提示", "请提前十分钟到场"),
        ),
    ),
    Title(
        30102,
        "case-progress",
        "事项办理进度提醒",
        1401,
        (
            ("thing", "事项名称", "居住证明"),
            ("phrase", "办理状态", "已受理"),
            ("character_string", "受理编号", "SQ20260618-0007"),
            ("time", "更新时间", "2026-06-18 09:30"),
            ("thing", "备注", "请携带身份证领取"),
        ),
    ),
    Title(
        30103,
        "visit-reminder",
        "上门服务预约提醒",
        1403,
        (
            ("thing", "服务项目", "家电安全检查"),
            ("time", "预约时间", "2026年6月18日 09:00~2026年6月18日 11:00"),
            ("name", "服务人员", "张师傅"),
            ("phone_number", "联系电话", "0991-5550102"),
            ("thing", "服务地址", "团结小区 3 栋"),
        ),
    ),
    Title(
        30104,
        "issue-result",
        "问题处理结果通知",
        1402,
        (
            ("thing", "问题描述", "楼道灯不亮"),
            ("phrase", "处理结果", "已解决"),
            ("thing", "处理单位", "和平社区居委会"),
            ("time", "完成时间", "2026-06-18 16:05:00"),
            ("character_string", "工单编号", "WT-20260618-021"),
        ),
    ),
    Title(
        30105,
        "outage-notice",
        "停水停电通知",
        1401,
        (
            ("enum", "停供类型", "停水", _OUTAGES),
            ("thing", "影响范围", "团结小区 1 至 6 栋"),
            ("time", "停供时间", "2026年6月19日 08:00~2026年6月19日 12:00"),
            ("thing", "停供原因", "管网检修"),
        ),
        LONG_TERM,
    ),
    Title(
        30106,
        "meeting-reminder",
        "居民会议提醒",
        1402,
        (
            ("thing", "会议名称", "院落议事会"),
            ("date", "会议日期", "2026年6月20日"),
            ("thing", "会议地点", "河滩社区会议室"),
            ("number", "应到人数", "35"),
        ),
    ),
    Title(
        30107,
        "fee-reminder",
        "生活缴费提醒",
        1403,
        (
            ("thing", "缴费项目", "物业费"),
            ("amount", "缴费金额", "¥120.50"),
            ("date", "截止日期", "2026-06-30"),
            ("name", "户主姓名", "陈秀兰"),
        ),
    ),
    Title(
        30108,
        "car-reminder",
        "车辆挪移提醒",
        1403,
        (
            ("car_number", "车牌号码", "新A12345"),
            ("thing", "停放位置", "二号楼消防通道"),
            ("phone_number", "联系电话", "0991-5550103"),
        ),
    ),
    Title(
        30109,
        "queue-notice",
        "排队叫号提醒",
        1401,
        (
            ("character_string", "排队号码", "A023"),
            ("number", "前面人数", "3"),
            ("letter", "办理窗口", "B"),
            ("symbol", "紧急程度", "★★"),
            ("thing", "办理业务", "社保咨询"),
        ),
    ),
)
_BY_NUMBER = {str(title.number): title for title in TITLES}
_AT_FIRST = ("activity-result", "case-progress", "visit-reminder", "issue-result", "outage-notice")
_KIDS_AT_FIRST = 4

ONCE_TEMPLATE = template_id("once-subscription")


def title_of(number: str) -> Title | None:
    return _BY_NUMBER.get(number)


def titles_in(categories: Sequence[int]) -> list[Title]:
    return [title for title in TITLES if title.category in categories]


def first_templates() -> dict[str, Template]:
    """For template messages of an official account."""
    return _furnished("tm")


def first_notices(official: bool) -> dict[str, Template]:
    """For subscription messages; the two kinds of account never share an id."""
    notices = _furnished("so" if official else "mp")
    if official:
        once = Template(ONCE_TEMPLATE, "", "一次性订阅消息", [Keyword("content", "", "")], ONCE)
        notices[once.id] = once
    return notices


def _furnished(family: str) -> dict[str, Template]:
    titles = [title for title in TITLES if title.slug in _AT_FIRST]
    kids = range(1, _KIDS_AT_FIRST + 1)
    made = [title.template(template_id(f"{family}-{title.slug}"), kids) for title in titles]
    return {template.id: template for template in made}
