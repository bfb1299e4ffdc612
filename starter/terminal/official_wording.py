"""Why something is refused, as people are shown it: the rules speak briefly, because the log seals it."""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from starter.cited_articles import cited_in_full
from starter.plain_phrases import plain_english
from starter.value_names import LIST, with_terms
from workflows.vocabulary import Kind, Word
from workflows.words import Words

_NO_DECISION = re.compile(r"本案没有决定 ([^；，。（\s]+)")
_NAME = re.compile(r"\b([a-z]+(?:_[a-z]+)+)\b")
_TWICE = re.compile(r"(\w+)（\1）")
"""What a field is called, after which the rules name it."""
_BRACKETED = re.compile(r"（([a-z]+(?:_[a-z]+)*)）")
_IN_CHINESE = re.compile(rf" ?{_NAME.pattern}(?: (?!\d))?")


def official(words: Words) -> Words:
    """Return words as people are shown them: fields and decisions by their names, articles cited in full."""
    en, zh = _without_pattern(words)
    en = plain_english(en)
    zh = cited_in_full(zh)
    zh = _NO_DECISION.sub(r"该平台无编号为“\1”的决定", zh)
    return Words(_outside_lists(en, _named), with_terms(_outside_lists(zh, _named_in_chinese)))


def _outside_lists(text: str, change: Callable[[str], str]) -> str:
    """Change what is no list of values: those are sent as they are written there."""
    parts, end = [], 0
    for one in LIST.finditer(text):
        parts += [change(text[end : one.start()]), one.group()]
        end = one.end()
    return "".join([*parts, change(text[end:])])


def _named(en: str) -> str:
    return _NAME.sub(lambda name: _names().get(name[1], Words.same(name[1])).en, en)


def _named_in_chinese(zh: str) -> str:
    zh = _BRACKETED.sub(_without_value, zh)
    zh = _IN_CHINESE.sub(lambda name: _names().get(name[1], Words.same(name.group())).zh, zh)
    return _TWICE.sub(r"\1", zh)


def _without_value(found: re.Match[str]) -> str:
    """A value of the message in brackets: the term before it says the same."""
    words = _names().get(found[1])
    said = found.string[: found.start()].rstrip("”")
    return "" if words and said.endswith(words.zh) else found.group()


def _without_pattern(words: Words) -> Words:
    """The same with what an id may be made of, in place of the pattern that says so."""
    en, zh = words
    if "格式不符" not in zh:
        return words
    for pattern, plain in _patterns().items():
        if pattern in zh:
            en = en.replace(f"String should match pattern '{pattern}'", plain.en)
            zh = zh.replace(f"格式不符（{pattern}）", plain.zh)
    return Words(en, zh)


@cache
def _patterns() -> dict[str, Words]:
    """How ids are written, in words: nobody is shown a regular expression."""
    from workflows.model import DecisionId, Identifier, OfficialNumber, Sha256  # noqa: PLC0415 - as in `_names`

    known: dict[Any, Words] = {
        Identifier: Words(
            "use 1 to 64 letters, digits, dots, dashes and underscores",
            "应为 1 至 64 个字母、数字、点、横线或下划线",
        ),
        OfficialNumber: Words(
            "use 1 to 64 letters, digits, Chinese characters, 〔〕, dots, dashes and underscores",
            "应为 1 至 64 个汉字、字母、数字、〔〕、点、横线或下划线（年份用六角括号〔〕）",
        ),
        DecisionId: Words(
            "use 1 to 128 letters, digits, dots, colons, dashes and underscores",
            "应为 1 至 128 个字母、数字、点、冒号、横线或下划线",
        ),
        Sha256: Words("use 64 hexadecimal digits", "应为 64 位十六进制数"),
    }
    return {one.__metadata__[0].metadata[0].pattern: words for one, words in known.items()}


@cache
def _names() -> dict[str, Words]:
    from workflows.decisions import MODELS  # noqa: PLC0415 - only who tells of a refusal needs all their models
    from workflows.field_labels import label_of  # noqa: PLC0415 - as above

    fields = {
        name: label.name
        for model in MODELS.values()
        for name, field in model.model_fields.items()
        if (label := label_of(field))
    }
    terms = {str(term): term.words for words in Word.__subclasses__() for term in words}
    return terms | fields | {str(kind): kind.words for kind in Kind}
