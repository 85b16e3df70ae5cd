"""What is said: to all alike, to one differently, and to nobody who has no key."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.errors import Misconfigured
from backend.outbox.messages import Message, seal, seal_data, unseal, unseal_data
from backend.privacy.cipher import FieldCipher

CIPHER = FieldCipher({"k1": bytes(range(32))})
TO_ALL = Message(
    "明天停水", {"title": "停水通知", "when": "明天"}, "pages/notice?id=1", "https://example.cn/n/1", "media"
)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
MESSAGES = st.builds(Message, WORDS, st.dictionaries(WORDS, WORDS, max_size=4), WORDS, WORDS, WORDS)
steady = settings(max_examples=100, derandomize=True, deadline=None)


def test_who_has_nothing_of_her_own_is_told_what_all_are_told() -> None:
    assert TO_ALL.with_data({}) == TO_ALL


def test_her_own_fields_join_those_of_all() -> None:
    told = TO_ALL.with_data({"fields": {"when": "后天", "name": "王小明"}})
    assert told.fields == {"title": "停水通知", "when": "后天", "name": "王小明"}
    assert TO_ALL.fields == {"title": "停水通知", "when": "明天"}


@pytest.mark.parametrize("name", ["words", "page", "url", "image"])
def test_whatever_else_is_her_own_takes_the_place_of_what_all_are_told(name: str) -> None:
    told = TO_ALL.with_data({name: "她的"})
    assert getattr(told, name) == "她的"
    others = {"words", "fields", "page", "url", "image"} - {name}
    assert all(getattr(told, other) == getattr(TO_ALL, other) for other in others)


def test_something_may_be_left_out_for_her() -> None:
    assert TO_ALL.with_data({"page": "", "image": ""}).page == ""


@steady
@given(MESSAGES)
def test_a_message_is_the_same_after_it_was_kept(message: Message) -> None:
    assert unseal(CIPHER, seal(CIPHER, message)) == message


@steady
@given(st.dictionaries(WORDS, WORDS | st.dictionaries(WORDS, WORDS, max_size=2), max_size=3))
def test_what_differs_is_the_same_after_it_was_kept(data: dict[str, object]) -> None:
    assert unseal_data(CIPHER, seal_data(CIPHER, data)) == data


def test_what_is_kept_tells_nobody_the_words_and_never_looks_the_same() -> None:
    kept = seal(CIPHER, TO_ALL), seal(CIPHER, TO_ALL)
    assert kept[0] != kept[1]
    assert not any(words in sealed for words in ("停水", "pages/notice", "media") for sealed in kept)


def test_a_damaged_message_is_not_told() -> None:
    sealed = seal(CIPHER, TO_ALL)
    at = len(sealed) // 2
    with pytest.raises(Misconfigured):
        unseal(CIPHER, sealed[:at] + ("A" if sealed[at] != "A" else "B") + sealed[at + 1 :])


def test_what_was_kept_for_another_purpose_is_not_told() -> None:
    with pytest.raises(Misconfigured):
        unseal(CIPHER, CIPHER.encrypt("{}", "account.token"))
