"""The OpenAPI document: every call has what a reader needs, and every example fits its schema."""

from collections.abc import Iterator
from typing import Any

import httpx
import jsonschema_rs
import pytest
from fastapi import FastAPI

from starter.service import api_examples
from tests.service.decisions import decision
from workflows.application import PlatformApplication
from workflows.decision_reading import decision_of
from workflows.model import parse
from workflows.vocabulary import Kind


@pytest.fixture
def document(app: FastAPI) -> dict[str, Any]:
    """The document."""
    return app.openapi()


def calls(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every call, with its name."""
    for path, methods in document["paths"].items():
        for method, call in methods.items():
            yield f"{method} {path}", call


def contents(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every body and every answer that has content, with its name."""
    for name, call in calls(document):
        parts = {"body": call.get("requestBody", {}), **call["responses"]}
        for part, said in parts.items():
            for content in said.get("content", {}).values():
                yield f"{name} {part}", content


def test_every_body_and_answer_has_an_example_that_fits(document: dict[str, Any]) -> None:
    """Also every problem; the schemas are looked up in the document itself."""
    missing = []
    for name, content in contents(document):
        schema = {**content["schema"], "components": document["components"]}
        validator = jsonschema_rs.Draft202012Validator(schema)
        if not content.get("examples"):
            missing.append(name)
        for example in content.get("examples", {}).values():
            wrong = [error.message for error in validator.iter_errors(example["value"])]
            assert [] == wrong, name
    assert [] == missing


def test_the_examples_of_what_is_sent_are_taken_by_the_models() -> None:
    """What a reader copies is understood."""
    parse(PlatformApplication, api_examples.value("application"))
    decision_of(api_examples.value("decision"))


def test_every_kind_of_decision_fits_the_schema(document: dict[str, Any]) -> None:
    """What the rules read, the document describes."""
    body = document["paths"]["/v1/platforms/{platform_id}/decisions"]["post"]["requestBody"]
    schema = body["content"]["application/json"]["schema"]
    validator = jsonschema_rs.Draft202012Validator({**schema, "components": document["components"]})
    alone = set(Kind) - {Kind.BRINGING_IN}  # that one comes with an application
    assert [] == [kind for kind in alone if not validator.is_valid(decision(kind))]
    assert not validator.is_valid({**decision("withdrawal"), "kind": "bringing_in"})


def test_every_call_says_what_it_is_and_how_it_may_end(document: dict[str, Any]) -> None:
    """A summary in both languages, a description, and at least 422, 500 and 503; all but two a key."""
    for name, call in calls(document):
        assert any("\u4e00" <= letter for letter in call["summary"]), name
        assert call["description"]
        assert {"422", "500", "503"} < set(call["responses"]), name
        assert ("401" in call["responses"]) == bool(call.get("security")), name


async def test_the_document_is_served_to_anybody(
    http: httpx.AsyncClient, document: dict[str, Any]
) -> None:
    """Without a key, as it is; in OpenAPI 3.1."""
    answer = await http.get("/openapi.json")
    assert (200, document) == (answer.status_code, answer.json())
    assert document["openapi"].startswith("3.1")
