"""What makes the credentials of an account acceptable (protocol sheet §1.1). Pure."""

import re

from backend.errors import FieldError
from backend.settings import AccountSettings

_FORMS = {
    "app_id": (r"wx[0-9A-Za-z]{6,62}", "以 wx 开头的 AppID"),
    "app_secret": (r"\S{16,128}", "公众平台给出的 AppSecret"),
    "token": (r"[0-9A-Za-z]{3,32}", "3 到 32 个字母或数字"),
    "aes_key": (r"[0-9A-Za-z]{43}", "43 个字母或数字的 EncodingAESKey"),
    "previous_aes_key": (r"(?:[0-9A-Za-z]{43})?", "43 个字母或数字，或者留空"),
}


def faults(account: AccountSettings) -> list[FieldError]:
    """One sentence for each credential that the platform would not accept."""
    return [
        FieldError(name, f"{account.kind.upper()}_{name.upper()} 应为{meaning}。")
        for name, (form, meaning) in _FORMS.items()
        if not re.fullmatch(form, getattr(account, name))
    ]
