"""`pingtai mandate`: signed by the one who is away, kept by the other, and brought along on its days."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import Result

from db.roster_queries import RosterPage
from db.substitution_queries import SubstitutionRow
from starter.clock import today
from starter.commands import mandate
from starter.desk import substitutes
from starter.desk.kept_mandates import kept_mandates
from starter.roster import roster_access
from starter.signing.key_files import read_key_file
from tests.rules.officers import entry, root, signed
from workflows.actors import Actor
from workflows.model import parse
from workflows.roster_entries import RosterEntry, RosterKey, prove_entry
from workflows.signed_mandates import mandate_form, signature_fault
from workflows.vocabulary import District, Kind, Role
from workflows.words import Words

Run = Callable[..., Result]
FIRST = today()
LAST = FIRST + timedelta(days=8)
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


class Roster:
    """People of the roster, with the keys that they have made."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.entries: dict[str, dict[str, Any]] = {"kw-01": {}, "kw-02": {}}
        self.there = True

    async def named(self, ids: Sequence[str]) -> dict[str, RosterEntry]:
        """By their ids."""
        return {one: self._entry(one) for one in ids if self.there and one in self.entries}

    async def people(self, after: str = "", **_: Any) -> RosterPage:
        """All of them."""
        return RosterPage(people=tuple((await self.named([*self.entries])).values()))

    async def proof(self, person: str) -> Any:
        """Of who has a key."""
        if not (self._folder / f"{person}.key").exists():
            return None
        one = self._entry(person)
        version = root([one])
        return prove_entry(one, {person: one.leaf().hex()}), signed(version, [one], one)

    def _entry(self, person: str) -> RosterEntry:
        path = self._folder / f"{person}.key"
        line = read_key_file(path).key.openssh() if path.exists() else None
        keys = (RosterKey(public=line, first=FIRST),) if line else ()
        return entry(person, keys=keys, **self.entries[person])


@pytest.fixture(autouse=True)
def roster(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Roster:
    """kw-01 and kw-02 stand in it."""
    made = Roster(tmp_path)

    @asynccontextmanager
    async def opened() -> AsyncIterator[Roster]:
        yield made

    for name in ("open_roster", "open_roster_people"):
        monkeypatch.setattr(roster_access, name, opened)
    return made


@pytest.fixture
def told() -> list[Words]:
    """What is said beside it."""
    return []


@pytest.fixture
def at_desk(monkeypatch: pytest.MonkeyPatch, told: list[Words]) -> Callable[[], dict[str, Any]]:
    """The `actor` that `--for kw-01` makes."""

    async def standing_in(*_: object) -> list[SubstitutionRow]:
        return [ROW]

    @asynccontextmanager
    async def reads() -> AsyncIterator[Any]:
        yield SimpleNamespace(standing_in=standing_in, substitutions=standing_in)

    for module in (substitutes, mandate):
        monkeypatch.setattr(module, "open_reads", reads)

    def actor() -> dict[str, Any]:
        asked = substitutes.in_place_of(
            "kw-01", "kw-02", FIRST, Kind.INSPECTION, [Role.COMMISSION], tell=told.append
        )
        return asyncio.run(asked)

    return actor


@pytest.mark.parametrize(
    "change",
    [
        {"last_day": str(LAST + timedelta(days=1))},
        {"first_day": str(FIRST - timedelta(days=1))},
        {"principal": "kw-03"},
        {"kinds": ["inspection"]},
        {"sshsig": "AAAA"},
        {"sshsig": "A"},
    ],
)
def test_what_was_changed_since_is_not_kept(
    pingtai: Run, tmp_path: Path, roster: Roster, change: dict[str, Any]
) -> None:
    """Whether there is a roster or not: its signature is of other words."""
    file = tmp_path / "mandate.json"
    sign(pingtai, file)
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    sit_down(pingtai, "kw-02")
    for there, lang, words in ((True, "en", "does not hold"), (False, "zh", "签名无效")):
        roster.there = there
        done = pingtai("mandate", "keep", str(file), lang=lang)
        assert (done.exit_code, words in done.stderr) == (2, True), done.output
    assert kept_mandates() == []


def test_who_cannot_let_another_act(pingtai: Run, tmp_path: Path, roster: Roster) -> None:
    """Oneself, people who are not in the roster or of another office, by a key that is not one's own."""
    file = tmp_path / "mandate.json"
    sit_down(pingtai, "kw-01")
    out = (*DAYS, "-o", str(file))
    own = pingtai("mandate", "sign", "kw-01", *out)
    assert (own.exit_code, "your own substitute" in own.stderr) == (2, True)
    stranger = pingtai("mandate", "sign", "nobody-9", *out)
    assert (stranger.exit_code, "Not in the roster: nobody-9" in stranger.stderr) == (3, True)
    assert not file.exists()
    roster.entries["hd-01"] = {"role": Role.DISTRICT, "district": District.HAIDIAN}
    other = pingtai("mandate", "sign", "hd-01", *out, lang="zh")
    assert (other.exit_code, "身份、单位不同" in other.stderr) == (3, True)
    past = FIRST - timedelta(days=2)
    over = ("--from", str(past), "--until", str(past), "-o", str(file))
    assert "are over" in pingtai("mandate", "sign", "kw-02", *over).stderr
    roster.there = False
    assert pingtai("mandate", "sign", "nobody-9", *out).exit_code == 0


def test_a_mandate_of_nobody_in_the_roster_is_not_kept(
    pingtai: Run, tmp_path: Path, roster: Roster
) -> None:
    """Nor one by a key that is not, or no longer, the absent person's."""
    file = tmp_path / "mandate.json"
    sign(pingtai, file)
    sit_down(pingtai, "kw-02")
    own = tmp_path / "kw-01.key"
    kept = own.rename(tmp_path / "kept")
    done = pingtai("mandate", "keep", str(file))
    assert (done.exit_code, "the roster has no key" in done.stderr) == (3, True)
    kept.rename(own)
    del roster.entries["kw-01"]
    done = pingtai("mandate", "keep", str(file))
    assert (done.exit_code, "Not in the roster: kw-01" in done.stderr) == (3, True)
    roster.entries["kw-01"] = {}
    assert "Signed by the key SHA256:" in pingtai("mandate", "keep", str(file)).stdout


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
    brought = actor.acting_for.mandate
    assert brought
    assert brought.signature.proof
    known = root([brought.signature.proof.entry])
    form = mandate_form("kw-01", "kw-02", FIRST, LAST, (Kind.INSPECTION,))
    at = datetime.now(UTC)
    assert signature_fault(form, brought, "kw-01", known, at) is None
    other = mandate_form("kw-01", "kw-02", FIRST, LAST, ())
    assert signature_fault(other, brought, "kw-01", known, at)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_one_of_other_days_than_the_absence_is_not_used_without_a_word(
    pingtai: Run,
    tmp_path: Path,
    at_desk: Callable[[], dict[str, Any]],
    told: list[Words],
    lang: str,
) -> None:
    """When it is signed, kept, and would be brought along: with both periods, and how it is signed anew."""
    file, later = tmp_path / "mandate.json", LAST + timedelta(days=6)
    sit_down(pingtai, "kw-01")
    days = ("--from", str(FIRST), "--until", str(later))
    done = [pingtai("mandate", "sign", "kw-02", *days, "-o", str(file), lang=lang)]
    sit_down(pingtai, "kw-02")
    done.append(pingtai("mandate", "keep", str(file), lang=lang))
    to = "to" if lang == "en" else "至"
    anew = f"pingtai mandate sign kw-02 --from {FIRST} --until {LAST}"
    for one in done:
        assert one.exit_code == 0, one.output
        said = " ".join(one.stderr.split())
        for part in (f"{FIRST} {to} {later}", f"{FIRST} {to} {LAST}", anew):
            assert part in said, said
    assert "mandate" not in at_desk()["acting_for"]
    [words] = told
    assert anew in getattr(words, lang)


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
    days = ("--from", str(FIRST), "--until", str(LAST - timedelta(days=1)))
    pingtai("mandate", "sign", "kw-02", *days, "-o", str(file))
    sit_down(pingtai, "kw-02")
    pingtai("mandate", "keep", str(file))
    assert "mandate" not in at_desk()["acting_for"]
