"""Another platform's certificate number is refused where a listing is only tried, or signed first."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from starter.client.decision_sender import DecisionSender
from starter.client.register_lookups import NoRegister
from starter.errors import Unreachable
from tests.rules.builders import decision
from workflows.refusal import Refused
from workflows.run_io import DecisionPreview

LISTING = decision("listing", "d-1", "2026-11-23", certificate_number="GX-1")


class Register(NoRegister):
    """Says whose the number is; None: it is away."""

    def __init__(self, holder: str | None) -> None:
        """With this answer."""
        self.holder = holder

    async def number_holder(self, number: str) -> str | None:
        """The platform of a number."""
        if self.holder is None:
            raise Unreachable("away", "")
        return self.holder


def sender(register: NoRegister) -> DecisionSender:
    """One whose case accepts all."""

    async def nothing(*_: Any) -> None:
        return None

    async def accepted(*_: Any) -> DecisionPreview:
        return DecisionPreview(stage="valid")

    @asynccontextmanager
    async def named(_: str) -> AsyncIterator[None]:
        yield

    made: Any = DecisionSender()
    made._register, made._queries = register, SimpleNamespace(query=accepted)
    made._binding, made._lost = SimpleNamespace(case_of=nothing), SimpleNamespace(named=named)
    checked: DecisionSender = made
    return checked


async def test_a_number_of_another_platform_is_refused() -> None:
    """In the words of the case, which asks the register only when it decides."""
    with pytest.raises(Refused) as error:
        await sender(Register("p-2")).check("p-1", LISTING)
    assert "certificate number GX-1 belongs to platform p-2" in error.value.words.en
    assert "证书编号 GX-1 已属于平台 p-2" in error.value.words.zh


@pytest.mark.parametrize("register", [Register("p-1"), Register(None), NoRegister()])
async def test_its_own_number_or_one_that_nobody_can_look_up_is_left_to_the_case(
    register: NoRegister,
) -> None:
    """The case looks again."""
    assert "valid" == (await sender(register).check("p-1", LISTING)).stage
