"""Chinese as an official document says it: the rules speak briefly, because the log seals what they say."""

import re
from functools import cache

from workflows.words import Words, citation

_ONE = r"§[一二三四五六](?:\([一二三四五]\))?"
_ARTICLE = re.compile(f"{_ONE}(?:, {_ONE})*")
_NO_DECISION = re.compile(r"本案没有决定 ([^；，。（\s]+)")
_FIELD = re.compile(r" ?\b([a-z]+(?:_[a-z]+)+)\b(?: (?!\d))?")


def official(words: Words) -> Words:
    """Return words whose Chinese cites articles in full and calls fields by their labels; the English stays."""
    cited = _ARTICLE.sub(lambda article: citation(article.group()).zh, words.zh)
    cited = _NO_DECISION.sub(r"该平台无编号为“\1”的决定", cited)
    if _FIELD.search(cited):
        cited = _FIELD.sub(lambda name: _labels().get(name[1], name.group()), cited)
    return Words(words.en, cited)


@cache
def _labels() -> dict[str, str]:
    from workflows.decisions import MODELS  # noqa: PLC0415 - only who tells of a refusal needs all their models
    from workflows.field_labels import label_of  # noqa: PLC0415 - as above

    return {
        name: label.zh
        for model in MODELS.values()
        for name, field in model.model_fields.items()
        if (label := label_of(field))
    }
