"""Why something is refused, as people are shown it: the rules speak briefly, because the log seals it."""

import re
from functools import cache

from workflows.vocabulary import Kind
from workflows.words import Words, citation

_ONE = r"§[一二三四五六](?:\([一二三四五]\))?"
_ARTICLE = re.compile(f"{_ONE}(?:, {_ONE})*")
_NO_DECISION = re.compile(r"本案没有决定 ([^；，。（\s]+)")
_NAME = re.compile(r"\b([a-z]+(?:_[a-z]+)+)\b")
_IN_CHINESE = re.compile(rf" ?{_NAME.pattern}(?: (?!\d))?")


_PLAIN = (
    (re.compile(r"^Field required$"), "missing"),
    (re.compile(r"^Input should be a valid date\b.*"), "use YYYY-MM-DD"),
    (re.compile(r"^Input should be less than or equal to (\S+)"), r"at most \1"),
    (re.compile(r"^Input should be greater than or equal to (\S+)"), r"at least \1"),
    (re.compile(r"^(?:String|List|Tuple) should have (at \w+ \d+ \w+).*"), r"\1"),
    (re.compile(r"^Input should be "), "should be "),
)
"""Pydantic's English, and what we say."""


def official(words: Words) -> Words:
    """Return words as people are shown them: fields and decisions by their names, articles cited in full."""
    en, zh = words
    for pattern, plain in _PLAIN:
        en = pattern.sub(plain, en)
    zh = _ARTICLE.sub(lambda article: citation(article.group()).zh, zh)
    zh = _NO_DECISION.sub(r"该平台无编号为“\1”的决定", zh)
    return Words(
        _NAME.sub(lambda name: _names().get(name[1], Words.same(name[1])).en, en),
        _IN_CHINESE.sub(lambda name: _names().get(name[1], Words.same(name.group())).zh, zh),
    )


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
    return fields | {str(kind): kind.words for kind in Kind}
