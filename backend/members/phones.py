"""Telephone numbers: one form for each, and how it is shown. Pure.

A number is stored as E.164, such as +8613800138000.
"""

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType

from backend.errors import InvalidInput

HOME = "CN"
_MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


def normal(number: str, country_code: str = "") -> str:
    """`country_code` as the platform tells it, without a plus. Raises InvalidInput for what is no mobile number."""
    written = f"+{country_code}{number}" if country_code else number
    try:
        parsed = phonenumbers.parse(written, HOME)
    except NumberParseException as error:
        raise _refused() from error
    if phonenumbers.number_type(parsed) not in _MOBILE:
        raise _refused()
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _refused() -> InvalidInput:
    return InvalidInput("phone_invalid", "这不是手机号，请检查后再填。")


def shown(number: str) -> str:
    """As people here write it: without +86."""
    return number.removeprefix("+86")


def masked(number: str) -> str:
    """Three digits and two: 138******00."""
    plain = shown(number)
    return f"{plain[:3]}{'*' * (len(plain) - 5)}{plain[-2:]}"
