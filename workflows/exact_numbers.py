"""Numbers with decimals that people state: 12.5 万元, 33.4 %, a score of 88.5.

Exact from the message to the hash, never floating point: in a log a whole number stands as a JSON number, as it
always did, and any other as text.
"""

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from workflows.model import wrong

PLACES = 4
"""Decimals at most."""
_WRITTEN = re.compile(rf"-?\d{{1,15}}(?:\.\d{{1,{PLACES}}})?")


def exact(given: Any) -> Decimal:
    """Return a number, or the text of one, as the decimal number that was written.

    Raises:
        PydanticCustomError: it is none, or has more than four decimals.
    """
    # A JSON parser makes 12.5 a float; the shortest text of that float is what was written, up to 15 digits.
    text = repr(given) if isinstance(given, float) else str(given)
    plain = text.removesuffix(".0")
    if isinstance(given, bool) or not isinstance(given, int | float | str | Decimal):
        raise _no_number()
    if not _WRITTEN.fullmatch(plain) or sum(map(str.isdigit, plain)) > _DIGITS:
        raise _no_number()
    return Decimal(as_json(Decimal(plain)))


def _no_number() -> PydanticCustomError:
    return wrong(
        f"is not a number with at most {PLACES} decimals and {_DIGITS} digits",
        f"应为数字，小数不超过 {PLACES} 位，总共不超过 {_DIGITS} 位",
    )


def as_json(number: Decimal | int) -> int | str:
    """Return a number as a log has it: whole ones as numbers, others as text without zeros at the end."""
    if number == int(number):
        return int(number)
    return f"{number:f}".rstrip("0")


def grouped(number: Decimal | int | str) -> str:
    """Return a number as people read it: 12,345.5."""
    return f"{Decimal(as_json(Decimal(number))):,}"


_DIGITS = 15
Exact = Annotated[Decimal, BeforeValidator(exact), PlainSerializer(as_json, when_used="json")]


def _from_0_to(most: int) -> Any:
    """The type of numbers up to `most`, a power of ten; its JSON Schema says both ways of writing one."""
    less, decimals = len(str(most)) - 1, rf"(\.\d{{1,{PLACES}}})?"
    pattern = rf"^(\d{{1,{less}}}{decimals}|{most}(\.0{{1,{PLACES}}})?)$"
    number = {"type": "number", "minimum": 0, "maximum": most}
    schema = {"anyOf": [number, {"type": "string", "pattern": pattern}]}
    return Field(ge=0, le=most), WithJsonSchema(schema)


Amount = Annotated[Exact, *_from_0_to(100_000_000)]
"""An amount in 万元."""
Percent = Annotated[Exact, *_from_0_to(100)]
Measure = Annotated[Exact, *_from_0_to(10**11)]
"""The value of an indicator."""
