"""A field opens only with its key and for its column, and says what is missing when it does not."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.errors import Misconfigured
from backend.privacy.cipher import NONCE, FieldCipher

OLD, NEW = bytes(range(32)), bytes(range(1, 33))
CIPHER = FieldCipher({"k1": OLD})


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=80))
def test_any_text_comes_back_and_is_not_seen_in_between(text: str) -> None:
    stored = CIPHER.encrypt(text, "member.phone")
    assert CIPHER.decrypt(stored, "member.phone") == text
    assert stored.isascii()
    assert len(text) < 4 or text not in stored


def test_the_same_text_is_stored_differently_each_time() -> None:
    assert len({CIPHER.encrypt("13800000000", "member.phone") for _ in range(50)}) == 50


def test_a_field_does_not_open_for_another_column() -> None:
    stored = CIPHER.encrypt("13800000000", "member.phone")
    with pytest.raises(Misconfigured, match="k1"):
        CIPHER.decrypt(stored, "member.address")


def test_the_first_key_encrypts_and_the_others_only_read() -> None:
    earlier = CIPHER.encrypt("early", "p")
    rotated = FieldCipher({"k2": NEW, "k1": OLD})
    assert rotated.decrypt(earlier, "p") == "early"
    later = rotated.encrypt("late", "p")
    assert later.startswith("k2:")
    assert FieldCipher({"k2": NEW}).decrypt(later, "p") == "late"


def test_a_missing_key_is_named_with_the_setting() -> None:
    stored = CIPHER.encrypt("text", "p")
    with pytest.raises(Misconfigured, match=r"TONGXIN_DATA_KEYS.*「k1」"):
        FieldCipher({"k2": NEW}).decrypt(stored, "p")


def test_another_key_of_the_same_name_is_told_apart() -> None:
    stored = CIPHER.encrypt("text", "p")
    with pytest.raises(Misconfigured, match="打不开"):
        FieldCipher({"k1": NEW}).decrypt(stored, "p")


def test_any_changed_bit_is_noticed() -> None:
    raw = bytearray(base64.b64decode(CIPHER.encrypt("text", "p").partition(":")[2]))
    assert len(raw) == NONCE + len(b"text") + 16
    for place in range(len(raw)):
        changed = bytes([*raw[:place], raw[place] ^ 1, *raw[place + 1 :]])
        with pytest.raises(Misconfigured):
            CIPHER.decrypt(f"k1:{base64.b64encode(changed).decode()}", "p")


@pytest.mark.parametrize("stored", ["", "plain text", "k1", "k1:", "k1:AAAA", "k1:not base64", "k1:QQ", "k1:密文"])
def test_what_is_no_ciphertext_is_refused_with_a_sentence(stored: str) -> None:
    with pytest.raises(Misconfigured):
        CIPHER.decrypt(stored, "p")


def test_a_cipher_does_not_show_its_keys() -> None:
    assert "\\x01\\x02" not in repr(CIPHER)


@given(st.binary(max_size=80))
def test_any_bytes_come_back_and_are_not_seen_in_between(data: bytes) -> None:
    stored = CIPHER.seal(data, "claim")
    assert CIPHER.unseal(stored, "claim") == data
    assert len(stored) == len(b"k1:") + NONCE + len(data) + 16
    assert len(data) < 4 or data not in stored


@pytest.mark.parametrize("spoil", [b"k2:", b"", b"\xff:"], ids=["another key", "no key", "no name"])
def test_sealed_bytes_say_which_key_is_missing(spoil: bytes) -> None:
    stored = CIPHER.seal(b"data", "claim").replace(b"k1:", spoil, 1)
    with pytest.raises(Misconfigured, match="TONGXIN_DATA_KEYS"):
        CIPHER.unseal(stored, "claim")


def test_sealed_bytes_do_not_open_for_another_purpose_nor_when_changed() -> None:
    stored = CIPHER.seal(b"data", "claim")
    for purpose, changed in (("other", stored), ("claim", stored[:-1] + bytes([stored[-1] ^ 1])), ("claim", b"k1:")):
        with pytest.raises(Misconfigured, match="打不开"):
            CIPHER.unseal(changed, purpose)
