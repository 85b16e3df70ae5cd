"""Envelopes open only for the platform and close so that the platform can open them; its own vectors prove it."""

import base64
import os

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from wechatpy.crypto import WeChatCrypto

from backend.wechat.pushes import documents, envelope, reading
from backend.wechat.pushes.envelope import EnvelopeError, Keys, Stamp
from backend.wechat.pushes.messages import Unknown

KEYS = Keys("wxba5fad812f8e6fb9", "AAAAA", "A" * 43)
OTHER_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
NOW = 1714112445

# Protocol sheet §1.5, vector 3
PUSHED = (
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR8X"
    "GT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIj"
    "df8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04="
)
PUSHED_STAMP = Stamp(
    "6c5c811b55cc85e0e1b54100749188c20beb3f5d",
    "1714112445",
    "415670741",
    "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3",
)
PUSHED_MESSAGE = (
    b'{"ToUserName":"gh_97417a04a28d","FromUserName":"o9AgO5Kd5ggOC-bXrbNODIiE3bGY","CreateTime":1714112445,'
    b'"MsgType":"event","Event":"debug_demo","debug_str":"hello world"}'
)


def _stamp(encrypted: str, keys: Keys = KEYS, timestamp: str = str(NOW)) -> Stamp:
    return Stamp("", timestamp, "n", envelope.sign(keys.token, timestamp, "n", encrypted))


def _open(encrypted: str, keys: Keys = KEYS, now: float = NOW) -> bytes:
    return envelope.open_sealed(encrypted, _stamp(encrypted, keys), keys, now)


def _encrypt(block: bytes, aes_key: str = KEYS.aes_key) -> str:
    """A block as it is, whatever it holds: for what no honest sender seals."""
    key = base64.b64decode(aes_key + "=")
    cipher = Cipher(AES(key), CBC(key[:16])).encryptor()
    return base64.b64encode(cipher.update(block) + cipher.finalize()).decode()


def _block(message: bytes, app_id: str = KEYS.app_id, length: int | None = None) -> bytes:
    size = len(message) if length is None else length
    block = os.urandom(16) + size.to_bytes(4) + message + app_id.encode()
    pad = 32 - len(block) % 32
    return block + bytes([pad]) * pad


@pytest.mark.parametrize(
    ("token", "timestamp", "nonce", "signature"),
    [
        ("AAAAA", "1714036504", "1514711492", "f464b24fc39322e44b38aa78f5edd27bd1441696"),  # vector 1
        ("AAAAA", "1714037059", "486452656", "899cf89e464efb63f54ddac96b0a0a235f53aa78"),  # vector 2
        ("AAAAA", "1714112445", "415670741", "6c5c811b55cc85e0e1b54100749188c20beb3f5d"),  # vector 3
        ("test", "1410685589", "test", "f21891de399b4e33a1a93c9a7b8a8fffb5a443ff"),  # vector 5
    ],
)
def test_a_stamp_of_the_platform_is_accepted_and_any_other_refused(
    token: str, timestamp: str, nonce: str, signature: str
) -> None:
    now = int(timestamp)
    envelope.check_stamp(Stamp(signature, timestamp, nonce), token, now)
    changed = signature[:-1] + ("0" if signature[-1] != "0" else "1")
    for stamp in (
        Stamp(changed, timestamp, nonce),
        Stamp("", timestamp, nonce),
        Stamp(signature.upper(), timestamp, nonce),
        Stamp("签名", timestamp, nonce),
        Stamp(signature, str(now + 1), nonce),
        Stamp(signature, timestamp, nonce + "1"),
    ):
        with pytest.raises(EnvelopeError, match="signature differs") as refused:
            envelope.check_stamp(stamp, token, now)
        assert refused.value.status == 403


@pytest.mark.parametrize(("seconds", "fresh"), [(0, True), (600, True), (-600, True), (601, False), (-601, False)])
def test_a_stamp_is_good_for_ten_minutes(seconds: int, fresh: bool) -> None:
    stamp = Stamp("6c5c811b55cc85e0e1b54100749188c20beb3f5d", "1714112445", "415670741")
    if fresh:
        envelope.check_stamp(stamp, "AAAAA", NOW + seconds)
        return
    with pytest.raises(EnvelopeError, match="stale"):
        envelope.check_stamp(stamp, "AAAAA", NOW + seconds)


@pytest.mark.parametrize(
    "timestamp", ["", "-1", "1e9", " 1714112445", "１７１４１１２４４５", "²", "9" * 13, "9" * 5000, "0x1"]
)
def test_what_is_no_timestamp_is_refused(timestamp: str) -> None:
    stamp = Stamp(envelope.sign("AAAAA", timestamp, "n"), timestamp, "n")
    with pytest.raises(EnvelopeError) as refused:
        envelope.check_stamp(stamp, "AAAAA", NOW)
    assert refused.value.status == 403


def test_the_official_push_opens_and_is_read() -> None:
    """Vector 3: its padding of 19 is impossible for a decoder with AES's own block of 16."""
    message = envelope.open_sealed(PUSHED, PUSHED_STAMP, KEYS, NOW)
    assert message == PUSHED_MESSAGE
    fields, form = documents.read(message)
    read = reading.read(fields)
    assert form == "json"
    assert isinstance(read, Unknown)
    assert (read.kind, read.openid, read.to) == ("debug_demo", "o9AgO5Kd5ggOC-bXrbNODIiE3bGY", "gh_97417a04a28d")
    assert read.at.timestamp() == NOW


def test_the_official_answer_is_sealed_to_the_byte() -> None:
    """Vector 4."""
    sealed = envelope.seal(b'{"demo_resp":"good luck"}', KEYS, 1713424427, "415670741", b"707722b803182950")
    expected = "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="
    assert sealed.encrypt == expected
    assert sealed.signature == "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1"
    assert (sealed.timestamp, sealed.nonce) == ("1713424427", "415670741")


def test_a_stale_push_is_refused_before_it_is_opened() -> None:
    with pytest.raises(EnvelopeError, match="stale") as refused:
        envelope.open_sealed(PUSHED, PUSHED_STAMP, KEYS, NOW + 601)
    assert refused.value.status == 403


def test_a_push_with_one_changed_character_is_refused_as_not_the_platforms() -> None:
    for changed in (PUSHED.replace("+qdx", "+qdy"), PUSHED[:-4], ""):
        with pytest.raises(EnvelopeError, match="signature differs") as refused:
            envelope.open_sealed(changed, PUSHED_STAMP, KEYS, NOW)
        assert refused.value.status == 403


def test_the_plain_signature_does_not_open_a_sealed_push() -> None:
    stamp = Stamp(PUSHED_STAMP.signature, PUSHED_STAMP.timestamp, PUSHED_STAMP.nonce, PUSHED_STAMP.signature)
    with pytest.raises(EnvelopeError, match="signature differs"):
        envelope.open_sealed(PUSHED, stamp, KEYS, NOW)


def test_every_padding_from_1_to_32_opens() -> None:
    fixed = 16 + 4 + len(KEYS.app_id)
    pads = set()
    for size in range(64):
        message = b"m" * size
        pads.add(32 - (fixed + size) % 32)
        assert _open(envelope.seal(message, KEYS, NOW, "n").encrypt) == message
    assert pads == set(range(1, 33))


@pytest.mark.parametrize("pad", [0, 33, 64, 255])
def test_a_padding_outside_1_to_32_is_refused(pad: int) -> None:
    block = _block(b"message")[:-1] + bytes([pad])
    with pytest.raises(EnvelopeError, match="no key opens it") as refused:
        _open(_encrypt(block))
    assert refused.value.status == 400


def test_a_padding_that_is_not_all_alike_is_refused() -> None:
    block = bytearray(_block(b"message"))
    assert block[-1] > 2
    block[-2] ^= 1
    with pytest.raises(EnvelopeError, match="no key opens it"):
        _open(_encrypt(bytes(block)))


@pytest.mark.parametrize("length", [8, 6, 0, 1000, 0xFFFFFFFF])
def test_a_length_that_is_not_the_messages_is_refused(length: int) -> None:
    with pytest.raises(EnvelopeError, match="no key opens it"):
        _open(_encrypt(_block(b"message", length=length)))


@pytest.mark.parametrize(
    "app_id", ["", "wxba5fad812f8e6fb8", "wxba5fad812f8e6fb", "wxba5fad812f8e6fb9x", "xwxba5fad812f8e6fb9"]
)
def test_a_message_for_another_account_is_refused(app_id: str) -> None:
    with pytest.raises(EnvelopeError, match="no key opens it"):
        _open(_encrypt(_block(b"message", app_id)))


@pytest.mark.parametrize("size", [16, 32])
def test_a_block_too_short_for_anything_is_refused(size: int) -> None:
    for filling in (b"\x01", b"\x10", b"\x20", b"\x00"):
        with pytest.raises(EnvelopeError) as refused:
            _open(_encrypt(filling * size))
        assert refused.value.status == 400


@pytest.mark.parametrize("encrypted", ["", "====", "not base64!", "密文", "QUFB", "A" * 24, "AAAA\n" * 10])
def test_what_is_no_whole_block_in_base64_is_refused(encrypted: str) -> None:
    with pytest.raises(EnvelopeError) as refused:
        _open(encrypted)
    assert refused.value.status == 400


def test_during_a_rotation_both_keys_open_and_only_the_new_one_seals() -> None:
    old = Keys(KEYS.app_id, KEYS.token, OTHER_KEY)
    rotating = Keys(KEYS.app_id, KEYS.token, KEYS.aes_key, previous_aes_key=OTHER_KEY)
    assert _open(envelope.seal(b"with the old key", old, NOW, "n").encrypt, rotating) == b"with the old key"
    assert _open(envelope.seal(b"with the new key", KEYS, NOW, "n").encrypt, rotating) == b"with the new key"
    answer = envelope.seal(b"answer", rotating, NOW, "n").encrypt
    assert _open(answer, KEYS) == b"answer"
    with pytest.raises(EnvelopeError, match="no key opens it"):
        _open(answer, old)


def test_after_a_rotation_the_old_key_opens_nothing() -> None:
    old = Keys(KEYS.app_id, KEYS.token, OTHER_KEY)
    with pytest.raises(EnvelopeError, match="no key opens it"):
        _open(envelope.seal(b"late", old, NOW, "n").encrypt)


def test_the_same_answer_is_sealed_differently_each_time() -> None:
    sealed = {envelope.seal(b"answer", KEYS, NOW, "n").encrypt for _ in range(20)}
    assert len(sealed) == 20


def test_keys_do_not_show_their_secrets() -> None:
    assert "AAAAA" not in repr(KEYS)


@pytest.mark.parametrize("aes_key", [KEYS.aes_key, OTHER_KEY])
def test_wechatpy_opens_what_we_seal_and_we_open_what_it_seals(aes_key: str) -> None:
    keys = Keys(KEYS.app_id, KEYS.token, aes_key)
    other = WeChatCrypto(keys.token, keys.aes_key, keys.app_id)
    for size in range(301):
        text = "云" * (size // 3) + "x" * (size % 3)
        sealed = envelope.seal(text.encode(), keys, NOW, "nonce")
        pushed = {"Encrypt": sealed.encrypt}
        assert other.decrypt_message(pushed, sealed.signature, sealed.timestamp, sealed.nonce) == text
        theirs, _ = documents.read(other.encrypt_message(text, "n", str(NOW)).encode())
        stamp = Stamp("", theirs["TimeStamp"], theirs["Nonce"], theirs["MsgSignature"])
        assert envelope.open_sealed(theirs["Encrypt"], stamp, keys, NOW) == text.encode()
