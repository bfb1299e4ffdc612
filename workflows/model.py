"""What every message shares: strict, frozen, bounded, with a clear error for each field that does not fit."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache, cached_property
from types import NoneType, UnionType
from typing import Annotated, Any, ClassVar, NamedTuple, Self, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, ValidationError
from pydantic_core import PydanticCustomError

from workflows.name_comparison import says_something, seen
from workflows.words import Words, listed

MAX_MESSAGE_BYTES = 512 * 1024
"""No message may be larger (bytes of JSON): Temporal refuses at 2 MB, we answer long before."""
MAX_RECORD_BYTES = 700_000
"""Nor may the decisions that a case carries from run to run, for the same reason: with its application
and the refusals that it keeps they stay below 2 MB."""
MAX_TERM_BYTES = 9 * MAX_RECORD_BYTES
"""What a platform may decide in a term (bytes), since the release after 0.4.0: about 5,000 entries. What the
register has of it goes on by reference; so `MAX_RECORD_BYTES` bounds what the register does not have yet."""

WHOLE = "(all)"
"""In place of a field's name, where no field alone is wrong."""

Identifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
"""1 to 64 letters, digits, dots, dashes and underscores: safe in ids, file names and URLs."""
OfficialNumber = Annotated[
    str, Field(pattern="^[A-Za-z0-9\u4e00-\u9fff][A-Za-z0-9\u4e00-\u9fff〔〕._-]{0,63}$")
]
"""The number of a document, as 京科发〔2024〕12号 or 2024-1: years in 〔〕 (GB/T 9704), no slash, no space."""
DecisionId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$")]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Remark = Annotated[str, Field(min_length=1, max_length=1_000)]
Text = Annotated[str, Field(min_length=1, max_length=5_000)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2199, 12, 31))]
"""A day that a decision may name; beyond, calendars and periods make no sense."""


def instant(at: datetime) -> str:
    """Write a moment in one fixed form (UTC, microseconds, Z), so that a hash never depends on a library."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


Instant = Annotated[datetime, PlainSerializer(instant, return_type=str, when_used="json")]


# pydantic builds a model when it is first used: a command builds the few that it uses. A worker builds all.
class Message(BaseModel):
    """Sent from outside: unknown fields are refused, so that a typing mistake is never ignored."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, defer_build=True, str_strip_whitespace=True
    )

    typed_by_people: ClassVar[bool] = True
    """Whether people write its texts, which then must say something: no signature's are written by anybody."""


class Record(BaseModel):
    """Written by ourselves: unknown fields are ignored, so that older code reads newer records."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, defer_build=True)


class SentOnce(BaseModel):
    """What is written again and again while it is judged, sealed or sent: it is written once."""

    @cached_property
    def sent(self) -> dict[str, Any]:
        """What was sent, as `as_sent` writes it; nobody changes it."""
        return as_sent(self)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Copy the fields only: a copy that says something else is sent otherwise."""
        copied = super().model_copy(update=update, deep=deep)
        copied.__dict__.pop("sent", None)
        return copied


def build_models() -> None:
    """Build all models that are loaded, as a worker does before its workflows run, and not in their tasks."""
    waiting: list[type[BaseModel]] = [Message, Record]
    while waiting:
        model = waiting.pop()
        model.model_rebuild()
        waiting += model.__subclasses__()


class FieldError(NamedTuple):
    """A field that does not fit, and why; without a name: the whole message."""

    field: str
    words: Words


class InvalidMessage(ValueError):
    """A message does not fit its model: `words` say which fields, and why."""

    def __init__(self, what: str, *problems: FieldError) -> None:
        self.what = what
        self.problems = problems
        named = ((Words.same(field), why) for field, why in problems)
        self.words = complaint(Words.same(what), named)
        super().__init__(self.words.en)


def complaint(what: Words, problems: Iterable[tuple[Words, Words]]) -> Words:
    """Return what is wrong with a message: each field by its name, and why; without a name: why alone."""
    listed = [why.at(name) if name.en else why for name, why in problems]
    return Words("; ".join(why.en for why in listed), "；".join(why.zh for why in listed)).at(what)


def invalid(what: str, field: str, en: str, zh: str) -> InvalidMessage:
    """Return the error of a message in which one field does not fit."""
    return InvalidMessage(what, FieldError(field, Words(en, zh)))


NO_OBJECT = FieldError(WHOLE, Words("is not a JSON object", "不是 JSON 对象"))


def wrong(en: str, zh: str) -> PydanticCustomError:
    """What a validator raises when a message makes no sense, in English and Chinese."""
    return PydanticCustomError("makes_no_sense", "{en}", {"en": en, "zh": zh})


_CHINESE = {
    "makes_no_sense": "{zh}",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "string_type": "应为文字",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "date_type": "应为日期（YYYY-MM-DD）",
    "model_type": "应为对象",
    "model_attributes_type": "应为对象",
    "dict_type": "应为对象",
    "tuple_type": "应为列表",
    "missing": "缺少此项",
    "extra_forbidden": "没有此字段",
    "string_too_long": "太长，最多 {max_length} 字",
    "string_too_short": "不能为空",
    "string_pattern_mismatch": "格式不符（{pattern}）",
    "enum": "只能是 {expected}",
    "literal_error": "只能是 {expected}",
    "too_short": "至少 {min_length} 项",
    "too_long": "最多 {max_length} 项",
    "greater_than_equal": "不得小于 {ge}",
    "less_than_equal": "不得大于 {le}",
    "date_from_datetime_parsing": "不是日期（YYYY-MM-DD）",
    "date_parsing": "不是日期（YYYY-MM-DD）",
    "union_tag_not_found": "缺少 kind",
    "union_tag_invalid": "kind 只能是 {expected_tags}",
    "json_invalid": "不是有效的 JSON",
}

M = TypeVar("M", bound=BaseModel)


def parse(
    model: type[M], raw: Any, what: str = "", most: int = 5, *, blank_allowed: bool = False
) -> M:
    """Make `raw` (plain JSON data, or JSON text) a `model`.

    `blank_allowed`: texts of a message may have invisible characters only, as before 0.5.0.

    Raises:
        InvalidMessage: names each field that does not fit, and why (`most` of them).
    """
    name = what or model.__name__
    text = raw if isinstance(raw, str | bytes) else written(raw, name)
    size = len(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    if size > MAX_MESSAGE_BYTES:
        en = f"{size:,} bytes are too many: at most {MAX_MESSAGE_BYTES:,}"
        zh = f"{size:,} 字节，超过上限 {MAX_MESSAGE_BYTES:,}"
        raise invalid(name, WHOLE, en, zh)
    try:
        message = model.model_validate_json(text)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False)[:most]
        raise InvalidMessage(name, *map(problem_in, problems)) from None
    blank = [] if blank_allowed or not isinstance(message, Message) else blank_texts(message)
    if blank:
        raise InvalidMessage(name, *blank[:most])
    return message


def parse_kind(models: Mapping[str, type[M]], raw: Any, name: str) -> M:
    """Read one of several messages, told apart by `kind`; `name` says what any of them is.

    Raises:
        InvalidMessage: it is none of them.
    """
    if not isinstance(raw, dict):
        raise InvalidMessage(name, NO_OBJECT)
    kind = raw.get("kind")
    model = models.get(kind) if isinstance(kind, str) else None
    if model is None:
        known = listed(models)
        raise invalid(name, "kind", f"should be one of {known.en}", f"应为 {known.zh}")
    return parse(model, raw, str(kind))


def blank_texts(message: Message) -> list[FieldError]:
    """Return the fields of a message in whose text a reader sees nothing: it is empty.

    So is a required one with punctuation only, which is how people fill in what they do not answer; one of
    a list, or of a form's groups, is required where it stands.
    """
    return [FieldError(path[:120], why) for path, why in _blank("", message, needed=True)]


def _blank(path: str, value: Any, *, needed: bool) -> Iterator[tuple[str, Words]]:
    within: Iterable[tuple[str, Any, bool]]
    match value:
        case str():
            if not value or says_something(value):
                return
            if not seen(value):
                yield path, _BLANK
            elif needed:
                yield path, _PUNCTUATION
            return
        case BaseModel():
            within = ((name, getattr(value, name), one) for name, one in texts_of(type(value)))
        case dict():
            within = ((str(name), one, True) for name, one in value.items())
        case tuple():
            within = ((str(place), one, True) for place, one in enumerate(value))
        case _:
            return
    for name, one, required in within:
        if one is None or (isinstance(one, str) and says_something(one)):
            continue
        yield from _blank(f"{path}.{name}" if path else name, one, needed=required)


@cache
def texts_of(model: type[BaseModel]) -> tuple[tuple[str, bool], ...]:
    """Return the fields of a model in which a text may stand, and whether each is required."""
    fields = model.model_fields.items()
    return tuple((name, one.is_required()) for name, one in fields if _is_text(one.annotation))


def _is_text(kind: Any) -> bool:
    """Whether a text may stand in a field of this type: not a word of a vocabulary, a day or a number."""
    if get_origin(kind) is Annotated:
        return _is_text(get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType, tuple):
        return any(_is_text(one) for one in get_args(kind) if one is not Ellipsis)
    if isinstance(kind, type) and issubclass(kind, Message):
        return kind.typed_by_people
    return not (isinstance(kind, type) and issubclass(kind, Enum | date | int | NoneType))


_BLANK = Words("is empty: it has only characters that nobody sees", "不能为空：仅含不可见字符")
_PUNCTUATION = Words("is required: punctuation alone says nothing", "必填，不能只填标点符号")


def written(raw: Any, name: str = "message") -> str:
    """Plain data as JSON text.

    Raises:
        InvalidMessage: it is no JSON, is nested too deeply, or holds a number of thousands of digits.
    """
    try:
        return json.dumps(raw, ensure_ascii=False)
    except (RecursionError, TypeError, ValueError):
        en = "is no JSON, is nested too deeply, or has a number that is too long"
        raise invalid(name, WHOLE, en, "不是 JSON，或嵌套过深，或数字过长") from None


def size_of(raw: Any) -> int:
    """How many letters of JSON data takes; more than a message may have, where it can't be written."""
    if isinstance(raw, bytes):
        return len(raw)
    try:
        return len(written(raw))
    except InvalidMessage:
        return MAX_MESSAGE_BYTES + 1


R = TypeVar("R", bound=Record)


def record_from(model: type[R], raw: Any) -> R:
    """Make plain JSON data, which a run before or a parent wrote, a record; no bound on its size.

    Raises:
        InvalidMessage: it is no such record.
    """
    try:
        return model.model_validate_json(json.dumps(raw))
    except (ValidationError, ValueError, TypeError, RecursionError) as error:
        if isinstance(error, ValidationError):
            raise InvalidMessage(model.__name__, problem_in(error.errors()[0])) from None
        raise invalid(model.__name__, WHOLE, str(error)[:300], "无法读取") from None


def problem_in(error: Any) -> FieldError:
    """Return one of pydantic's errors as a problem of `InvalidMessage`."""
    field = ".".join(str(part) for part in error["loc"]) or WHOLE
    en: str = error["msg"]
    template = _CHINESE.get(error["type"])
    zh = template.format(**error.get("ctx", {})) if template else en
    return FieldError(field[:120], Words(en[:300], zh[:300]))


def canonical(data: Any) -> bytes:
    """One JSON text for the same data: sorted keys, no spaces, UTF-8 (a lone surrogate passes)."""
    return _CANONICAL.encode(data).encode("utf-8", "surrogatepass")


def _no_json(data: object) -> str:
    """What a message may hold that is no JSON: a signal of bytes, say, is refused and still hashed."""
    return data.hex() if isinstance(data, bytes) else type(data).__name__


_CANONICAL = json.JSONEncoder(
    sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_no_json
)


def sha256(data: Any) -> str:
    """The SHA-256 of the canonical JSON of plain data, in hexadecimal."""
    return hashlib.sha256(canonical(data)).hexdigest()


def as_sent(message: BaseModel) -> dict[str, Any]:
    """What a message really said: its JSON without the fields that were left unset.

    An optional field that is added later changes no hash of what was said before it existed.
    """
    return message.model_dump(mode="json", exclude_unset=True)
