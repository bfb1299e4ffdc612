"""Articles of the guideline in what the rules say, cited as people cite them: the log seals the short form."""

import re

from workflows.words import citation

_ONE = r"§[一二三四五六](?:\([一二三四五]\))?"
_ARTICLE = re.compile(f"{_ONE}(?:, {_ONE})*")
_PAGE = re.compile(r"docs/(roster|encryption)\.md(?:(#)[a-z-]*)?")
"""Pages that are the rule of a refusal, with the English part of an anchor."""


def cited_in_full(zh: str) -> str:
    """Return a Chinese text with its articles in full: §四(一) is 《指引》第四部分第（一）项.

    Rules that stand in a page of ours are cited by the page in Chinese.
    """
    zh = _PAGE.sub(lambda page: f"docs/{page[1]}.zh.md{page[2] or ''}", zh)
    return _ARTICLE.sub(lambda article: citation(article.group()).zh, zh)
