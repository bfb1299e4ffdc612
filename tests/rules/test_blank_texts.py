"""Text of characters that nobody sees is empty, in every field of every message."""

import json
from collections.abc import Iterator
from datetime import date
from enum import Enum
from typing import Annotated, Any, get_args, get_origin

import pytest

from starter.commands.guided.nested_forms import misfit
from starter.desk.panels import PanelExpert
from workflows.application import PlatformApplication
from workflows.case_opening import open_platform
from workflows.circumstances import Edition
from workflows.decision_reading import decision_of, new_decision_of
from workflows.decisions import Recommendation
from workflows.model import InvalidMessage, Message, Record, build_models, parse, texts_of
from workflows.name_comparison import says_something
from workflows.name_tables import INVISIBLE
from workflows.signatures import Signature
from workflows.signed_roots import SignedRoot
from workflows.steps import AnyStage
from workflows.vocabulary import AssessmentStage, Kind, Stage

from .builders import Raw, application
from .cases import START, at_stage, decision, moment, platform

BLANK = "\u200b \u2060\ufe0f\u00ad"
TOLD = "characters that nobody sees"

STAGES: dict[Kind, AnyStage] = {
    Kind.RECOMMENDATION: Stage.RECOMMENDATION,
    Kind.SELF_REPORT: AssessmentStage.SELF_REPORT,
}


def leaves(content: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The places of all texts in plain data."""
    if isinstance(content, str):
        yield path
    for key, one in (
        content.items()
        if isinstance(content, dict)
        else enumerate(content)
        if isinstance(content, list)
        else ()
    ):
        yield from leaves(one, (*path, key))


def blanked(content: Raw, path: tuple[str | int, ...], text: str = BLANK) -> Raw:
    """A copy in which the text at a place is blank."""
    changed: Any = json.loads(json.dumps(content))  # nothing in it twice, as with deepcopy
    inside = changed
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = text
    return changed  # type: ignore[no-any-return]


@pytest.mark.parametrize("kind", Kind)
def test_every_text_of_a_decision_says_something(kind: Kind) -> None:
    """A word, an id or a day cannot be blank by itself; every other text is named."""
    raw = decision(kind, platform(), documents=[{"name": "证明.pdf", "sha256": "ab" * 32}])
    for path in leaves(raw):
        with pytest.raises(InvalidMessage) as caught:
            new_decision_of(blanked(raw, path))
        if TOLD in caught.value.words.en:
            assert [where for where, _ in caught.value.problems] == [".".join(map(str, path))]
            assert "仅含不可见字符" in caught.value.words.zh


def test_every_text_of_an_application_says_something() -> None:
    """So that no platform, body or condition is without a name or a statement."""
    raw = application(partners=[])
    named = set()
    for path in leaves(raw):
        with pytest.raises(InvalidMessage) as caught:
            parse(PlatformApplication, blanked(raw, path))
        named |= {where for where, why in caught.value.problems if TOLD in why.en}
    assert {"name", "operator.name", "plan.parts.approach", "submitted_by.organisation"} <= named
    assert "conditions.openness.statement" in named


@pytest.mark.parametrize("text", ["-", "——", "…… 。", "／", "~", "\u2e3a"])
def test_punctuation_is_no_required_text(text: str) -> None:
    """People fill in what they do not answer with a dash; a remark that may be left out may be one."""
    raw = decision(Kind.RECOMMENDATION, platform())
    with pytest.raises(InvalidMessage, match="opinion: is required: punctuation") as caught:
        new_decision_of(raw | {"opinion": text})
    assert "opinion：必填，不能只填标点符号" in caught.value.words.zh
    with pytest.raises(InvalidMessage, match="name: is required: punctuation"):
        parse(PlatformApplication, application(name=text))
    plan = ("plan", "parts", "approach")
    with pytest.raises(InvalidMessage, match=r"plan\.parts\.approach: is required: punctuation"):
        parse(PlatformApplication, blanked(application(), plan, text))
    assert "punctuation" in misfit(Recommendation, "opinion", text)
    found = decision(Kind.INSPECTION, platform())
    for said in (raw | {"opinion": f"{text}同意"}, blanked(found, _remark(found), text)):
        assert new_decision_of(said)


def _remark(found: Raw) -> tuple[str | int, ...]:
    """The place of the remark on a finding, which may be left out."""
    return ("findings", next(iter(found["findings"])), "remark")


@pytest.mark.parametrize("text", [BLANK, "-"])
@pytest.mark.parametrize("kind", STAGES)
def test_a_case_refuses_what_is_blank(kind: Kind, text: str) -> None:
    """Past every client; a case of an edition before takes it as it did."""
    case = at_stage(STAGES[kind])
    raw = decision(kind, case)
    if kind is Kind.RECOMMENDATION:
        raw["opinion"] = text
    else:
        raw["groups"] = dict.fromkeys(raw["groups"], text)
    with pytest.raises(InvalidMessage, match=f"{TOLD}|punctuation"):
        case.decide(raw, moment(case))
    assert decision_of(raw)
    case.take_edition(Edition.V0_4)
    assert case.decide(raw, moment(case))


def test_an_application_past_every_client() -> None:
    """The workflow opens no case of a platform without a name; a replay of before does."""
    form = parse(PlatformApplication, application(name=BLANK), blank_allowed=True)
    with pytest.raises(InvalidMessage, match="name: is empty"):
        open_platform(form, START)
    assert open_platform(form, START, Edition.V0_4)


def test_forms_and_files_say_so_too() -> None:
    """Where it is typed, and of what is kept beside the profile."""
    assert TOLD in misfit(Recommendation, "opinion", BLANK)
    assert misfit(Recommendation, "opinion", f"{BLANK}同意") == ""
    with pytest.raises(InvalidMessage, match="organisation: is empty"):
        parse(PanelExpert, {"name": "王", "field": "industry", "organisation": BLANK})


def test_each_invisible_character_alone() -> None:
    """None of the table is a text."""
    raw = decision(Kind.WITHDRAWAL, platform())
    for code in INVISIBLE[Edition.V0_5]:
        with pytest.raises(InvalidMessage):
            new_decision_of(raw | {"reason": chr(code)})


def test_what_is_told_by_its_first_letter_is_told_so_by_each() -> None:
    """Most texts begin with a letter, a figure or a character: for these nothing else is looked at."""
    for letter in map(chr, range(0x10000)):
        rest = says_something(f"\u200b{letter}")  # behind what nobody sees each letter is looked at
        assert says_something(letter) == rest, hex(ord(letter))


def test_only_words_days_and_numbers_are_passed_over() -> None:
    """Whatever else a field may hold is looked at, also behind an alternative or an annotation.

    Of messages those alone are passed over whose texts no person writes: their bytes are checked.
    """
    build_models()
    told = (Enum, date, int, Signature, SignedRoot)
    models: list[Any] = [Message, Record]
    for model in models:
        models += model.__subclasses__()
        looked_at = {name for name, _ in texts_of(model)}
        for name, field in model.model_fields.items():
            text = any(one is str or one is Any for one in parts_of(field.annotation))
            assert not text or name in looked_at, (model, name)
            passed = field.annotation
            assert name in looked_at or all(
                one in (type(None), ...) or issubclass(one, told) for one in parts_of(passed)
            )
    assert not {"signatures", "roster"} & {name for name, _ in texts_of(Recommendation)}


def parts_of(kind: Any) -> list[Any]:
    """The types of which a field's type is made."""
    if get_origin(kind) is Annotated:
        return parts_of(get_args(kind)[0])
    inner = [one for arg in get_args(kind) for one in parts_of(arg)]
    return inner or [kind]
