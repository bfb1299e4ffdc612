"""What people read about a field of a message: it stands in the field's annotation, and only there.

Flags, prompts, columns of spreadsheets, JSON Schemas, errors and the report all read it.
"""

from dataclasses import dataclass, replace
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, GetJsonSchemaHandler
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema

from workflows.words import Words, citation

WORKING_DAYS = Words("working days", "工作日")
DAYS = Words("days", "天")
MONTHS = Words("months", "个月")
YEARS = Words("years", "年")
HOUR = Words("hour, Beijing time", "时，北京时间")
TEN_THOUSAND_YUAN = Words("ten thousand yuan", "万元")
NONE = Words("none", "无")
WHERE_DEMANDED = Words("Required where the policy says so.", "政策参数要求时必填。")


@dataclass(frozen=True)
class Label:
    """What a field is called in English and Chinese, and what belongs to its name."""

    en: str
    zh: str
    article: str = ""
    """Of the guideline."""
    unit: Words | None = None
    help: Words | None = None
    """One line of help."""
    only_for: tuple[str, ...] = ()
    """The outcomes of a decision that it goes with; none: all."""
    needed_for: tuple[str, ...] = ()
    """The outcomes that do not go without it, though its type allows that."""
    by_policy: bool = False
    """Whether the policy of a case may demand it."""
    how: Words | None = None
    """How it is written, where its type does not say so."""
    rare: bool = False
    """Seldom needed: prompts do not ask for it."""
    unset: Words = NONE
    """What it comes to when it is left out."""

    @property
    def name(self) -> Words:
        """The name alone."""
        return Words(self.en, self.zh)

    @property
    def with_unit(self) -> Words:
        """The name, with its unit in brackets if it has one."""
        return replace(self, article="").words

    @property
    def words(self) -> Words:
        """The name, with unit and article in brackets."""
        unit = self.unit or Words("", "")
        article = citation(self.article) if self.article else Words("", "")
        return Words(
            self.en + _in_brackets(" (", ", ", ")", unit.en, article.en),
            self.zh + _in_brackets("（", "，", "）", unit.zh, article.zh),
        )

    @property
    def line(self) -> str:
        """All of it in one line, for readers of either language: flags and JSON Schemas have it."""
        unit = " ".join(self.unit or ())
        words = f"{self.en} {self.zh}" + _in_brackets(" (", ", ", ")", unit, self.article)
        return f"{words}. {self.told.en}" if self.told else words

    @property
    def told(self) -> Words | None:
        """Its help, also that a policy may demand it: for readers who have no case before them."""
        if self.help is None or not self.by_policy:
            return self.help
        return Words(f"{self.help.en} {WHERE_DEMANDED.en}", f"{self.help.zh}{WHERE_DEMANDED.zh}")

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe the field in a JSON Schema; what it accepts stays the same."""
        return {**handler(schema), "description": self.line}


def _in_brackets(before: str, between: str, after: str, *parts: str) -> str:
    said = between.join(filter(None, parts))
    return f"{before}{said}{after}" if said else ""


def label_of(field: FieldInfo) -> Label | None:
    """Return the label of a field; None where it has none."""
    return next((one for one in field.metadata if isinstance(one, Label)), None)


def label_at(model: type[BaseModel], path: str, first: int = 0) -> Label | None:
    """Return the label of a field by its dotted path, named after the fields around it.

    Of a path that leads nowhere, that of the part that is known; None if there is none. Positions in
    a list count from `first` in the path, and from one in the name.
    """
    inside: Any = model
    found: list[Label] = []
    for part in path.split("."):
        inside = bare(inside)
        origin, inner = get_origin(inside), get_args(inside)
        if isinstance(inside, type) and issubclass(inside, BaseModel):
            field = inside.model_fields.get(part)
            label = label_of(field) if field else None
            if field is None or label is None:
                break
            found.append(label)
            inside = field.annotation
        elif origin is tuple and part.isdecimal():
            number = int(part) + 1 - first
            last = found.pop()
            found.append(replace(last, en=f"{last.en} {number}", zh=f"{last.zh}第 {number} 项"))
            inside = inner[0]
        elif (
            origin is dict and bare(inner[0]) is str
        ):  # by ids, which call themselves as they are called
            last = found.pop()
            found.append(replace(last, en=f"{last.en} {part}", zh=f"{last.zh} {part}"))
            inside = inner[1]
        elif origin is dict and part in tuple(inner[0]):
            word = inner[0](part)
            found.append(Label(word.replace("_", " "), word.zh, word.article))
            inside = inner[1]
        else:
            break
    if not found:
        return None
    return replace(
        found[-1],
        en=": ".join(label.en for label in found),
        zh="：".join(label.zh for label in found),
    )


def bare(annotation: Any) -> Any:
    """Return a type without its bounds and without None."""
    if get_origin(annotation) is Annotated:
        return bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return bare(next(one for one in get_args(annotation) if one is not type(None)))
    return annotation
