"""schemas/ says what the models say: the examples pass, and what a model refuses in shape does not."""

import json
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from pydantic import BaseModel, ValidationError

from tests.docs.mutations import mutations
from tests.docs.reading import links
from tests.rules.builders import DOCUMENT, Raw, application, changed
from tests.rules.cases import decide, decision, platform
from worker.demo.example_lives import with_application
from worker.documents import ROOT
from worker.schema_files import BEYOND, FOLDER, bring_up_to_date
from workflows.application import PlatformApplication
from workflows.decisions import MODELS
from workflows.model import Message
from workflows.refusal import Refusal
from workflows.run_io import CaseView, DecisionPreview, YearResult
from workflows.vocabulary import Condition, Kind, PlanPart

MORE: dict[str, Raw] = {
    Kind.BRINGING_IN: {
        "assessments": [
            {"year": 1, "result": "met", "concluded_on": "2024-02-01", "documents": [DOCUMENT]}
        ]
    }
}
DECISIONS = {f"decisions/{kind}": decision(kind, platform(), **MORE.get(kind, {})) for kind in Kind}
BROUGHT_IN = application(brought_in=DECISIONS[f"decisions/{Kind.BRINGING_IN}"])
MADE_WHOLE = {"application": BROUGHT_IN, **DECISIONS}
"""A valid message for each schema of what is said from outside."""
written = sorted((ROOT / FOLDER).rglob("*.json"))
examples = sorted((ROOT / "examples").glob("*/*.json"))
calls = sorted((ROOT / "examples" / "integration" / "calls").glob("*.json"))
"""Bodies of docs/http.md."""


@cache
def schema(name: str) -> jsonschema_rs.Validator:
    """What checks a message against a schema, formats included."""
    text = (ROOT / FOLDER / f"{name}.schema.json").read_text(encoding="utf-8")
    return jsonschema_rs.validator_for(json.loads(text), validate_formats=True)


def model(name: str) -> type[BaseModel]:
    """The model that a schema of a message stands for."""
    kind = name.removeprefix("decisions/")
    return PlatformApplication if name == "application" else MODELS[Kind(kind)]


def refused(name: str, raw: Any) -> set[str]:
    """The kinds of problem for which the model refuses a message; none when it takes it."""
    try:
        model(name).model_validate_json(json.dumps(raw))
    except ValidationError as error:
        return {problem["type"] for problem in error.errors()}
    return set()


def test_the_files_are_what_the_models_say() -> None:
    """`make docs` would write, and remove, none of them."""
    assert [] == bring_up_to_date(ROOT, write=False)


def test_files_that_are_stale_or_left_over_are_put_right(tmp_path: Path) -> None:
    """What is missing is written, what is stale is written anew, what nobody generates is removed."""
    assert [str(path.relative_to(ROOT)) for path in written] == sorted(
        bring_up_to_date(tmp_path, write=True)
    )
    stale, left_over = "schemas/decision.schema.json", "schemas/decisions/gone.schema.json"
    for name in (stale, left_over):
        (tmp_path / name).write_text("{}\n", encoding="utf-8")
    assert [left_over, stale] == bring_up_to_date(tmp_path, write=True)
    assert [] == bring_up_to_date(tmp_path, write=False)


@pytest.mark.parametrize("path", written, ids=lambda path: path.name)
def test_a_schema_is_one_and_stands_alone(path: Path) -> None:
    """By 2020-12; it has a urn, a title, a description, and refers to nothing outside itself."""
    whole = json.loads(path.read_text(encoding="utf-8"))
    jsonschema_rs.meta.validate(whole)
    assert "https://json-schema.org/draft/2020-12/schema" == whole["$schema"]
    assert whole["$id"].startswith("urn:pingtai:schema:")
    assert whole["title"]
    assert whole["description"]
    refs = {part["$ref"] for part in _objects(whole) if "$ref" in part}
    assert {f"#/$defs/{name}" for name in whole.get("$defs", {})} == refs


def test_the_contract_names_every_message() -> None:
    """The pages of the contract and of events link each schema: none is a secret, and none is forgotten."""
    linked = {
        (page.parent / link).resolve()
        for page in (ROOT / "docs" / "temporal-contract.md", ROOT / "docs" / "events.md")
        for link in links(page.read_text(encoding="utf-8"))
    }
    assert [] == [path.name for path in written if path not in linked]


def test_each_word_has_its_chinese_term() -> None:
    """Beside every enumeration, for each of its words, and in its description."""
    wholes = [json.loads(path.read_text(encoding="utf-8")) for path in written]
    words = [part for whole in wholes for part in _objects(whole) if "enum" in part]
    named = [part for part in words if "title" in part and part["title"] != "EntryKind"]
    assert named
    for part in named:
        assert part["enum"] == list(part["x-zh"])
        assert all(f"{word} {term}" in part["description"] for word, term in part["x-zh"].items())


def test_what_a_schema_does_not_say_is_said_in_words() -> None:
    """Each model with a rule across fields is known, and the rest of the rule stands in its description."""
    ours = [each for each in _messages(Message) if each.__module__.startswith("workflows.")]
    across = {each for each in ours if each.__pydantic_decorators__.model_validators}
    assert across == BEYOND.keys()
    texts = "".join(path.read_text(encoding="utf-8") for path in written)
    for rules in BEYOND.values():
        assert all(json.dumps(rule, ensure_ascii=False)[1:-1] in texts for rule in rules)


@pytest.mark.parametrize("path", examples, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_examples_pass(path: Path) -> None:
    """Every application, and every decision of the lives, once it has the id and days it is sent with."""
    content = json.loads(path.read_text(encoding="utf-8"))
    if path.stem.startswith("application"):
        schema("application").validate(content)
        return
    steps = [step for term in content["terms"] for step in term["steps"]]
    sent = [step[how] for step in steps for how in ("decide", "signal", "refused") if how in step]
    assert sent
    for raw in sent:
        days = {
            day: "2026-11-24"
            for day in ("decided_on", "given_on")
            if day in MODELS[raw["kind"]].model_fields
        }
        whole: Raw = {"decision_id": "d-1"} | days | with_application(raw, path.parent)
        schema(f"decisions/{raw['kind']}").validate(whole)
        schema("decision").validate(whole)


@pytest.mark.parametrize("path", calls, ids=lambda path: path.stem)
def test_the_bodies_of_calls_pass(path: Path) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    kind = content.get("kind")
    schema(f"decisions/{kind}" if kind else "application").validate(content)


@pytest.mark.parametrize("name", MADE_WHOLE)
def test_a_schema_refuses_what_its_model_refuses_and_nothing_else(name: str) -> None:
    """Each field left out, unknown, of another type, empty, too long, too big, another word.

    What a rule across fields refuses the schema may refuse or not: see the tests beside this one.
    """
    whole = MADE_WHOLE[name]
    schema(name).validate(whole)
    assert set() == refused(name, whole)
    unlike, tried = [], 0
    for what, changed_one in mutations(whole):
        problems = refused(name, changed_one)
        if problems != {"makes_no_sense"}:
            tried += bool(problems)
            if bool(problems) == schema(name).is_valid(changed_one):
                unlike.append((what, problems))
    assert [] == unlike
    assert tried > 20


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("decisions/listing", {"list_number": None}),
        ("decisions/listing", {"outcome": "not_included"}),
        ("decisions/bringing_in", {"documents": []}),
        ("application", {"services": ["design", "design"]}),
        ("application", {"conditions": {str(Condition.OPENNESS): {}}}),
        *(
            ("application", {"conditions": {str(c): {} for c in Condition if c is not left_out}})
            for left_out in Condition
        ),
    ],
)
def test_rules_across_fields_that_have_words_in_json_schema_are_in_it(
    name: str, wrong: Raw
) -> None:
    """Numbers of a listing, documents of what is brought in, each service once, all five conditions."""
    raw = changed(MADE_WHOLE[name], **wrong)
    assert refused(name, raw)
    assert not schema(name).is_valid(raw)


@pytest.mark.parametrize("left_out", [*PlanPart, "independent_by"])
def test_a_plan_without_one_of_its_parts_is_refused(left_out: str) -> None:
    """All four parts; and who is not independent yet says by when."""
    raw = deepcopy(MADE_WHOLE["decisions/plan_revision"])
    if left_out == "independent_by":
        raw["plan"]["mechanisms"]["legal_form"] = "separately_managed"
    else:
        del raw["plan"]["parts"][left_out]
    assert {"makes_no_sense"} == refused("decisions/plan_revision", raw)
    assert not schema("decisions/plan_revision").is_valid(raw)


def test_a_decision_of_another_kind_is_refused() -> None:
    """By the schema of all decisions when nobody knows the kind, by that of a kind when it is not its own."""
    raw = MADE_WHOLE["decisions/withdrawal"]
    assert schema("decision").is_valid(raw)
    assert not schema("decision").is_valid({**raw, "kind": "retreat"})
    assert not schema("decisions/listing").is_valid(raw)


def test_answers_fit_their_schemas_and_may_grow() -> None:
    """What a case answers has every field, each of its type; what a later version adds does no harm."""
    case = platform()
    receipt = decide(case, "withdrawal")
    refusal = Refusal(rule="§四", en="no", zh="否", stage="ended", awaited=receipt.awaited)
    for name, answer in {
        "receipt": receipt,
        "refusal": refusal,
        "log_entry": case.log[-1],
        "opinion": DecisionPreview(refusal=refusal),
        "year_result": YearResult(year=1, result="met", log_seq=4, log_hash="ab" * 32),
        "case_view": CaseView(
            platform=case.state, log_seq=2, log_hash=case.log[-1].hash, refusals=0, recorded=0
        ),
    }.items():
        raw = json.loads(answer.model_dump_json())
        schema(f"answers/{name}").validate({**raw, "later": 1})
        wrong = {field: changed(raw, **{field: [1.5]}) for field in raw}
        assert [] == [field for field in raw if schema(f"answers/{name}").is_valid(wrong[field])]


def _objects(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        yield part
        part = list(part.values())
    if isinstance(part, list):
        for inner in part:
            yield from _objects(inner)


def _messages(above: type[Message]) -> Iterator[type[Message]]:
    for each in above.__subclasses__():
        yield each
        yield from _messages(each)
