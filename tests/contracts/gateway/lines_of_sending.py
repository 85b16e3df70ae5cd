"""Every call that sends: customer-service messages, template messages, subscription messages, batches."""

from typing import Any

from backend.wechat.calls import custom
from backend.wechat.calls.custom import CustomSend, CustomText
from backend.wechat.calls.subscriptions import Subscriptions
from backend.wechat.calls.templates import Templates
from backend.wechat.sending.sends import Limits
from tests.contracts.gateway.given import AMR, JPG, MP4, Given
from tests.contracts.gateway.lines import ANY, JSON, OFFICIAL, OFFICIAL_JSON, Line, only
from tests.served import MINIPROGRAM

SEND = "/cgi-bin/message/custom/send"
WINDOW = (45015, 45047, 40003)  # §4.5
TYPING = (45072, 45080, 45081)  # §4.5
LIBRARY = (*range(200011, 200023), 200100)  # §4.2


def _kind(prepare: Any, *documented: int) -> Line:
    return Line(SEND, lambda given, made: given.gateway.custom.send(given.openid, made), documented, prepare)


def _from_mini(prepare: Any, *documented: int) -> Line:
    return Line(SEND, lambda given, made: given.mini.custom.send(given.visitor.openid, made), documented, prepare)


def _in_conversation(given: Given) -> None:
    """Two messages within a minute."""
    given.ask(given.visitor, "enter")


def _image(given: Given) -> custom.CustomImage:
    return custom.CustomImage(given.gateway.media.upload("image", "a.jpg", JPG))


def _voice(given: Given) -> custom.CustomVoice:
    return custom.CustomVoice(given.gateway.media.upload("voice", "a.amr", AMR))


def _video(given: Given) -> custom.CustomVideo:
    return custom.CustomVideo(given.gateway.media.upload("video", "a.mp4", MP4), given.thumb(), "片", "说明")


def _music(given: Given) -> custom.CustomMusic:
    return custom.CustomMusic("歌", "说明", "https://example.org/a.mp3", given.thumb())


def _news(_: Given) -> custom.CustomNews:
    return custom.CustomNews("停水通知", "明天", "https://example.org/n", "https://example.org/p")


def _choices(_: Given) -> custom.CustomMenu:
    return custom.CustomMenu("满意吗？", (("good", "满意"), ("bad", "不满意")), "谢谢")


def _page(given: Given) -> custom.CustomMiniProgram:
    return custom.CustomMiniProgram("报修", MINIPROGRAM.app_id, "pages/a", given.thumb())


def _own_page(given: Given) -> custom.CustomMiniProgram:
    _in_conversation(given)
    return custom.CustomMiniProgram("报修", "", "pages/a", given.mini.media.upload("image", "a.jpg", JPG))


def _link(given: Given) -> custom.CustomLink:
    _in_conversation(given)
    return custom.CustomLink("停水通知", "明天", "https://example.org/n", "https://example.org/p")


def _own_text(given: Given) -> CustomText:
    _in_conversation(given)
    return CustomText("您好")


def _own_image(given: Given) -> custom.CustomImage:
    _in_conversation(given)
    return custom.CustomImage(given.mini.media.upload("image", "a.jpg", JPG))


def send_one(given: Given, item: CustomSend) -> None:
    """A batch of one, with the outcome of a single call."""
    with given.gateway.sender.send_many([item], Limits(in_flight=1, per_second=0)) as batch:
        [outcome] = list(batch)
    if outcome.error:
        raise outcome.error


def _library_title(given: Given) -> tuple[int, list[int]]:
    """A title of the library, and two of its keywords that the account has not together yet."""
    title = given.mini.subscriptions.library([1402])[-1]
    return title.id, [each.id for each in given.mini.subscriptions.keywords(title.id)][-2:]


def _add_notice(given: Given, wished: tuple[int, list[int]]) -> str:
    made = given.mini.subscriptions.add(*wished, "通知")
    given.afterwards.callback(_forget, given.mini.subscriptions, made)
    return made


def _add_template(given: Given, _: object = None) -> str:
    made = given.gateway.templates.add("30101", ["活动名称", "活动时间"])
    given.afterwards.callback(_forget, given.gateway.templates, made)
    return made


def _forget(shelf: Subscriptions | Templates, template_id: str) -> None:
    """Unless the call under test has removed it."""
    if template_id in [each.id for each in shelf.all()]:
        shelf.remove(template_id)


LINES = {
    # §4.5, §3.6; each kind with what may be wrong with it
    "custom.send text": _kind(
        lambda _: CustomText("您好"), *OFFICIAL_JSON, *WINDOW, 45002, 43019, 48002, 50005, 61450, 61451
    ),
    "custom.send image": _kind(_image, *WINDOW),
    "custom.send voice": _kind(_voice, *WINDOW),
    "custom.send video": _kind(_video, *WINDOW),
    "custom.send music": _kind(_music, *WINDOW),
    "custom.send news": _kind(_news, *WINDOW, 45008),
    "custom.send article": _kind(lambda given: custom.CustomArticle(given.published()), *WINDOW, 53600),
    "custom.send menu": _kind(_choices, *WINDOW, 40200),
    "custom.send mini-program page": _kind(_page, *WINDOW, 40013),
    "custom.send mini-program's text": _from_mini(_own_text, *JSON, *WINDOW, 45002, 70000),
    "custom.send mini-program's image": _from_mini(_own_image, *WINDOW),
    "custom.send mini-program's page": _from_mini(_own_page, *WINDOW),
    "custom.send mini-program's link": _from_mini(_link, *WINDOW),
    "custom.typing": Line(
        "/cgi-bin/message/custom/typing",
        only(lambda given: given.gateway.custom.typing(given.openid)),
        (*OFFICIAL_JSON, *TYPING),
    ),
    "custom.typing cancel": Line(
        "/cgi-bin/message/custom/typing", only(lambda given: given.gateway.custom.typing(given.openid, False)), TYPING
    ),
    "custom.typing mini-program's": Line(
        "/cgi-bin/message/custom/business/typing",
        only(lambda given: given.mini.custom.typing(given.visitor.openid)),
        (*JSON, *TYPING),
        _in_conversation,
    ),
    # Not 45011 and its like: a batch waits for the next minute.
    "sender.send_many": Line(
        SEND,
        send_one,
        (-1, 40001, 40014, 42001, 40164, 45009, 48001, 50002, 47001, *WINDOW, 45002, 43019, 48002, 61450),
        lambda given: CustomSend(given.openid, CustomText("您好")),
    ),
    # §4.1
    "templates.send": Line(
        "/cgi-bin/message/template/send",
        lambda given, message: given.gateway.templates.send(message),
        (*OFFICIAL_JSON, 40003, 40008, 40013, 40036, 40037, 40039, 40249, 43004, 43019, 43116, 47003),
        lambda given: given.template_send(),
    ),
    "templates.all": Line(
        "/cgi-bin/template/get_all_private_template", only(lambda given: given.gateway.templates.all()), OFFICIAL
    ),
    "templates.add": Line("/cgi-bin/template/api_add_template", _add_template, (*OFFICIAL_JSON, 40246, 40247)),
    "templates.remove": Line(
        "/cgi-bin/template/del_private_template",
        lambda given, template_id: given.gateway.templates.remove(template_id),
        (*OFFICIAL_JSON, 40037),
        _add_template,
    ),
    "templates.industry": Line(
        "/cgi-bin/template/get_industry", only(lambda given: given.gateway.templates.industry()), OFFICIAL
    ),
    "templates.set_industry": Line(
        "/cgi-bin/template/api_set_industry",
        only(lambda given: given.gateway.templates.set_industry(1, 16)),
        OFFICIAL_JSON,
        lambda given: given.next_season(),
    ),
    "templates.blocked": Line(
        "/wxa/sec/queryblocktmplmsg", only(lambda given: given.gateway.templates.blocked("1")), OFFICIAL_JSON
    ),
    # §4.2, §4.3
    "subscriptions.send notice": Line(
        "/cgi-bin/message/subscribe/bizsend",
        lambda given, message: given.gateway.subscriptions.send(message),
        (*OFFICIAL_JSON, 40003, 40037, 41030, 43101, 43104, 43107, 43108, 43116, 45168, 47003),
        lambda given: given.notice_send(),
    ),
    "subscriptions.send mini-program's": Line(
        "/cgi-bin/message/subscribe/send",
        lambda given, message: given.mini.subscriptions.send(message),
        (*JSON, 40003, 40037, 41030, 43101, 43104, 43107, 43108, 43116, 45168, 47003),
        lambda given: given.subscribe_send(),
    ),
    "subscriptions.all": Line(
        "/wxaapi/newtmpl/gettemplate", only(lambda given: given.mini.subscriptions.all()), (*ANY, *LIBRARY)
    ),
    "subscriptions.categories": Line(
        "/wxaapi/newtmpl/getcategory", only(lambda given: given.mini.subscriptions.categories()), (*ANY, *LIBRARY)
    ),
    "subscriptions.library": Line(
        "/wxaapi/newtmpl/getpubtemplatetitles",
        only(lambda given: given.mini.subscriptions.library([1402])),
        (*ANY, *LIBRARY),
    ),
    "subscriptions.keywords": Line(
        "/wxaapi/newtmpl/getpubtemplatekeywords",
        only(lambda given: given.mini.subscriptions.keywords(30101)),
        (*ANY, *LIBRARY),
    ),
    "subscriptions.add": Line("/wxaapi/newtmpl/addtemplate", _add_notice, (*JSON, *LIBRARY), _library_title),
    "subscriptions.remove": Line(
        "/wxaapi/newtmpl/deltemplate",
        lambda given, template_id: given.mini.subscriptions.remove(template_id),
        (*JSON, *LIBRARY),
        lambda given: _add_notice(given, _library_title(given)),
    ),
}
