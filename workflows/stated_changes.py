"""What a change of facts says: each fact as it was and as it is, in words of both languages."""

from collections.abc import Iterator, Mapping
from typing import Any

from workflows.application import PlatformApplication
from workflows.case_changes import ASKED_OF_AUTHORS, CHANGEABLE
from workflows.field_labels import label_of
from workflows.policy import Policy
from workflows.vocabulary import (
    Authorship,
    District,
    Field,
    LeadUnitKind,
    SecondSignature,
    Service,
)
from workflows.words import BilingualEnum, Words, listed_zh

_NONE = Words("none", "无")
_Vocabularies = tuple[type[BilingualEnum], ...]
_OF_FACTS: _Vocabularies = (District, Field, Service, LeadUnitKind)
_OF_AUTHORS: _Vocabularies = (Authorship, SecondSignature)


def stated_changes(said: Mapping[str, Any]) -> tuple[Words, ...]:
    """Return a line for each fact that an entry says has changed, in the order of an application."""
    return tuple(_changes(said))


def _changes(said: Mapping[str, Any]) -> Iterator[Words]:
    before = said.get("replaced") or {}
    for name in CHANGEABLE:
        if said.get(name) is None and name not in before:
            continue
        label = label_of(PlatformApplication.model_fields[name])
        assert label, name  # noqa: S101 - each of them has one
        was, now = _value(before.get(name)), _value(said.get(name))
        yield Words(f"{label.en}: {was.en} → {now.en}", f"{label.zh}：{was.zh} → {now.zh}")
    for name in ASKED_OF_AUTHORS:
        if said.get(name) is None:
            continue
        label = label_of(Policy.model_fields[name])
        assert label, name  # noqa: S101 - as above
        was, now = (_value(one.get(name) or None, _OF_AUTHORS) for one in (before, said))
        yield Words(f"{label.en}: {was.en} → {now.en}", f"{label.zh}：{was.zh} → {now.zh}")


def _value(value: Any, vocabularies: _Vocabularies = _OF_FACTS) -> Words:
    if value is None:
        return _NONE
    if isinstance(value, Mapping):
        name = str(value.get("name", ""))
        kind = _value(value["kind"]) if value.get("kind") else None
        return Words(f"{name} ({kind.en})", f"{name}（{kind.zh}）") if kind else Words.same(name)
    if isinstance(value, list | tuple):
        each = [_value(one, vocabularies) for one in value]
        return Words(", ".join(w.en for w in each), listed_zh(w.zh for w in each))
    text = str(value)
    known = (word for words in vocabularies for word in words if word == text)
    found = next(known, None)
    return found.words if found else Words.same(text)
