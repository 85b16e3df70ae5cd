"""Texts people agree to: the first ones come with the house, newer ones are published."""

from functools import partial

import pytest

from backend.consents import actions, queries
from backend.consents.rules import Current
from backend.consents.texts import FIRST
from backend.errors import InvalidInput
from backend.runtime import Runtime
from models.consents import ConsentText, Purpose
from tests.threads import at_once

pytestmark = pytest.mark.usefixtures("runtime")


@pytest.fixture(autouse=True)
def _first_texts(runtime: Runtime) -> None:
    actions.publish_first()


def test_every_purpose_has_a_text_that_says_it_can_be_taken_back() -> None:
    assert FIRST.keys() == set(Purpose)
    texts = queries.texts()
    assert [text.purpose for text in texts] == list(Purpose)
    assert [text.required for text in texts] == [purpose is Purpose.MEMBERSHIP for purpose in Purpose]
    assert [text.purpose for text in texts if "随时" not in text.body] == []


def test_the_first_texts_are_published_once_by_however_many_processes() -> None:
    ConsentText.delete().execute()
    at_once(*[actions.publish_first] * 6)
    assert ConsentText.select().count() == len(Purpose)
    assert queries.current() == {purpose: Current(purpose, 1, 1) for purpose in Purpose}


def test_a_text_of_ones_own_is_not_replaced_by_the_first() -> None:
    actions.publish(Purpose.UNIT, "门牌", "我们自己的说明")
    actions.publish_first()
    [text] = [each for each in queries.texts() if each.purpose is Purpose.UNIT]
    assert (text.version, text.title, text.body) == (2, "门牌", "我们自己的说明")


def test_versions_count_up_and_remember_since_when_they_ask_again() -> None:
    unit = Purpose.UNIT
    publish = partial(actions.publish, unit, "门牌", "说明")
    assert publish(asks_again=False) == 2
    assert queries.current()[unit] == Current(unit, 2, 1)
    assert publish(asks_again=True) == 3
    assert publish(asks_again=False) == 4
    assert queries.current()[unit] == Current(unit, 4, 3)
    assert queries.current()[Purpose.SKILLS] == Current(Purpose.SKILLS, 1, 1)


@pytest.mark.parametrize(("title", "body"), [("", "说明"), ("  ", "说明"), ("门牌", " "), ("长" * 65, "说明")])
def test_a_text_without_title_or_body_is_refused(title: str, body: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        actions.publish(Purpose.UNIT, title, body)
    assert caught.value.code == "text_invalid"
    assert queries.current()[Purpose.UNIT].version == 1


def test_two_who_publish_at_once_get_two_versions() -> None:
    versions = at_once(*[partial(actions.publish, Purpose.UNIT, "门牌", "说明")] * 5)
    assert sorted(versions) == [2, 3, 4, 5, 6]
