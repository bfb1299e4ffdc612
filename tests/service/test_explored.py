"""schemathesis explores the live service by its own document: no 5xx, no answer outside the schema."""

import asyncio
from collections import Counter
from contextlib import suppress
from itertools import product
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from starter.service import arrivals
from starter.service.serving import listener, serving, url_of
from tests.service.conftest import EVERYTHING, MakeKey

EXAMPLES = {"GET": 2, "POST": 2, "DELETE": 2}
"""Of each call so many valid and so many invalid ones; half a second goes into the making of a body."""


async def test_every_answer_is_one_that_the_document_knows(
    app: FastAPI, make_key: MakeKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Valid and invalid calls of every kind, with a key that may do everything, over a real listener.

    That a body that fits the schema is taken is not asked: the rules know more than a schema can say.
    """
    monkeypatch.setattr(arrivals, "MOST", 0)  # no call waits for events
    token = await make_key(*EVERYTHING, district="haidian")
    with listener("127.0.0.1:0") as listening:
        async with serving(app, listening):
            # In a thread, because it waits for each answer of the service in this loop.
            explored = await asyncio.to_thread(explore, url_of(listening), token, app.openapi())
    paths = app.openapi()["paths"].items()
    assert {f"{m.upper()} {path}" for path, calls in paths for m in calls} == set(explored)
    assert 0 not in explored.values()
    assert explored.total() >= 100


def explore(url: str, token: str, document: dict[str, Any]) -> Counter[str]:
    """Call everything; answers how many calls were made of each kind. A wrong answer raises."""
    schema = schemathesis.openapi.from_dict(document)
    operations = [found.ok() for found in schema.get_all_operations()]  # type: ignore[union-attr]
    operations.sort(key=lambda operation: operation.method)
    made = Counter[str]()
    for operation, mode in product(operations, GenerationMode):
        made[operation.label] += _explored(operation, mode, url, token)
    return made


def _explored(operation: Any, mode: GenerationMode, url: str, token: str) -> int:
    calls = 0

    @settings(
        max_examples=EXAMPLES[operation.method.upper()],
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],  # what is found wrong is shown as it is: shrinking takes time
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def call(case: Any) -> None:
        nonlocal calls
        calls += 1
        case.call_and_validate(
            base_url=url,
            headers={"Authorization": f"Bearer {token}"},
            excluded_checks=[positive_data_acceptance],
            timeout=35,
        )

    with suppress(Unsatisfiable):  # a call without parameters cannot be made wrongly
        call()
    return calls
