"""Unified social credit codes 统一社会信用代码 (GB 32100-2015): 18 characters, the last a check."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from workflows.model import wrong

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""Digits and capital letters without I, O, S, V and Z; a character's place is its value."""
_FORM = re.compile(f"[{_ALPHABET}]{{2}}[0-9]{{6}}[{_ALPHABET}]{{10}}")
_WEIGHTS = tuple(3**place % 31 for place in range(17))


def check_character(code: str) -> str:
    """Return the check character of the first 17 characters of a code.

    Raises:
        ValueError: a character does not belong to the alphabet.
    """
    total = sum(_ALPHABET.index(one) * weight for one, weight in zip(code, _WEIGHTS, strict=False))
    return _ALPHABET[-total % 31]


def _checked(code: str) -> str:
    if not _FORM.fullmatch(code):
        raise wrong(
            f"{code} is no unified social credit code: digits and capital letters, without I, O, S, V and"
            " Z, the third to the eighth are digits (GB 32100)",
            f"{code} 不是有效的统一社会信用代码：应为数字和大写字母（不含 I、O、S、V、Z），"
            "第 3 至 8 位为数字（GB 32100）",
        )
    if check_character(code[:17]) != code[17]:
        raise wrong(
            f"{code} is no unified social credit code: its check character is wrong (GB 32100)",
            f"{code} 不是有效的统一社会信用代码：校验码不符（GB 32100）",
        )
    return code


def is_none(code: str | None) -> bool:
    """Whether a field holds no code: it is left out then, so that a worker of before reads the message."""
    return code is None


CreditCode = Annotated[str, Field(min_length=18, max_length=18), AfterValidator(_checked)]
