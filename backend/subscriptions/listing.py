"""What an operator is shown before she binds: the platform's templates, their keywords, and what each is used for."""

from collections.abc import Iterable, Iterator, Sequence

from backend.subscriptions.queries import Binding
from backend.subscriptions.rules import Offer
from models.subscriptions import TemplateTerm

_TERMS = {TemplateTerm.NONE: "模板消息", TemplateTerm.ONE_OFF: "一次性订阅", TemplateTerm.LONG: "长期订阅"}


def lines(offers: Sequence[Offer], bound: Sequence[Binding]) -> Iterator[str]:
    for offer in offers:
        yield f"{offer.id}  {offer.title}（{_TERMS[offer.term]}，{offer.channel}）"
        yield from (f"    {line.strip()}" for line in offer.content.splitlines() if line.strip())
        yield from _uses(one for one in bound if (one.channel, one.template_id) == (offer.channel, offer.id))
    held = {(offer.channel, offer.id) for offer in offers}
    for one in bound:
        if (one.channel, one.template_id) not in held:
            yield f"{one.template_id}  微信上已经没有这个模板（{one.channel}）"
            yield from _uses([one])


def _uses(bound: Iterable[Binding]) -> Iterator[str]:
    for one in bound:
        pairs = " ".join(f"{keyword}={name}" for keyword, name in one.fields.items())
        yield f"    已绑定：{one.kind} {pairs}"
