"""The examples of the OpenAPI document (`api_examples.json`): the platform of examples/bj-riscv-soc."""

import json
from importlib.resources import files
from typing import Any

from starter.service.problem_details import Kind, Problem
from workflows.words import Words

_PLACE = "#/example/"
_EXAMPLES: dict[str, dict[str, Any]] = json.loads(
    files(__package__).joinpath("api_examples.json").read_bytes()
)


def of(name: str) -> dict[str, Any]:
    """A place for the example of this name, which `filled` puts there: FastAPI would take its nulls out."""
    return {name: {"value": f"{_PLACE}{name}"}}


def filled(part: Any) -> Any:
    """A document, or a part of one, with its examples in their places."""
    if isinstance(part, str) and part.startswith(_PLACE):
        return value(part.removeprefix(_PLACE))
    if isinstance(part, dict):
        return {name: filled(inner) for name, inner in part.items()}
    if isinstance(part, list):
        return [filled(inner) for inner in part]
    return part


def value(name: str) -> Any:
    return _EXAMPLES["answers"][name]


def problem(kind: Kind) -> dict[str, Any]:
    """How a problem of a kind is answered."""
    example: dict[str, Any] = _EXAMPLES["problems"][str(kind)]
    details = Problem(kind, Words(example["en"], example["zh"]))
    return details.details("/v1/platforms/bj-riscv-soc", "en") | example
