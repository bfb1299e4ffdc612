"""Daily digests on a real register: made once, in a chain; a past that was rewritten is found out."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.anchoring.digest_checks import chain_problems, leaf_problems, rewritten_logs
from audit.anchoring.digest_file_checks import VERIFIED, check_file
from audit.anchoring.digest_files import Roots, exported, read_exported
from audit.anchoring.digests import Digest, digest_of, is_over, listed, make, make_missing
from audit.anchoring.leaves import Head, LogLeaf, lines_of, read_line
from audit.anchoring.proofs import Proof, proof_problems, prove, proven_logs
from audit.dossier.format import json_bytes
from audit.dossier.lives import live
from audit.dossier.verifying import Conclusion, verify
from db.roster_store import write_roster
from db.roster_tables import roster_log
from db.tables import log_entries
from starter.errors import BadInput
from tests.audit.dossiers import made, resealed, told, verdict
from tests.audit.lives import MUCH, SHORT, recorded, write_register
from tests.rules.roster_life import A, B, C, item
from tests.rules.roster_life import Life as RosterLife
from workflows.periods import beijing_date
from workflows.record import BEGINNING
from workflows.roster_batches import RosterBatch

DAY = date(2028, 6, 1)
"""In the middle of what was recorded."""
LATER = date(2035, 1, 1)


@pytest.fixture
async def register(engine: AsyncEngine) -> AsyncEngine:
    """A register with two platforms."""
    await write_register(engine, (*recorded(MUCH), *recorded(SHORT)))
    return engine


async def _entries(engine: AsyncEngine) -> list[Any]:
    async with engine.connect() as connection:
        return list(await connection.execute(select(log_entries)))


async def test_a_digest_holds_the_last_hash_of_every_log(register: AsyncEngine) -> None:
    """As each stood at the end of the day in Beijing; one leaf a log, and the day and the one before."""
    digest = await make(register, DAY)
    found = await digest_of(register, DAY)
    assert found is not None
    assert found[0] == digest
    leaves = [read_line(line) for line in lines_of(found[1])]
    assert leaves[0] == Head(day=DAY, previous=BEGINNING)
    expected: dict[tuple[Any, ...], tuple[int, str]] = {}
    for row in sorted(await _entries(register), key=lambda row: row.seq):
        if beijing_date(row.at) <= DAY:
            expected[row.platform_id, row.term, row.year, row.opening] = (row.seq, row.hash)
    assert [
        (leaf.platform_id, leaf.term, leaf.year, leaf.opening, leaf.seq, leaf.hash)
        for leaf in leaves[1:]
        if isinstance(leaf, LogLeaf)
    ] == [(*key, *last) for key, last in sorted(expected.items())]
    assert digest.leaves == len(expected) > 2
    assert (
        list(leaf_problems(Head(day=DAY, previous=BEGINNING), digest.root, lines_of(found[1])))
        == []
    )


async def test_the_roster_is_the_first_leaf(register: AsyncEngine) -> None:
    """As it stood that day; proofs of platforms hold beside it, and what is rewritten in it is named."""
    life = RosterLife.opened()
    life.take(life.change([item(C)], A, B))
    await write_roster(register, RosterBatch(entries=tuple(life.roster.log)))
    before = await make(register, beijing_date(life.roster.log[0].at) - timedelta(days=1))
    found = await digest_of(register, before.day)
    assert found
    assert not any(b'"term":0' in line for line in lines_of(found[1]))
    digest = await make(register, LATER)
    found = await digest_of(register, LATER)
    assert found
    leaf = read_line(lines_of(found[1])[1])
    assert isinstance(leaf, LogLeaf)
    last = life.roster.log[-1]
    assert (leaf.platform_id, leaf.seq, leaf.hash) == ("", last.seq, last.hash)
    assert leaf.words.zh == "人员目录"
    head = Head(day=LATER, previous=digest.previous)
    assert list(leaf_problems(head, digest.root, lines_of(found[1]))) == []
    for platform in (MUCH, SHORT):
        assert list(proof_problems(prove(*found, platform))) == []
    assert await _said(register) == []
    async with register.begin() as connection:
        await connection.execute(
            update(roster_log).where(roster_log.c.seq == 2).values(hash="0" * 64)
        )
    (changed,) = await _said(register)
    assert changed.startswith("the roster: entry 2 had the hash")


async def test_digests_are_a_chain_and_made_once(register: AsyncEngine) -> None:
    """A root says the one before it; a day has one digest for ever, and none is put in between."""
    first = await make(register, DAY)
    second = await make(register, DAY + timedelta(days=2))
    assert second.previous == first.root
    async with register.begin() as connection:
        await connection.execute(update(log_entries).values(hash="0" * 64))
    assert await make(register, DAY) == first
    with pytest.raises(BadInput, match="none of 2028-06-02 can be made before it"):
        await make(register, DAY + timedelta(days=1))
    chain = list(await listed(register))[::-1]
    assert chain == [first, second]
    assert list(chain_problems(chain)) == []
    other = second.model_copy(update={"previous": "1" * 64})
    assert [en for en, _ in chain_problems([first, other])] == [
        "the digest of 2028-06-03 does not follow that of 2028-06-01"
    ]


async def test_missed_days_are_made_up_for(register: AsyncEngine) -> None:
    """The first is that of yesterday; after an outage each day gets its own, in their order."""
    today = date(2028, 6, 10)
    assert [one.day for one in await make_missing(register, today)] == [date(2028, 6, 9)]
    assert await make_missing(register, today) == []
    made = await make_missing(register, today + timedelta(days=3))
    assert [one.day.day for one in made] == [10, 11, 12]
    assert await is_over(register, DAY, today)
    # Where time is skipped, some case has lived beyond it.
    assert await is_over(register, today, today)
    assert not await is_over(register, LATER, today)


async def _said(engine: AsyncEngine) -> list[str]:
    found = await digest_of(engine, LATER)
    assert found is not None
    return [en async for en, _ in rewritten_logs(engine, found[0], lines_of(found[1]))]


async def test_a_rewritten_past_is_named(register: AsyncEngine) -> None:
    """A changed hash, a dropped last entry, a dropped log: each by its log. What came since is no fault."""
    await make(register, LATER)
    assert await _said(register) == []
    own = (log_entries.c.platform_id == MUCH) & (log_entries.c.year == 0)
    async with register.begin() as connection:
        await connection.execute(
            update(log_entries).where(own, log_entries.c.seq == 14).values(hash="0" * 64)
        )
    (changed,) = await _said(register)
    assert changed.startswith(f"{MUCH}, term 1: entry 14 had the hash")
    async with register.begin() as connection:
        await connection.execute(delete(log_entries).where(own, log_entries.c.seq == 14))
        year = (log_entries.c.platform_id == MUCH) & (log_entries.c.year == 3)
        await connection.execute(delete(log_entries).where(year))
    assert await _said(register) == [
        f"{MUCH}, term 1: entry 14 was in it, and the log ends with entry 13",
        f"{MUCH}, term 1, year 3, opening 1: entry 4 was in it, and the log is gone",
    ]


async def test_what_comes_after_the_digest_is_no_fault(register: AsyncEngine) -> None:
    """Entries that reach the register late change nothing of what the digest says."""
    async with register.begin() as connection:
        last = (log_entries.c.platform_id == MUCH) & (log_entries.c.seq == 14)
        row = (await connection.execute(select(log_entries).where(last))).one()
        await connection.execute(delete(log_entries).where(last))
    await make(register, LATER)
    async with register.begin() as connection:
        await connection.execute(insert(log_entries).values(**row._mapping))
    assert await _said(register) == []


async def test_a_proof_leads_from_the_logs_to_the_root(register: AsyncEngine) -> None:
    """And nothing else does: another hash, another day, another platform, another root."""
    digest = await make(register, LATER)
    found = await digest_of(register, LATER)
    assert found is not None
    proof = prove(*found, MUCH)
    assert list(proof_problems(proof)) == []
    assert [(leaf.year, leaf.opening) for leaf in proven_logs(proof)] == [
        (0, 0),
        (1, 1),
        (2, 1),
        (2, 2),
        (3, 1),
    ]
    for change in (
        {"platform_id": SHORT},
        {"digest": digest.model_copy(update={"root": "0" * 64})},
        {"digest": digest.model_copy(update={"day": DAY})},
        {"proven": proof.proven[1:]},
        {"leaves": proof.leaves + 1},
    ):
        assert list(proof_problems(proof.model_copy(update=change)))
    forged = proof.proven[1].model_copy(
        update={"leaf": proof.proven[1].leaf.replace('"seq":14', '"seq":13')}
    )
    assert [
        en
        for en, _ in proof_problems(proof.model_copy(update={"proven": (proof.proven[0], forged)}))
    ] == [f"leaf {forged.index} does not lead to the root of {LATER}"]
    with pytest.raises(BadInput, match="has no log of nobody"):
        prove(*found, "nobody")


async def test_what_is_exported_is_checked_offline(register: AsyncEngine) -> None:
    """Proofs, digests and leaves as files; held against roots that were published."""
    digest = await make(register, LATER)
    found = await digest_of(register, LATER)
    assert found is not None
    lines = exported([digest])
    assert read_exported(lines) == [digest]
    files = (json_bytes(prove(*found, MUCH).model_dump(mode="json")), lines, found[1])
    for content in files:
        for roots, wrong in (
            (None, None),
            ({LATER: digest.root}, None),
            ({LATER: "0" * 64}, f"the digest of {LATER} that was published is"),
        ):
            answer = check_file(content, roots)
            assert answer is not None
            said = [en for en, _ in answer[1]]
            assert (said == []) if wrong is None else said[0].startswith(wrong)
    assert check_file(b"{}", None) is None
    assert check_file(b"", None) is None
    assert check_file(b"\xff\xfe", None) is None


async def test_a_dossier_that_was_rewritten_as_a_whole_does_not_fit_the_digest(
    register: AsyncEngine, tmp_path: Path
) -> None:
    """Somebody who rewrites histories, logs and manifest alike cannot rewrite what was published."""
    await make(register, LATER)
    found = await digest_of(register, LATER)
    assert found is not None
    proof = prove(*found, MUCH)
    files = made(await live(MUCH, recorded(MUCH)), MUCH, proof)
    whole = await verdict(files, tmp_path)
    assert told(whole) == []
    assert [str(check) for check in whole.done][-2:] == ["anchor", "derived"]
    # As if the runs after the first had never been.
    forged = made(await live(MUCH, recorded(MUCH)[:1]), MUCH, proof)
    names = told(await verdict(forged, tmp_path))
    assert (
        f"anchor logs/term-1.jsonl: entry 14 is missing: it stood in the digest of {LATER}" in names
    )
    assert not [one for one in names if not one.startswith(("anchor", "runs"))]
    other = json.loads(files["proof.json"])
    other["digest"]["root"] = "0" * 64
    names = told(await verdict(resealed(files | {"proof.json": json_bytes(other)}), tmp_path))
    assert f"anchor proof.json: leaf 0 does not lead to the root of {LATER}" in names


def test_an_exported_digest_is_read_strictly() -> None:
    """What is no digest is none, however near it comes."""
    assert read_exported(b'{"day":"2028-06-01"}\n') is None
    names = {"day", "root", "leaves", "previous", "made_at", "signature"}
    assert Digest.model_fields.keys() == names
    assert Proof.model_fields["format"].default == "pingtai-proof/1"


def _without(proof: Proof, *left_out: int) -> Proof:
    proven = tuple(one for number, one in enumerate(proof.proven) if number not in left_out)
    return proof.model_copy(update={"proven": proven})


async def test_a_proof_that_leaves_out_a_log_is_none(register: AsyncEngine) -> None:
    """The platform's leaves stand side by side, with the others' beside them: none can be withheld."""
    await make(register, LATER)
    found = await digest_of(register, LATER)
    assert found is not None
    for platform_id in (MUCH, SHORT):  # the first of the digest, and the last
        proof = prove(*found, platform_id)
        assert list(proof_problems(proof)) == []
        mine = [
            number
            for number, one in enumerate(proof.proven)
            if f'"platform_id":"{platform_id}"' in one.leaf
        ]
        for left_out in mine:
            expected = [f"it does not show that {platform_id} has no other log in the digest"]
            assert expected == [en for en, _ in proof_problems(_without(proof, left_out))][:1]
        alone = _without(proof, *range(1, len(proof.proven)))
        assert [f"it has no log of {platform_id}"] == [en for en, _ in proof_problems(alone)]


async def test_a_dossier_is_not_whole_by_the_proof_of_less(
    register: AsyncEngine, tmp_path: Path
) -> None:
    """Another's proof, one without logs, or none where digests are given, vouches for nothing."""
    digest = await make(register, LATER)
    found = await digest_of(register, LATER)
    assert found is not None
    life = await live(MUCH, recorded(MUCH))
    proof = prove(*found, MUCH)
    names = told(await verdict(made(life, MUCH, _without(proof, *range(1, 20))), tmp_path))
    assert names == [f"anchor proof.json: it has no log of {MUCH}"]
    names = told(await verdict(made(life, MUCH, prove(*found, SHORT)), tmp_path))
    assert f"anchor proof.json: of {SHORT}, not of {MUCH}" in names
    unproven = await verdict(made(life, MUCH), tmp_path)
    assert told(unproven) == []
    assert "not anchored to a published digest" in unproven.notes[0][0]
    path = tmp_path / "dossier.zip"
    assert told(await verify(path, {LATER: digest.root})) == [
        f"anchor proof.json: missing: the digest of {LATER} was published and should hold the platform, whose"
        " first entry is of 2026-11-24; ask for a dossier with a proof"
    ]


async def test_without_a_proof_it_matters_when_the_platform_began(tmp_path: Path) -> None:
    """Digests of before it cannot hold it: not checked. One of its first day should: it was stripped."""
    life = await live(MUCH, recorded(MUCH))
    await verdict(made(life, MUCH), tmp_path)
    path = tmp_path / "dossier.zip"
    began = beijing_date(min(entry.at for log in life.logs.values() for entry in log))
    before, root = began - timedelta(days=1), "0" * 64
    early = await verify(path, {before - timedelta(days=1): root, before: root})
    assert (told(early), early.conclusion) == ([], Conclusion.NOT_CHECKED)
    assert [one.words.en for one in early.unchecked] == [
        f"the published digests end with {before}, before the platform's first entry: nothing could be"
        " compared; ask for newer digests, and for a dossier with a proof"
    ]
    for days in ((before, began), (began,), (LATER,)):
        stripped = await verify(path, dict.fromkeys(days, root))
        assert stripped.conclusion is Conclusion.BROKEN
        assert [one.split(" was")[0] for one in told(stripped)] == [
            f"anchor proof.json: missing: the digest of {days[-1]}"
        ]


async def test_entries_of_before_a_digest_that_it_does_not_have_are_noted(
    register: AsyncEngine, tmp_path: Path
) -> None:
    """They may have reached the register late; they may also have been added since."""
    last = (log_entries.c.platform_id == MUCH) & (log_entries.c.seq == 14)
    async with register.begin() as connection:
        await connection.execute(delete(log_entries).where(last))
    await make(register, LATER)
    found = await digest_of(register, LATER)
    assert found is not None
    files = made(await live(MUCH, recorded(MUCH)), MUCH, prove(*found, MUCH))
    late = await verdict(files, tmp_path)
    assert told(late) == []
    expected = "logs/term-1.jsonl: the digest of 2035-01-01 lacks entries 14 to 14"
    assert [en for en, _ in late.notes if en.startswith(expected)]


async def test_exported_digests_are_held_against_all_that_were_published(
    register: AsyncEngine,
) -> None:
    """A published day that was left out is missing; where no day is the same, nothing was compared."""
    first, second, third = [await make(register, DAY + timedelta(days=n)) for n in range(3)]
    roots = {one.day: one.root for one in (first, second, third)}

    def said(digests: list[Digest]) -> list[str]:
        answer = check_file(exported(digests), roots)
        assert answer is not None
        return [en for en, _ in answer[1]]

    def verified(digests: list[Digest], roots: Roots | None) -> bool:
        answer = check_file(exported(digests), roots)
        assert answer is not None
        assert answer.wrong == []
        return answer.sound == VERIFIED

    assert said([first, second, third]) == []
    assert verified([first, second, third], roots)
    forged = third.model_copy(update={"previous": first.root})
    assert said([first, forged]) == ["the digest of 2028-06-02 was published, and is missing here"]
    # Of a changed last root only the leaves or the published one know.
    other = third.model_copy(update={"root": "0" * 64})
    assert not verified([first, second, other], None)
    assert not verified([first, second, other], {first.day: first.root})
    found = await digest_of(register, third.day)
    assert found is not None
    for digest, holds in ((third, True), (other, False)):
        answer = check_file(exported([digest]), None, lines_of(found[1]))
        assert answer is not None
        assert (answer.wrong == [], answer.sound) == (holds, VERIFIED)
    answer = check_file(exported([first]), None, lines_of(found[1]))
    assert answer is not None
    assert [en for en, _ in answer.wrong] == ["the leaves are of no digest in this file"]
    other = await make(register, LATER)
    assert said([other]) == [f"no digest of {LATER} was published"]
