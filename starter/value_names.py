"""The values that a field may have, in Chinese by their terms: a raw word is for programs."""

import re
from collections.abc import Iterable
from functools import cache

from workflows.vocabulary import District, Happening, Kind, Word
from workflows.words import BilingualEnum, listed_zh

LIST = re.compile(
    r"(?P<lead>只能是|应为|should be) "
    r"(?P<values>'[^']*'(?:(?:, | or )'[^']*')*|\w+(?:(?:, |、)\w+)+)(?P<cut>, '[^']*$)?",
    re.ASCII,
)
"""Where a message lists the values that a field may have, as they are sent."""
_VALUE = re.compile(r"\w+", re.ASCII)


def with_terms(zh: str) -> str:
    """Return a Chinese message in which each value of a list has its term before it, as people read it."""
    return LIST.sub(lambda found: found["lead"] + _listed(found["values"], found["cut"]), zh)


def values_listed(zh: str) -> list[str]:
    """Return the values that a Chinese message lists as they are sent; where it lists none, nothing."""
    found = LIST.search(zh)
    return [one for one in _VALUE.findall(found["values"]) if one != "or"] if found else []


def with_term(value: str, among: Iterable[str]) -> str:
    """Return a value as Chinese names it, by the smallest vocabulary that has all of some values, or any."""
    # What is the name of a decision, of a stage and of an event, is a decision where names are mixed.
    mixed: tuple[type[BilingualEnum], ...] = (*_vocabularies(), District, Happening, Kind)
    terms = {str(word): word.zh for words in mixed for word in words if word.zh}
    term = _terms(frozenset(among)).get(value) or terms.get(value)
    return f"{term}（{value}）" if term else f"“{value}”"


def _listed(written: str, cut: str | None) -> str:
    values = [one for one in _VALUE.findall(written) if one != "or"]
    terms = _terms(frozenset(values))
    named = [f"{terms[one]}（{one}）" if one in terms else f"“{one}”" for one in values]
    if cut:
        return listed_zh(named) + "等"
    return "或".join(part for part in (listed_zh(named[:-1]), named[-1]) if part)


def _terms(values: frozenset[str]) -> dict[str, str]:
    """The terms of the smallest vocabulary that has all of these values; of none, nothing."""
    fitting = [words for words in _vocabularies() if values <= {str(one) for one in words}]
    best = min(fitting, key=len, default=None)
    return {str(one): one.zh for one in best if one.zh} if best else {}


@cache
def _vocabularies() -> tuple[type[BilingualEnum], ...]:
    return (*Word.__subclasses__(), *BilingualEnum.__subclasses__())


def terms_beside(values: Iterable[str], *vocabularies: type[BilingualEnum]) -> list[str]:
    """Return each value with its term before it; as it is where none of the vocabularies has it."""
    terms = {str(word): word.zh for words in vocabularies for word in words}
    return [f"{terms[one]}（{one}）" if one in terms else one for one in values]
