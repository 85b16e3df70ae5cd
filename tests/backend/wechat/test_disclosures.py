"""What a page hands on about a person is believed only when it is the platform's, of this session, for this account."""

import base64
import json
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES128
from cryptography.hazmat.primitives.ciphers.modes import CBC
from wechatpy.crypto import WeChatWxaCrypto

from backend.wechat.disclosures import NotGenuine, open_sealed, open_signed

# Protocol sheet §9.2, vector (a)
SIGNED_KEY = "HyVFkGl5F5OQWJZZaNzBBg=="
RAW = (
    '{"nickName":"Band","gender":1,"language":"zh_CN","city":"Guangzhou","province":"Guangdong","country":"CN",'
    '"avatarUrl":"http://wx.qlogo.cn/mmopen/vi_32/1vZvI39NWFQ9XM4LtQpFrQJ1xlgZxx3w7bQxKARol6503Iuswjjn6nIGBiaycAjAtpujxy'
    'zYsrztuuICqIM5ibXQ/0"}'
)
SIGNATURE = "75e81ceda165f4ffa64f4068af58c64b8f54b88c"

# Protocol sheet §9.2, vector (b)
APP_ID, KEY, IV = "wx4f4bc4dec97d474b", "tiihtNczf5v6AKRyjwEUhQ==", "r7BXXKkLb8qrSNn05n0qiA=="
SEALED = (
    "CiyLU1Aw2KjvrjMdj8YKliAjtP4gsMZMQmRzooG2xrDcvSnxIMXFufNstNGTyaGS9uT5geRa0W4oTOb1WT7fJlAC+oNPdbB+3hVbJSRgv+4lGOETKU"
    "Qz6OYStslQ142dNCuabNPGBzlooOmB231qMM85d2/fV6ChevvXvQP8Hkue1poOFtnEtpyxVLW1zAo6/1Xx1COxFvrc2d7UL/lmHInNlxuacJXwu0fj"
    "pXfz/YqYzBIBzD6WUfTIF9GRHpOn/Hz7saL8xz+W//FRAUid1OksQaQx4CMs8LOddcQhULW4ucetDf96JcR3g0gfRK4PC7E/r7Z6xNrXd2UIeorGj5"
    "Ef7b1pJAYB6Y5anaHqZ9J6nKEBvB4DnNLIVWSgARns/8wR2SiRS7MNACwTyrGvt9ts8p12PKFdlqYTopNHR1Vf7XjfhQlVsAJdNiKdYmYVoKlaRv85"
    "IfVunYzO0IKXsyl7JCUjCpoG20f0a04COwfneQAGGwd5oa+T8yO5hzuyDb/XcxxmK01EpqOyuxINew=="
)
SEALED_AT = 1477314187


def test_the_platforms_own_vector_of_signed_data_opens() -> None:
    assert open_signed(RAW, SIGNATURE, SIGNED_KEY)["nickName"] == "Band"


@pytest.mark.parametrize(
    ("raw", "signature", "key"),
    [
        (RAW.replace("Band", "Bond"), SIGNATURE, SIGNED_KEY),
        (RAW, SIGNATURE.upper(), SIGNED_KEY),
        (RAW, "", SIGNED_KEY),
        (RAW, "签名", SIGNED_KEY),
        (RAW, SIGNATURE, KEY),
    ],
)
def test_signed_data_that_were_touched_are_refused(raw: str, signature: str, key: str) -> None:
    with pytest.raises(NotGenuine, match="disclosure_refused"):
        open_signed(raw, signature, key)


def test_the_platforms_own_vector_of_sealed_data_opens() -> None:
    told = open_sealed(SEALED, IV, KEY, APP_ID, SEALED_AT + 60)
    assert (told["openId"], told["nickName"]) == ("oGZUI0egBJY1zhBYw2KhdUfwVJJE", "Band")
    assert told == WeChatWxaCrypto(KEY, IV, APP_ID).decrypt_message(SEALED), "an independent reader agrees"


def _broken(data: str) -> str:
    sealed = bytearray(base64.b64decode(data))
    sealed[-1] ^= 1
    return base64.b64encode(bytes(sealed)).decode()


@pytest.mark.parametrize(
    "arguments",
    [
        lambda: (SEALED, IV, KEY, "wx0000000000000000", SEALED_AT),
        lambda: (SEALED, IV, SIGNED_KEY, APP_ID, SEALED_AT),
        lambda: (SEALED, KEY, KEY, APP_ID, SEALED_AT),
        lambda: (_broken(SEALED), IV, KEY, APP_ID, SEALED_AT),
        lambda: (SEALED[:-4], IV, KEY, APP_ID, SEALED_AT),
        lambda: ("不是", IV, KEY, APP_ID, SEALED_AT),
        lambda: ("", IV, KEY, APP_ID, SEALED_AT),
        lambda: (SEALED, "", KEY, APP_ID, SEALED_AT),
        lambda: (SEALED, IV, base64.b64encode(bytes(32)).decode(), APP_ID, SEALED_AT),
        lambda: (SEALED, IV, KEY, APP_ID, SEALED_AT + 601),
        lambda: (SEALED, IV, KEY, APP_ID, SEALED_AT - 601),
    ],
)
def test_sealed_data_that_are_not_ours_not_whole_or_too_old_are_refused(
    arguments: Callable[[], tuple[str, str, str, str, float]],
) -> None:
    with pytest.raises(NotGenuine):
        open_sealed(*arguments())


@pytest.mark.parametrize("told", [[], 1, {}, {"watermark": None}, {"watermark": {"appid": APP_ID}}])
def test_what_the_platform_would_never_seal_is_refused(told: object) -> None:
    with pytest.raises(NotGenuine):
        open_sealed(_seal(told), IV, KEY, APP_ID, SEALED_AT)


def _seal(told: object) -> str:
    text = json.dumps(told).encode()
    pad = 16 - len(text) % 16
    cipher = Cipher(AES128(base64.b64decode(KEY)), CBC(base64.b64decode(IV))).encryptor()
    return base64.b64encode(cipher.update(text + bytes([pad]) * pad)).decode()
