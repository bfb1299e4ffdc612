"""JSON Schema of every message, for programs in any language: `schemas/`, written by `make docs`."""

import inspect
import json
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from worker.json_schema import MessageSchema, for_readers
from workflows.application import OperatingMechanisms, Plan, PlatformApplication
from workflows.bringing_in import BringingIn
from workflows.case_changes import (
    CHANGEABLE,
    DocumentedDecision,
    FactsChange,
    Resumption,
    Suspension,
    Termination,
)
from workflows.cloud_events import Event
from workflows.content_checks import CHECKS
from workflows.decision import Decision
from workflows.decisions import MODELS, DistrictReview, Listing
from workflows.erasure_decisions import ErasureConfirmation, ErasureRequest
from workflows.erasure_log import ErasureReceipt, ErasureView
from workflows.model import MAX_MESSAGE_BYTES
from workflows.policy import Policy
from workflows.record import LogEntry
from workflows.refusal import Refusal
from workflows.roster_decisions import RosterChange, RosterConfirmation
from workflows.roster_log import RosterReceipt, RosterView
from workflows.run_io import CaseView, DecisionPreview, TermResult, YearResult
from workflows.states import Receipt
from workflows.vocabulary import Condition, PlanPart

FOLDER = "schemas"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
APPLICATION = "application"
DECISION = "decision"
ANSWERS: dict[str, type[BaseModel]] = {
    "receipt": Receipt,
    "refusal": Refusal,
    "case_view": CaseView,
    "log_entry": LogEntry,
    "term_result": TermResult,
    "year_result": YearResult,
    "opinion": DecisionPreview,
    "event": Event,
    "roster_view": RosterView,
    "roster_receipt": RosterReceipt,
    "erasure_view": ErasureView,
    "erasure_receipt": ErasureReceipt,
}
ROSTER: dict[str, type[BaseModel]] = {
    "change": RosterChange,
    "confirmation": RosterConfirmation,
}

ERASURE: dict[str, type[BaseModel]] = {
    "request": ErasureRequest,
    "confirmation": ErasureConfirmation,
}

_DOCUMENTED: dict[str, Any] = {
    "required": ["documents"],
    "properties": {"documents": {"minItems": 1}},
}
_NUMBERS = ("list_number", "certificate_number")


def _only(given: str, left_out: str) -> dict[str, Any]:
    """The part of a schema that demands one of two texts, and forbids the other."""
    return {
        "required": [given],
        "properties": {given: {"type": "string"}, left_out: {"type": "null"}},
    }


SAID: dict[type[BaseModel], dict[str, Any]] = {
    PlatformApplication: {
        "properties": {
            "services": {"uniqueItems": True},
            "conditions": {"required": [str(word) for word in Condition]},
        }
    },
    Plan: {"properties": {"parts": {"required": [str(word) for word in PlanPart]}}},
    OperatingMechanisms: {
        "if": {"properties": {"legal_form": {"const": "separately_managed"}}},
        "then": {
            "required": ["independent_by"],
            "properties": {"independent_by": {"type": "string"}},
        },
    },
    Listing: {
        "if": {"properties": {"outcome": {"const": "included"}}},
        "then": {
            "required": list(_NUMBERS),
            "properties": {number: {"type": "string"} for number in _NUMBERS},
        },
        "else": {"properties": {number: {"type": "null"} for number in _NUMBERS}},
    },
    DistrictReview: {
        "if": {"properties": {"outcome": {"const": "not_given"}}, "required": ["outcome"]},
        "then": _only("reason", "view"),
        "else": _only("view", "reason"),
    },
    BringingIn: _DOCUMENTED,
    **dict.fromkeys((Suspension, Resumption, Termination), _DOCUMENTED),
    FactsChange: {
        "required": ["documents"],
        "properties": {"documents": {"minItems": 1}},
        "anyOf": [
            {"required": [name], "properties": {name: {"not": {"type": "null"}}}}
            for name in CHANGEABLE
        ],
    },
}
"""What a model's validator demands, as far as JSON Schema has words for it."""

BEYOND: dict[type[BaseModel], tuple[str, ...]] = {
    PlatformApplication: (
        "`field` is one of `policy.fields` (§三(二))",
        "`term` is `previous.term` + 1; without `previous` it is 1, or `brought_in.term`",
        "`other_services` stand with `other` among the `services`, and `centre` with the `origin`"
        " `existing_centre`, and neither without",
        "`brought_in.term` is `term`: both `term` and `previous` may be left to the one who hands it in",
    ),
    Plan: (),
    OperatingMechanisms: ("the shares of `funding` add up to 100 (§五(三))",),
    Policy: (
        "`majority_of` is a share [part, whole] with 0 < part <= whole",
        "`assessment_opens_from_hour` lies before `assessment_opens_until_hour`",
    ),
    Listing: (),
    DistrictReview: (),
    BringingIn: (
        "`listed_on` does not lie after `decided_on`",
        "`assessments` go year by year from 1, none is skipped, and none comes after `not_met` (§六)",
        "each of them was concluded after the one before and after its year of the term began,"
        " and not after `decided_on`",
    ),
    **dict.fromkeys((DocumentedDecision, Suspension, Resumption, Termination), ()),
    FactsChange: ("`services` names each service once (§一)",),
    **dict.fromkeys(
        (RosterConfirmation, ErasureConfirmation),
        ("a `reason` stands with the outcome `rejected`, and with no other",),
    ),
}
"""What it demands besides, in words."""


@cache
def files() -> dict[str, str]:
    """Every schema by its path below the repository's root."""
    whole = {
        APPLICATION: _one(PlatformApplication, APPLICATION, "validation"),
        DECISION: _any_decision(),
    }
    for kind, decision in MODELS.items():
        whole[f"decisions/{kind}"] = _one(decision, f"decisions/{kind}", "validation")
    for name, message in ROSTER.items():
        whole[f"roster/{name}"] = _one(message, f"roster/{name}", "validation")
    for name, message in ERASURE.items():
        whole[f"erasure/{name}"] = _one(message, f"erasure/{name}", "validation")
    for name, answer in ANSWERS.items():
        whole[f"answers/{name}"] = _one(answer, f"answers/{name}", "serialization")
    return {
        f"{FOLDER}/{name}.schema.json": json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
        for name, schema in whole.items()
    }


def bring_up_to_date(root: Path, *, write: bool) -> list[str]:
    """The paths of schemas that are out of date, missing or left over; with `write` they are put right."""
    new = files()
    there = {str(path.relative_to(root)) for path in (root / FOLDER).rglob("*.json")}
    stale = sorted(there - new.keys())
    for left_over in stale:
        if write:
            (root / left_over).unlink()
    for name, text in new.items():
        path = root / name
        if name in there and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if write:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return stale


def _any_decision() -> dict[str, Any]:
    by_model, defs = _definitions(tuple(MODELS.values()), "validation")
    return {
        **_heading(DECISION, "Decision", "A decision of any kind; `kind` says which."),
        "oneOf": [{"$ref": by_model[model]} for model in MODELS.values()],
        "$defs": defs,
    }


def _one(
    model: type[BaseModel], name: str, mode: Literal["validation", "serialization"]
) -> dict[str, Any]:
    by_model, defs = _definitions((model,), mode)
    schema = defs.pop(by_model[model].rpartition("/")[2])
    title, description = schema.pop("title"), schema.pop("description")
    return {
        **_heading(name, title, description),
        **schema,
        **({"$defs": defs} if defs else {}),
    }


def _heading(name: str, title: str, description: str) -> dict[str, Any]:
    urn = f"urn:pingtai:schema:{name.replace('/', ':')}"
    return {"$schema": DIALECT, "$id": urn, "title": title, "description": description}


def _definitions(
    models: tuple[type[BaseModel], ...], mode: Literal["validation", "serialization"]
) -> tuple[dict[type[BaseModel], str], dict[str, Any]]:
    """Where each model is defined, and all definitions that they need."""
    where, whole = models_json_schema(
        [(model, mode) for model in models], schema_generator=MessageSchema
    )
    defs = whole["$defs"]
    if mode == "validation":
        for model in {*models, *BEYOND}:
            if part := defs.get(model.__name__):
                _add(part, SAID.get(model, {}))
                part["description"] = description_of(model)
    written = {name: for_readers(part, defs) for name, part in defs.items()}
    by_model = {model: str(where[model, mode]["$ref"]) for model in models}
    text = json.dumps([written, list(by_model.values())])
    needed = {name: part for name, part in written.items() if f'"#/$defs/{name}"' in text}
    return by_model, needed


def _add(schema: dict[str, Any], more: dict[str, Any]) -> None:
    """Put `more` into a schema: objects grow together, lists are added to."""
    for key, value in more.items():
        if isinstance(value, dict) and key in schema:
            _add(schema[key], value)
        elif isinstance(value, list) and key in schema:
            schema[key] = [*schema[key], *(part for part in value if part not in schema[key])]
        else:
            schema[key] = value


def description_of(model: type[BaseModel]) -> str:
    """A message's docstring, and what it must besides be, which the schema does not say."""
    words = inspect.cleandoc(model.__doc__ or "")
    demands = [f"{rule}." for rule in BEYOND.get(model, ())]
    kind = next((kind for kind, decision in MODELS.items() if decision is model), None)
    if kind:
        words = f"{kind.zh} ({kind.article}). {words}"
    if demands:
        words += "\n\nThe message besides: " + " ".join(demands)
    if kind and CHECKS.get(kind):
        rules = " ".join(inspect.getdoc(check) or "" for _, check in CHECKS[kind])
        words += f"\n\nThe rules besides: {rules}"
    if issubclass(model, Decision | PlatformApplication):
        words += f"\n\nAt most {MAX_MESSAGE_BYTES // 1024} KiB of JSON."
    return words
