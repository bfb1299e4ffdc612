"""Articles of the guideline in what the rules say, cited as people cite them: the log seals the short form."""

import re

from workflows.words import citation

_ONE = r"§[一二三四五六](?:\([一二三四五]\))?"
_ARTICLE = re.compile(f"{_ONE}(?:, {_ONE})*")


def cited_in_full(zh: str) -> str:
    """Return a Chinese text with its articles in full: §四(一) is 《指引》第四部分第（一）项."""
    return _ARTICLE.sub(lambda article: citation(article.group()).zh, zh)
