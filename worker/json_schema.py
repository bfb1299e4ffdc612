"""How a message's model is written as JSON Schema (2020-12): what pydantic leaves out is added here.

Words stay a plain `enum`, which every generator digests (`oneOf` of `const`s few do); their Chinese
terms stand beside them, in `x-zh` for programs and in the description for people.
"""

import ast
import inspect
import textwrap
from datetime import date
from enum import Enum
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from workflows.model import instant

MOMENT = {"type": "string", "format": "date-time"}
NOT_BLANK = r"\S"
"""Spaces around a text are taken off before its length is looked at: some letter must be left."""


class MessageSchema(GenerateJsonSchema):
    """JSON Schema with all bounds, the words' Chinese terms, and what is said beside each field."""

    def enum_schema(self, schema: core_schema.EnumSchema) -> JsonSchemaValue:
        """Words, with their Chinese terms beside them."""
        written = super().enum_schema(schema)
        terms = {str(word.value): _term(word) for word in schema["members"]}
        return {**written, "x-zh": terms} if all(terms.values()) else written

    def date_schema(self, schema: core_schema.DateSchema) -> JsonSchemaValue:
        """A day: JSON Schema has no bounds for it, a pattern says the years."""
        written = super().date_schema(schema)
        first, last = schema.get("ge"), schema.get("le")
        if first and last:
            written["pattern"] = _years(first, last)
        return written

    def str_schema(self, schema: core_schema.StringSchema) -> JsonSchemaValue:
        """A text: what has a least length is not blank."""
        written = super().str_schema(schema)
        if self.mode == "validation" and written.get("minLength"):
            written.setdefault("pattern", NOT_BLANK)
        return written

    def ser_schema(self, schema: Any) -> JsonSchemaValue | None:
        """A moment stays a moment where it is written in our own form."""
        if schema["type"] == "function-plain" and schema["function"] is instant:
            return dict(MOMENT)
        return super().ser_schema(schema)

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """A model: a field's docstring is its description; answers may grow, and have every field."""
        written = super().model_schema(schema)
        model: type[BaseModel] = schema["cls"]
        for field, words in field_docstrings(model).items():
            written["properties"][field].setdefault("description", words)
        if self.mode == "serialization":
            written.pop("additionalProperties", None)
            written["required"] = [
                name for name in written["properties"] if not _may_be_left_out(model, name)
            ]
        return written

    def field_title_should_be_set(self, schema: Any) -> bool:
        """No titles made of field names: generators would make a type of each."""
        return False


def _may_be_left_out(model: type[BaseModel], name: str) -> bool:
    """Whether an answer has a field only where it says something."""
    field = model.model_fields.get(name)
    return field is not None and field.exclude_if is not None


def field_docstrings(model: type[BaseModel]) -> dict[str, str]:
    """What stands below the fields of a model and of those that it extends."""
    return {
        name: words
        for cls in reversed(model.__mro__)
        if issubclass(cls, BaseModel) and cls is not BaseModel
        for name, words in _own_docstrings(cls).items()
        if name in model.model_fields
    }


@cache
def _own_docstrings(cls: type[BaseModel]) -> dict[str, str]:
    body = ast.parse(textwrap.dedent(inspect.getsource(cls))).body[0]
    assert isinstance(body, ast.ClassDef)  # noqa: S101 - the source of a class
    found: dict[str, str] = {}
    for field, below in zip(body.body, body.body[1:], strict=False):
        match field, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(
                value=ast.Constant(value=str(words))
            ):
                found[name] = inspect.cleandoc(words)
    return found


def for_readers(schema: Any, words: dict[str, Any]) -> Any:
    """A schema, or a part of one, with its words as generators and readers like them.

    The description of words names their Chinese terms. A mapping from words to something is an object
    with a field for each: `propertyNames` says the same, and most generators pass over it.
    """
    if isinstance(schema, list):
        return [for_readers(part, words) for part in schema]
    if not isinstance(schema, dict):
        return schema
    written = {key: for_readers(part, words) for key, part in schema.items()}
    if "x-zh" in written and "enum" in written:
        terms = {word: written["x-zh"][word] for word in written["enum"]}
        listed = ", ".join(f"{word} {term}" for word, term in terms.items())
        return {**written, "description": f"{written['description']}\n\n{listed}", "x-zh": terms}
    names = written.get("propertyNames")
    if not isinstance(names, dict) or "$ref" not in names:
        return written
    of = words[written.pop("propertyNames")["$ref"].rpartition("/")[2]]
    value = written["additionalProperties"]
    fields = {word: {**value, "description": of["x-zh"][word]} for word in of["enum"]}
    return {**written, "properties": fields, "additionalProperties": False}


def _term(word: Enum) -> str:
    return str(getattr(word, "zh", ""))


def _years(first: date, last: date) -> str:
    """A pattern for the days of whole centuries; that the day exists is the format's matter."""
    if (first.month, first.day, last.month, last.day) != (1, 1, 12, 31) or (
        first.year % 100,
        last.year % 100,
    ) != (0, 99):
        raise ValueError(f"{first} to {last} are no whole centuries: widen _years")
    centuries = "|".join(str(c) for c in range(first.year // 100, last.year // 100 + 1))
    return rf"^(?:{centuries})[0-9]{{2}}-[0-9]{{2}}-[0-9]{{2}}$"
