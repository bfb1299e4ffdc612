"""What a parameter may be, in words: nobody reads a regular expression, or a library's own phrase."""

from collections.abc import Iterable
from typing import Any, get_args

from pydantic.fields import FieldInfo

from starter.plain_phrases import plain_english
from starter.service.near_choices import ask_near
from starter.value_names import values_listed, with_terms
from workflows.model import Identifier, OfficialNumber, problem_in
from workflows.words import Words

_FORMS: dict[str, Words] = {}
_CHOICES: dict[str, tuple[str, ...]] = {}
_BY_TYPE = {
    "int_parsing": Words("should be a whole number", "应为整数"),
    "bool_parsing": Words("should be true or false", "应为 true 或 false"),
    "greater_than_equal": Words("at least {ge}", "不得小于 {ge}"),
    "less_than_equal": Words("at most {le}", "不得大于 {le}"),
    "string_too_long": Words("at most {max_length} characters", "最多 {max_length} 字"),
    "string_too_short": Words("must not be empty", "不能为空"),
    "missing": Words("is missing", "缺少此项"),
}


def in_words(pattern: str, form: Words, choices: Iterable[str] = ()) -> str:
    """Note what is said where a value does not match a pattern; the pattern, to be given to its parameter.

    `choices`: the only values that match, alone or between commas.
    """
    _FORMS[pattern], _CHOICES[pattern] = form, tuple(map(str, choices))
    return pattern


def pattern_of(annotated: Any) -> str:
    """The pattern of a model's text type."""
    found = [one for one in get_args(annotated) if isinstance(one, FieldInfo)]
    return next(
        str(one.pattern) for info in found for one in info.metadata if hasattr(one, "pattern")
    )


def wrong_parameter(error: Any) -> tuple[str, Words]:
    """One of pydantic's errors about a parameter: its name, and what it may be."""
    field, why = problem_in({**error, "loc": error["loc"][1:] or error["loc"]})
    context = error.get("ctx", {})
    form = _FORMS.get(context.get("pattern", "")) or _BY_TYPE.get(error["type"])
    if form:
        why = Words(form.en.format(**context), form.zh.format(**context))
    choices = _CHOICES.get(context.get("pattern", "")) or values_listed(why.zh)
    why, said = in_plain_words(why), error.get("input")
    return field, ask_near(why, said, choices) if isinstance(said, str) else why


def in_plain_words(why: Words) -> Words:
    """The same without a library's phrase, and the choices of its Chinese by their terms."""
    return Words(plain_english(why.en), with_terms(why.zh))


in_words(
    pattern_of(OfficialNumber),
    Words(
        "write Chinese characters, letters, digits, 〔〕, ., _ and -; at most 64",
        "应为汉字、字母、数字、〔〕、.、_、-，最多 64 个",
    ),
)
in_words(
    pattern_of(Identifier),
    Words(
        "write letters, digits, ., _ and -; a letter or digit first; at most 64",
        "应为字母、数字、.、_、-，以字母或数字开头，最多 64 个",
    ),
)
