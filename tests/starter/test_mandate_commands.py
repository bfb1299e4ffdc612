"""`pingtai mandate`: signed by the one who is away, kept by the other, and brought along on its days."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import Result

from db.substitution_queries import SubstitutionRow
from starter.desk import substitutes
from starter.desk.kept_mandates import kept_mandates
from starter.roster import roster_access
from starter.signing.key_files import read_key_file
from tests.rules.officers import entry, root, signed
from workflows.actors import Actor
from workflows.model import parse
from workflows.roster_entries import RosterKey, prove_entry
from workflows.signed_mandates import mandate_form, signature_fault
from workflows.vocabulary import Kind, Role

Run = Callable[..., Result]
FIRST, LAST = date(2026, 10, 8), date(2026, 10, 16)
DAYS = ("--from", str(FIRST), "--until", str(LAST))
ROW = SubstitutionRow(
    number=1,
    principal_id="kw-01",
    substitute_id="kw-02",
    role="commission",
    organisation="市科委",
    district=None,
    first_day=FIRST,
    last_day=LAST,
    reason=None,
    named_by="kw-01",
    named_at=datetime(2026, 10, 1, tzinfo=UTC),
    withdrawn_at=None,
)


def sit_down(pingtai: Run, person: str) -> None:
    """Log in with the person's own key."""
    said = ("login", "--id", person, "--role", "commission", "--organisation", "市科委")
    assert pingtai(*said).exit_code == 0


def sign(pingtai: Run, file: Path, *more: str) -> Result:
    """kw-01 lets kw-02 act for them."""
    sit_down(pingtai, "kw-01")
    return pingtai("mandate", "sign", "kw-02", *DAYS, "-o", str(file), *more)


@pytest.fixture
def at_desk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[], dict[str, Any]]:
    """The `actor` that `--for kw-01` makes; kw-01 stands in the roster."""

    async def standing_in(*_: object) -> list[SubstitutionRow]:
        return [ROW]

    @asynccontextmanager
    async def reads() -> AsyncIterator[Any]:
        yield SimpleNamespace(standing_in=standing_in)

    async def proof(person: str) -> Any:
        path = tmp_path / f"{person}.key"
        if not path.exists():
            return None
        key = RosterKey(public=read_key_file(path).key.openssh(), first=FIRST)
        one = entry(person, keys=(key,))
        version = root([one])
        return prove_entry(one, {person: one.leaf().hex()}), signed(version, [one], one)

    @asynccontextmanager
    async def roster() -> AsyncIterator[Any]:
        yield SimpleNamespace(proof=proof)

    monkeypatch.setattr(substitutes, "open_reads", reads)
    monkeypatch.setattr(roster_access, "open_roster", roster)

    def actor() -> dict[str, Any]:
        asked = substitutes.in_place_of("kw-01", "kw-02", FIRST, Kind.INSPECTION, [Role.COMMISSION])
        return asyncio.run(asked)

    return actor


def test_it_is_signed_kept_and_brought_along(
    pingtai: Run, tmp_path: Path, at_desk: Callable[[], dict[str, Any]]
) -> None:
    """What the case is sent holds by the roster's proof of today."""
    file = tmp_path / "mandate.json"
    assert "mandate keep" in sign(pingtai, file, "--kind", "现场核查").stdout
    assert "mandate" not in at_desk()["acting_for"]
    sit_down(pingtai, "kw-02")
    assert "You act for kw-01" in pingtai("mandate", "keep", str(file)).stdout
    assert "现场核查" in pingtai("mandate", "list", lang="zh").stdout
    listed = json.loads(pingtai("mandate", "list", "--json").stdout)
    assert (listed[0]["principal"], listed[0]["kinds"]) == ("kw-01", ["inspection"])
    actor = parse(Actor, at_desk())
    assert actor.acting_for
    mandate = actor.acting_for.mandate
    assert mandate
    assert mandate.signature.proof
    known = root([mandate.signature.proof.entry])
    form = mandate_form("kw-01", "kw-02", FIRST, LAST, (Kind.INSPECTION,))
    at = datetime(2026, 10, 9, tzinfo=UTC)
    assert signature_fault(form, mandate, "kw-01", known, at) is None
    other = mandate_form("kw-01", "kw-02", FIRST, LAST, ())
    assert signature_fault(other, mandate, "kw-01", known, at)


def test_it_is_anothers_or_none(pingtai: Run, tmp_path: Path) -> None:
    """Nobody keeps what is not for them; what is no mandate is named; no file is written over."""
    file = tmp_path / "mandate.json"
    sign(pingtai, file)
    wrong = pingtai("mandate", "keep", str(file))
    assert (wrong.exit_code, "it is for kw-02" in wrong.stderr) == (2, True)
    assert sign(pingtai, file).exit_code == 2
    backwards = ("--from", str(LAST), "--until", str(FIRST), "-o", str(tmp_path / "x"))
    assert "lies before" in pingtai("mandate", "sign", "kw-02", *backwards).stderr
    odd = pingtai("mandate", "sign", "kw 02", *DAYS, "-o", str(tmp_path / "y"))
    assert odd.exit_code == 2
    assert "substitute" in odd.stderr
    none = tmp_path / "none.json"
    none.write_text("{}")
    assert pingtai("mandate", "keep", str(none)).exit_code == 2
    assert "No mandates" in pingtai("mandate", "list").stderr
    assert kept_mandates() == []


def test_one_of_other_days_is_not_brought(
    pingtai: Run, tmp_path: Path, at_desk: Callable[[], dict[str, Any]]
) -> None:
    """The days of the absence are what was signed."""
    file = tmp_path / "mandate.json"
    sit_down(pingtai, "kw-01")
    days = ("--from", str(FIRST), "--until", "2026-10-15")
    pingtai("mandate", "sign", "kw-02", *days, "-o", str(file))
    sit_down(pingtai, "kw-02")
    pingtai("mandate", "keep", str(file))
    assert "mandate" not in at_desk()["acting_for"]
