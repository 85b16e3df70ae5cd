"""What an account says by itself: the welcome and answers to words, from a draft to what everybody hears."""

from flask import Response, request

from backend.accounts.queries import Account
from backend.errors import HouseError, NotFound
from backend.permissions import EVERYWHERE, Action
from backend.replies import actions, queries, rules
from backend.replies.books import Answer, Replies
from backend.replies.texts import EDITABLE
from backend.web import problems
from console import chosen, desk, forms
from console.desk import Desk
from models.replies import BookKind

LIST = "/console/replies"
_KIND = BookKind.REPLIES


def show(here: Desk) -> Response:
    """Of the only account, or of the one that was chosen."""
    account = chosen.of_query(here)
    draft, now = queries.draft(here.actor, account.id, _KIND), queries.published(account.id, _KIND)
    book = queries.replies_of(draft or now)
    return here.page(
        "replies/show.html",
        title="自动回复",
        account=account,
        accounts=here.runtime.accounts.official(),
        editable=EDITABLE,
        book=book,
        draft=draft,
        changes=rules.changes(queries.replies_of(now), book) if draft else [],
        versions=queries.versions(here.actor, account.id, _KIND),
        may_publish=here.actor.may(Action.PUBLISH_REPLIES, EVERYWHERE),
    )


def text(here: Desk, app_id: str, key: str) -> Response:
    """One of the sentences that are delivered with the house, worded anew."""
    account = chosen.of_path(here, app_id)
    if key not in EDITABLE:
        raise NotFound("no_text", "没有这句话。")
    book, mark = _book(here, account)
    words = book.texts.get(key, EDITABLE[key].words)
    if request.method == "GET":
        return _ask_text(here, account, key, words, mark)
    words = forms.text("words", 2000).replace("\r\n", "\n")
    try:
        changed = Replies({**book.texts, key: words}, book.answers)
        actions.save_replies(here.actor, account, changed, forms.text("mark", 32))
    except HouseError as error:
        return _ask_text(here, account, key, words, forms.text("mark", 32), error)
    return _saved(here, account)


def _ask_text(
    here: Desk, account: Account, key: str, words: str, mark: str, error: HouseError | None = None
) -> Response:
    told = {"key": key, "editable": EDITABLE[key], "words": words, "mark": mark, "account": account}
    return _page(here, "replies/text.html", f"改：{EDITABLE[key].title}", error, **told)


def answer(here: Desk, app_id: str, number: int) -> Response:
    """The answer with this number, counted from 1; 0 is a new one."""
    account = chosen.of_path(here, app_id)
    book, mark = _book(here, account)
    if number > len(book.answers):
        raise NotFound("no_answer", "没有这条回复，可能别人刚刚删了。")
    if request.method == "GET":
        standing = book.answers[number - 1] if number else Answer((), "")
        return _ask_answer(here, account, number, standing, mark)
    given = Answer(tuple(forms.text("keywords", 300).split()), forms.text("says", 2000).replace("\r\n", "\n"))
    answers = list(book.answers)
    answers[number - 1 if number else len(answers) : number or len(answers)] = [given]
    try:
        actions.save_replies(here.actor, account, Replies(book.texts, tuple(answers)), forms.text("mark", 32))
    except HouseError as error:
        return _ask_answer(here, account, number, given, forms.text("mark", 32), error)
    return _saved(here, account)


def _ask_answer(
    here: Desk, account: Account, number: int, given: Answer, mark: str, error: HouseError | None = None
) -> Response:
    title = f"改：{'、'.join(given.words)}" if number else "新的关键词回复"
    return _page(here, "replies/answer.html", title, error, number=number, answer=given, mark=mark, account=account)


def remove(here: Desk, app_id: str, number: int) -> Response:
    account = chosen.of_path(here, app_id)
    book, _ = _book(here, account)
    if not 1 <= number <= len(book.answers):
        raise NotFound("no_answer", "没有这条回复，可能别人刚刚删了。")
    answers = book.answers[: number - 1] + book.answers[number:]
    actions.save_replies(here.actor, account, Replies(book.texts, answers), forms.text("mark", 32))
    here.say("已经从草稿里删掉，发布以后才不再回复。")
    return desk.go(_home(account))


def publish(here: Desk, app_id: str) -> Response:
    account = chosen.of_path(here, app_id)
    version = actions.publish(here.runtime.audit, here.actor, account, _KIND, forms.text("mark", 32))
    here.runtime.said.renew()
    undo = f"{LIST}/{account.app_id}/versions/{version - 1}" if version > 1 else ""
    here.say(f"第 {version} 版已经发布，几秒钟内生效。", undo=undo)
    return desk.go(_home(account))


def bring_back(here: Desk, app_id: str, number: int) -> Response:
    account = chosen.of_path(here, app_id)
    version = actions.bring_back(here.runtime.audit, here.actor, account, _KIND, number)
    here.runtime.said.renew()
    here.say(f"第 {number} 版的内容又生效了，记作第 {version} 版。")
    return desk.go(_home(account))


def throw_away(here: Desk, app_id: str) -> Response:
    account = chosen.of_path(here, app_id)
    actions.throw_away(here.actor, account, _KIND)
    here.say("草稿已经扔掉，现在说的话没有变。")
    return desk.go(_home(account))


def _book(here: Desk, account: Account) -> tuple[Replies, str]:
    """What an edit starts from, and the mark of its draft."""
    draft = queries.draft(here.actor, account.id, _KIND)
    return queries.replies_of(draft or queries.published(account.id, _KIND)), draft.mark if draft else ""


def _saved(here: Desk, account: Account) -> Response:
    here.say("存进草稿了，发布以后才会说。")
    return desk.go(_home(account))


def _page(here: Desk, template: str, title: str, error: HouseError | None, **context: object) -> Response:
    faults = [each.message for each in error.errors] or [error.sentence] if error else []
    status = problems.status_of(error) if error else 200
    return here.page(template, status, title=title, faults=faults, **context)


def _home(account: Account) -> str:
    return f"{LIST}?account={account.app_id}"
