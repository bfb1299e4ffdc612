"""A register with four platforms, which the commands of a test read."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from db.engine import create_engine
from db.register_store import PostgresRegister
from db.url import shown
from tests.databases import own_name
from tests.register.cases import START, application, batch, listed, opened, rectified, set_aside
from tests.rules.builders import COMMISSION, MECHANISMS, OPERATOR
from workflows.vocabulary import Happening, PlanPart

NAME = "=1+1 卫星互联网终端与相控阵天线共性技术平台"
PAST = MECHANISMS | {"legal_form": "separately_managed", "independent_by": "2024-12-31"}
LAYOUT = (
    "领域,方向,优先级,所在区\n"
    "人工智能,大模型,1,\n"
    "artificial_intelligence,自动驾驶,2,海淀区；shunyi\n"
    "集成电路,封装,1,beijing_etown\n"
)

NAME = "=1+1 卫星互联网终端与相控阵天线共性技术平台"
PAST = MECHANISMS | {"legal_form": "separately_managed", "independent_by": "2024-12-31"}


@pytest.fixture(scope="module")
async def filled(postgres_url: str, template: str) -> AsyncIterator[str]:
    """The URL of a register with four platforms."""
    admin = create_engine(postgres_url, pooled=False).execution_options(
        isolation_level="AUTOCOMMIT"
    )
    name = own_name("reading")
    async with admin.connect() as connection:
        await connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        await connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    url = shown(make_url(postgres_url).set(database=name))
    engine = create_engine(url)
    register = PostgresRegister(engine)
    first = listed(application("p-1", name=NAME, direction="大模型"))
    support = {"support": "tax", "given_on": "2024-02-12", "title": "研发费用加计扣除"}
    first.decide("support", COMMISSION, **support, amount_wan=1200)
    first.decide("support", COMMISSION, **support)
    set_aside(first, str(first.case.log[-1].decision_id))
    year = rectified(first)
    plan = {"parts": dict.fromkeys(PlanPart, "思路"), "mechanisms": PAST}
    second = opened(application("p-2", direction="未列", plan=plan), START + timedelta(days=300))
    second.record_event(Happening.OVERDUE)
    third = listed(application("p-3", direction="大模型"))
    third.decide("withdrawal", OPERATOR, reason="调整")
    fourth = opened(application("p-4", field="medicine_and_health"))
    for told, of in ((first, None), (year, first), (second, None), (third, None), (fourth, None)):
        await register.write(batch(told, platform=of))
    await engine.dispose()
    yield url
    async with admin.connect() as connection:
        await connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    await admin.dispose()


@pytest.fixture(autouse=True)
def reading(filled: str, monkeypatch: pytest.MonkeyPatch, nobodys_environment: None) -> None:
    """The commands read this register."""
    monkeypatch.setenv("DATABASE_URL", filled)
