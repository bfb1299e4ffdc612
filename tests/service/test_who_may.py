"""Who may by HTTP: no operator takes another's platform, and nobody names whom they act for by themselves."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from db.queries import RegisterQueries
from db.substitutions import Substitutions
from starter.errors import BadInput
from starter.service.scopes import Scope
from starter.service.trusted_names import HOSTS, PROXIES, configured_names
from tests.rules.builders import (
    COMMISSION,
    DISTRICT,
    OPERATOR,
    OPERATOR_CODE,
    OPERATOR_NAME,
    OTHER_CODE,
    Raw,
)
from tests.service.conftest import MakeKey, calling, form
from tests.service.decisions import decision
from workflows.actors import Actor
from workflows.periods import beijing_date

OTHER = "另一平台运营有限公司"
TODAY = beijing_date(datetime.now(UTC))


async def ended(app: FastAPI, make_key: MakeKey) -> str:
    """A platform whose only term was withdrawn by its operator."""
    sent = form()
    async with calling(app, await make_key(*Scope)) as client:
        assert 201 == (await client.post("/v1/applications", json=sent)).status_code
        where = f"/v1/platforms/{sent['platform_id']}/decisions"
        answer = await client.post(where, json=decision("withdrawal"))
        assert 201 == answer.status_code, answer.text
    return str(sent["platform_id"])


@pytest.mark.parametrize("known", [True, False], ids=["known", "the register knows nothing"])
async def test_an_operator_begins_no_term_of_a_platform_that_another_ran(
    app: FastAPI, make_key: MakeKey, monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    """A's key is 403 under B's ended platform, and B's own goes on; the commission gives it to A."""
    platform_id = await ended(app, make_key)
    if not known:

        async def nothing(*_: object) -> None:
            return None

        monkeypatch.setattr(RegisterQueries, "whose", nothing)
    taken = form(
        platform_id=platform_id,
        operator={"name": OTHER, "credit_code": OTHER_CODE},
        submitted_by={**OPERATOR, "organisation": OTHER},
    )
    async with calling(app, await make_key(Scope.APPLY, organisation=OTHER)) as another:
        refused = await another.post("/v1/applications", json=taken)
        assert 403 == refused.status_code, refused.text
        assert 201 == (await another.post("/v1/applications", json={**taken, **_new()})).status_code
    if known:
        async with calling(app, await make_key(Scope.APPLY, organisation=OPERATOR_NAME)) as own:
            again = await own.post("/v1/applications", json=form(platform_id=platform_id))
            assert (201, 2) == (again.status_code, again.json()["term"]), again.text
    else:
        by_all = await make_key(Scope.APPLY, Scope.DECIDE_COMMISSION)
        async with calling(app, by_all) as commission:
            given = await commission.post("/v1/applications", json=taken)
            assert (201, 2) == (given.status_code, given.json()["term"]), given.text


async def test_a_key_with_a_credit_code_speaks_for_that_body(
    app: FastAPI, make_key: MakeKey
) -> None:
    """However its name is written; the same name with another code is another body."""
    coded = {"organisation": OPERATOR_NAME, "credit_code": OPERATOR_CODE}
    written = {**OPERATOR, "organisation": "京芯平台", "credit_code": OPERATOR_CODE}
    other = {**OPERATOR, "credit_code": OTHER_CODE}
    scopes = (Scope.APPLY, Scope.DECIDE_OPERATOR)
    async with calling(app, await make_key(*scopes, **coded)) as client:
        renamed = form(
            operator={"name": "京芯平台", "credit_code": OPERATOR_CODE}, submitted_by=written
        )
        assert 201 == (await client.post("/v1/applications", json=renamed)).status_code
        stranger = form(operator={"name": OPERATOR_NAME, "credit_code": OTHER_CODE})
        refused = await client.post("/v1/applications", json=stranger)
        assert (403, True) == (refused.status_code, OTHER_CODE in refused.json()["en"])
        sent = form()
        assert 201 == (await client.post("/v1/applications", json=sent)).status_code
        where = f"/v1/platforms/{sent['platform_id']}/decisions"
        refused = await client.post(where, json=decision("withdrawal", actor=other))
        assert (403, True) == (refused.status_code, OTHER_CODE in refused.json()["en"])
        taken = await client.post(where, json=decision("withdrawal", actor=written))
        assert 201 == taken.status_code, taken.text
        # At once, though the run of the term that is over may still be handing in its last entry.
        again = form(platform_id=sent["platform_id"], operator=renamed["operator"])
        answer = await client.post("/v1/applications", json=again | {"submitted_by": written})
        assert (201, 2) == (answer.status_code, answer.json()["term"]), answer.text


async def test_where_the_platform_has_no_code_names_decide(app: FastAPI, make_key: MakeKey) -> None:
    """A key of one body takes no other's name on a platform that is told by names."""
    old = form(policy={"credit_codes": False}, operator={"name": OTHER}, submitted_by=COMMISSION)
    async with calling(app, await make_key(*Scope)) as client:
        assert 201 == (await client.post("/v1/applications", json=old)).status_code
    key = await make_key(
        Scope.DECIDE_OPERATOR, organisation=OPERATOR_NAME, credit_code=OPERATOR_CODE
    )
    taken = {**OPERATOR, "organisation": OTHER, "credit_code": OPERATOR_CODE}
    async with calling(app, key) as client:
        where = f"/v1/platforms/{old['platform_id']}/decisions"
        refused = await client.post(where, json=decision("withdrawal", actor=taken))
        assert 403 == refused.status_code, refused.text


def _new() -> Raw:
    """The ids of a platform that nobody has."""
    return {name: form()[name] for name in ("platform_id", "application_id")}


def acting(first: date, last: date, **changes: Any) -> Raw:
    """A substitute of the usual district officer, with the days that the message says."""
    absence = {"principal_id": DISTRICT["id"], "first_day": str(first), "last_day": str(last)}
    return {**DISTRICT, "id": "hd-2", "acting_for": absence, **changes}


async def test_a_substitute_acts_only_under_what_the_register_has(
    app: FastAPI, make_key: MakeKey, shared_engine: AsyncEngine
) -> None:
    """Without a substitution, or with other days or another office: 403; what was taken is repeated."""
    first, last = TODAY - timedelta(days=3), TODAY + timedelta(days=3)
    async with calling(app, await make_key(*Scope, district="haidian")) as client:
        sent = form()
        await client.post("/v1/applications", json=sent)
        where = f"/v1/platforms/{sent['platform_id']}/decisions"

        async def tell(actor: Raw) -> Any:
            body = decision("recommendation", actor=actor, decided_on=str(TODAY))
            return await client.post(where, json=body)

        assert 403 == (await tell(acting(first, last))).status_code
        absences = Substitutions(shared_engine)
        row, _ = await absences.name(
            Actor.model_validate(DISTRICT, strict=False),
            "hd-2",
            (first, last),
            reason=None,
            named_by="hd-1",
            at=datetime.now(UTC),
        )
        for wrong in (
            acting(first, last + timedelta(days=1)),
            acting(first, last, organisation="海淀区另一部门"),
            acting(first, last, id="hd-3"),
        ):
            answer = await tell(wrong)
            assert 403 == answer.status_code, answer.text
        taken = await tell(acting(first, last))
        assert 201 == taken.status_code, taken.text
        await absences.withdraw(row.number, datetime.now(UTC))
        for _ in range(100):
            again = await tell(acting(first, last))
            if again.status_code != 403:  # the register hears of it a moment later
                break
        assert (200, taken.content) == (again.status_code, again.content)


async def test_nobody_submits_for_another_by_themselves(app: FastAPI, make_key: MakeKey) -> None:
    """Nor for the operator, nor for the commission that brings a platform in."""
    absence = {"principal_id": "op-9", "first_day": "2020-01-01", "last_day": "2099-01-01"}
    sent = form(submitted_by={**OPERATOR, "acting_for": absence})
    async with calling(app, await make_key(*Scope)) as client:
        assert 403 == (await client.post("/v1/applications", json=sent)).status_code
        actor = {**COMMISSION, "acting_for": absence}
        brought = decision(
            "bringing_in",
            "b-1",
            listed_on="2025-03-01",
            certificate_number="GX-who-may",
            actor=actor,
        )
        answer = await client.post("/v1/applications", json=form(brought_in=brought))
        assert 403 == answer.status_code, answer.text


PUBLIC = ("/v1/register", "/v1/platforms/p-1/validity", "/openapi.json", "/docs")


async def test_a_page_that_rebound_its_name_is_not_answered(
    app: FastAPI, make_key: MakeKey
) -> None:
    """A name that is not ours is 421 where no key is shown; an address, a name that is set, and a key go."""
    async with calling(app) as client:
        for path in PUBLIC:
            answer = await client.get(path, headers={"Host": "evil.example"})
            assert (421, "urn:pingtai:problem:unknown-host") == (
                answer.status_code,
                answer.json()["type"],
            )
            for host in ("127.0.0.1:8080", "[::1]:8080", "localhost", "10.0.0.1"):
                assert 421 != (await client.get(path, headers={"Host": host})).status_code
        assert 200 == (await client.get("/livez", headers={"Host": "evil.example"})).status_code
    async with calling(app, await make_key(Scope.READ)) as keyed:
        assert (
            200
            == (await keyed.get("/v1/register", headers={"Host": "pingtai.example"})).status_code
        )


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
async def test_what_a_web_page_can_post_does_nothing(
    app: FastAPI, make_key: MakeKey, kind: str
) -> None:
    """A form of another origin has no key: 401; and with a key it is no JSON: 415."""
    paths = [
        path.replace("{platform_id}", "p-1").replace("{subscription_id}", "sub_0123456789abcdef")
        for path, calls in app.openapi()["paths"].items()
        if "post" in calls
    ]
    assert paths
    headers = {"Content-Type": kind, "Origin": "https://evil.example"}
    async with calling(app) as page:
        for path in paths:
            answer = await page.post(path, content=b"{}", headers=headers)
            assert 401 == answer.status_code, path
            assert "access-control-allow-origin" not in answer.headers
    async with calling(app, await make_key(*Scope)) as keyed:
        for path in paths:
            answer = await keyed.post(path, content=b"{}", headers=headers)
            assert answer.status_code in (404, 415), path


def test_names_and_proxies_are_those_that_the_operator_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By themselves none but this machine; what makes no sense is told."""
    monkeypatch.delenv(HOSTS, raising=False)
    monkeypatch.delenv(PROXIES, raising=False)
    names = configured_names()
    assert [True, True, False] == [names.is_proxy(a) for a in ("127.0.0.1", "::1", "10.0.0.1")]
    assert not names.knows("pingtai.example.org")
    monkeypatch.setenv(HOSTS, "Pingtai.example.org, *.kw.example")
    monkeypatch.setenv(PROXIES, "10.0.0.0/24,2001:db8::7")
    names = configured_names()
    known = ("pingtai.example.org:443", "a.kw.example", "PINGTAI.example.org.")
    assert all(names.knows(host) for host in known)
    assert not any(
        names.knows(host) for host in ("example.org", "kw.example", "127.0.0.1.evil.com")
    )
    assert names.is_proxy("::ffff:10.0.0.9")
    for variable, word in ((HOSTS, "https://x"), (PROXIES, "10.0.0.300")):
        with monkeypatch.context() as wrong:
            wrong.setenv(variable, word)
            with pytest.raises(BadInput, match=variable):
                configured_names()


async def test_the_key_of_the_new_operator_works_and_that_of_the_old_no_longer(
    app: FastAPI, make_key: MakeKey
) -> None:
    """From the change on: what the old operator sends is refused by the rules, and nothing is changed."""
    sent = form()
    async with calling(app, await make_key(*Scope)) as client:
        assert 201 == (await client.post("/v1/applications", json=sent)).status_code
        where = f"/v1/platforms/{sent['platform_id']}/decisions"
        change = decision("facts_change", operator={"name": OTHER, "credit_code": OTHER_CODE})
        assert 201 == (await client.post(where, json=change)).status_code
    leaves = decision("withdrawal", "w-1")
    async with calling(
        app, await make_key(Scope.DECIDE_OPERATOR, organisation=OPERATOR_NAME)
    ) as old:
        refused = await old.post(where, json=leaves)
        assert 409 == refused.status_code, refused.text
        assert OTHER in refused.json()["detail"]
    taken = {**leaves, "actor": {**OPERATOR, "id": "op-2", "organisation": OTHER}}
    async with calling(app, await make_key(Scope.DECIDE_OPERATOR, organisation=OTHER)) as new:
        assert 201 == (await new.post(where, json=taken)).status_code
