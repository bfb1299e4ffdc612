"""How far a digest vouches for a dossier, in numbers; later digests, second lives, days named twice."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from audit.anchoring.digest_file_checks import check_file
from audit.anchoring.digest_files import exported, published, read_exported, roots_of
from audit.anchoring.leaves import Head, LogLeaf, lines_of
from audit.anchoring.proofs import Proof, ProvenLeaf, proof_against_leaves, proof_problems, prove
from audit.dossier.coverage import coverage_of
from audit.dossier.format import json_bytes
from audit.dossier.lives import Life, live
from audit.dossier.package import pack
from audit.dossier.verifying import Conclusion, Verdict, verify
from audit.report.rendering import render
from starter.errors import BadInput
from tests.audit.digesting import digested, leaves_of, other
from tests.audit.dossiers import head, made, told
from tests.audit.lives import MUCH, TWICE, recorded
from tests.audit.lives import cut as cut_off
from workflows.log_id import LogId
from workflows.merkle import audit_path, leaf_hash
from workflows.record import BEGINNING
from workflows.words import Language

EARLY = date(2027, 6, 1)
LATE = date(2035, 1, 1)
LANGUAGES: tuple[Language, ...] = ("en", "zh")


@pytest.fixture(scope="module")
async def life() -> Life:
    """A platform with three assessments."""
    return await live(MUCH, recorded(MUCH))


async def _verdict(
    life: Life, proof: Proof | None, folder: Path, roots: dict[date, str] | None, leaves: bytes
) -> Verdict:
    path = folder / "dossier.zip"
    path.write_bytes(pack(made(life, MUCH, proof)))
    return await verify(path, roots, lines_of(leaves) if leaves else None)


async def test_a_cut_dossier_with_an_older_proof_is_not_whole(tmp_path: Path) -> None:
    """It holds in itself and in the digest of its day; digests that were published since may know of more."""
    own = [one for one in recorded(MUCH) if one.year == 0]
    asleep = next(
        number
        for number, event in enumerate(own[1].data["events"])
        if event["eventType"] == "EVENT_TYPE_TIMER_FIRED"
    )
    cut = await live(MUCH, [own[0], replace(cut_off(own[1], asleep), closed_at=None)])
    early, lines = digested(EARLY, leaves_of(MUCH, cut, EARLY))
    proof = prove(early, lines, MUCH)
    alone = await _verdict(cut, proof, tmp_path, {EARLY: early.root}, b"")
    assert (told(alone), alone.conclusion) == ([], Conclusion.WHOLE)
    assert [en for en, _ in alone.notes if en.startswith("Its proof is of 2027-06-01, 2042 days")]
    whole = await live(MUCH, recorded(MUCH))
    late, lines = digested(LATE, leaves_of(MUCH, whole, LATE))
    found = await _verdict(cut, proof, tmp_path, {EARLY: early.root, LATE: late.root}, b"")
    assert found.conclusion is Conclusion.NOT_CHECKED
    assert [
        one.words.en
        for one in found.unchecked
        if one.words.en.startswith("1 digest was published since")
    ]
    answer = check_file(
        json_bytes(proof.model_dump(mode="json")), {EARLY: early.root, LATE: late.root}
    )
    assert answer is not None
    assert [words for _, words in answer[0] if words.en.startswith(f"1, up to {LATE}")]
    # With the proof of the later one, what was cut off is missing.
    newer = await _verdict(cut, prove(late, lines, MUCH), tmp_path, {LATE: late.root}, b"")
    assert newer.conclusion is Conclusion.BROKEN
    assert [one for one in told(newer) if "is missing: it stood in the digest" in one]


async def test_how_much_is_covered_stands_in_numbers(life: Life) -> None:
    """So many entries of so many, up to a day; what is not in it at all is named."""
    entries = sum(len(log) for log in life.logs.values())
    digest, lines = digested(EARLY, leaves_of(MUCH, life, EARLY))
    coverage = coverage_of(prove(digest, lines, MUCH), life.logs)
    covered = sum(entry.at.date() <= EARLY for log in life.logs.values() for entry in log)
    assert coverage.entries == (covered, entries)
    en, zh = coverage.words
    assert en.startswith(f"{covered} of {entries} entries, up to 2027-06-01; year 1 of term 1")
    assert zh.startswith(f"{entries} 条中的 {covered} 条，截至 2027-06-01；")
    assert coverage_of(None, life.logs).words[0] == (
        f"0 of {entries} entries: not anchored to a published digest"
    )


async def test_no_more_is_claimed_than_a_digest_vouches_for(life: Life) -> None:
    """Whole is only what a digest has whole: at the head of the verdict and of the report."""
    early, some = digested(EARLY, leaves_of(MUCH, life, EARLY))
    late, every = digested(LATE, leaves_of(MUCH, life, LATE))
    agrees = head(MUCH).model_copy(update={"register_differs": ()})
    whole = {"en": "nothing was changed, left out or added", "zh": "无改动、无遗漏、无添加"}
    for proof, said in (
        (None, ("no digest vouches for it", "没有摘要佐证")),
        (prove(early, some, MUCH), (f"the digest of {EARLY} vouches for", f"{EARLY} 的摘要仅佐证")),
        (prove(late, every, MUCH), (whole["en"], whole["zh"])),
    ):
        claim = coverage_of(proof, life.logs).claim()
        for language, words, verdict in zip(LANGUAGES, said, claim, strict=True):
            page = render(life, agrees, proof, language)
            heading = page.partition('<section class="proof">')[2].partition("</h2>")[0]
            assert words in verdict and words in heading
            assert (whole[language] in page) == (words in whole.values())
            seal = {"en": "<strong>WHOLE", "zh": "<strong>记录完整"}[language]
            assert (seal in page) == (words in whole.values())
    assert "Chain, replay and register agree" in render(life, agrees, None, "en")
    assert "Chain and replay agree" in render(life, head(MUCH), None, "en")
    assert "历史来源：文件" in render(life, agrees, None, "zh")


async def test_what_is_not_covered_is_named_by_day(life: Life) -> None:
    """Days of entries that the digest lacks, with how many; where all are in it, nothing."""
    digest, lines = digested(EARLY, leaves_of(MUCH, life, EARLY))
    coverage = coverage_of(prove(digest, lines, MUCH), life.logs)
    assert sum(held for held, _ in coverage.days.values()) == coverage.entries[0]
    assert sum(of for _, of in coverage.days.values()) == coverage.entries[1]
    assert coverage.uncovered is not None
    left = {day: of - held for day, (held, of) in coverage.days.items() if of > held}
    first = min(left)
    assert first > EARLY
    assert coverage.uncovered.en.startswith(
        f"{sum(left.values())} entries of {len(left)} days: {first} ({left[first]}), "
    )
    assert coverage.uncovered.en.endswith(f"{len(left) - 4} days more, up to {max(left)}")
    assert coverage.uncovered.zh.endswith(f"等，至 {max(left)}")
    digest, lines = digested(LATE, leaves_of(MUCH, life, LATE))
    assert coverage_of(prove(digest, lines, MUCH), life.logs).uncovered is None
    assert coverage_of(None, life.logs).uncovered is None  # what has no proof covers nothing


def test_digests_that_were_published_later_are_told() -> None:
    """Of a list of digests and of leaves, too: they may know of more than the newest one at hand."""
    first, lines = digested(EARLY, ())
    late, _ = digested(LATE, (), previous=first.root)
    roots = {EARLY: first.root, LATE: late.root}
    for content in (exported([first]), lines):
        answer = check_file(content, roots)
        assert answer is not None
        assert answer.wrong == []
        assert [value.en for name, value in answer.rows if name.en == "Later digests"] == [
            f"1, up to {LATE}: nothing is said here of what came since"
        ]
    both = check_file(exported([first, late]), roots)
    assert both is not None
    days = (LATE - EARLY).days - 1
    said = {name.en: value.en for name, value in both.rows}
    assert said["Days"] == f"{EARLY} – {LATE}, without a digest: {days:,} days"
    assert "Later digests" not in said


async def test_a_term_that_came_later_is_not_covered_at_all() -> None:
    """It is named once, with all its assessments."""
    life = await live(TWICE, recorded(TWICE))
    first = {place: log for place, log in life.logs.items() if place.term == 1}
    digest, lines = digested(LATE, leaves_of(TWICE, Life(logs=first), LATE))
    coverage = coverage_of(prove(digest, lines, TWICE), life.logs)
    assert coverage.words[0].endswith(f"up to {LATE}; term 2 not at all")
    assert coverage.left_out == [LogId(2)]


async def test_an_entry_that_was_rewritten_is_not_covered(life: Life) -> None:
    """Only what is the same entry counts."""
    leaves = leaves_of(MUCH, life, LATE)
    leaves[0] = leaves[0].model_copy(update={"hash": "b" * 64})
    digest, lines = digested(LATE, leaves)
    coverage = coverage_of(prove(digest, lines, MUCH), life.logs)
    assert coverage.logs[LogId(1)][0] == 0


async def test_a_digest_that_was_made_long_after_its_day(life: Life, tmp_path: Path) -> None:
    """A listing that was rewritten in the meantime is in it as rewritten: that is said."""
    digest, lines = digested(LATE, leaves_of(MUCH, life, LATE), late=timedelta(days=40))
    found = await _verdict(life, prove(digest, lines, MUCH), tmp_path, None, b"")
    assert [en for en, _ in found.notes if "was made 40 days after that day" in en]


# ---- a second life in a digest ----


async def test_a_second_life_in_a_digest_is_found(life: Life, tmp_path: Path) -> None:
    """Its maker puts another life of the platform where no proof leads: the leaves show it."""
    true = leaves_of(MUCH, life, LATE)
    false = [leaf.model_copy(update={"hash": "c" * 64}) for leaf in true]
    digest, lines = digested(
        LATE, [other("aa"), *true, other("zz"), other("ab"), *false, other("zy")]
    )
    count = len(true)
    proof = prove(digest, lines, MUCH)
    mine = {0, *range(1, count + 3)}
    one = proof.model_copy(
        update={"proven": tuple(p for p in _all(lines, MUCH) if p.index in mine)}
    )
    assert list(proof_problems(one)) == [], "the proof of one life does not see the other"
    unseen = await _verdict(life, one, tmp_path, {LATE: digest.root}, b"")
    assert (told(unseen), [en for en, _ in unseen.notes if "a second life" in en] != []) == (
        [],
        True,
    )
    words = [en for en, _ in proof_against_leaves(one, lines_of(lines))]
    second = f"leaf {count + 4} is a second life: {MUCH}, term 1 is in leaf 2 already"
    assert second in words
    found = await _verdict(life, one, tmp_path, {LATE: digest.root}, lines)
    assert f"anchor proof.json: {second}" in told(found)
    answer = check_file(json_bytes(one.model_dump(mode="json")), None, lines_of(lines))
    assert answer is not None
    assert second in [en for en, _ in answer[1]]


def _all(lines: bytes, platform_id: str) -> list[ProvenLeaf]:
    """Proven leaves for all of a digest: those a forger chooses from."""
    kept = lines_of(lines)
    hashes = [leaf_hash(line) for line in kept]
    return [
        ProvenLeaf(
            leaf=line.decode(),
            index=number,
            path=tuple(part.hex() for part in audit_path(hashes, number)),
        )
        for number, line in enumerate(kept)
    ]


async def test_leaves_that_are_true_hold(life: Life, tmp_path: Path) -> None:
    """In order, each log once, and the platform's as the proof names them."""
    digest, lines = digested(LATE, [other("aa"), *leaves_of(MUCH, life, LATE), other("zz")])
    proof = prove(digest, lines, MUCH)
    found = await _verdict(life, proof, tmp_path, {LATE: digest.root}, lines)
    assert (told(found), found.conclusion) == ([], Conclusion.WHOLE)
    assert [en for en, _ in found.notes if "a second life" in en] == []


def test_one_root_for_two_days() -> None:
    """A second leaf that says a day would make one root the digest of two: only the first one may."""
    leaves: list[LogLeaf | Head] = [other("aa"), Head(day=EARLY, previous=BEGINNING), other("bb")]
    digest, lines = digested(LATE, leaves)
    forged = digest.model_copy(update={"day": EARLY})
    proof = Proof(
        platform_id="bb",
        digest=forged,
        leaves=4,
        proven=tuple(one for one in _all(lines, "bb") if one.index > 1),
    )
    assert "leaf 2 says a day, which only the first leaf does" in [
        en for en, _ in proof_problems(proof)
    ]


# ---- what was published ----


def test_a_day_that_was_published_twice(tmp_path: Path) -> None:
    """Two roots of one day are two pasts: such a file is no ground to hold anything against."""
    one, _ = digested(EARLY, [other("aa")])
    two, _ = digested(EARLY, [other("bb")])
    path = tmp_path / "digests.jsonl"
    path.write_bytes(exported([one, two]))
    with pytest.raises(BadInput, match="names two digests of 2027-06-01"):
        published(path)
    path.write_bytes(exported([one, one]))
    assert roots_of(published(path)) == {EARLY: one.root}


def test_a_digest_that_says_a_root_twice() -> None:
    """A name that stands twice is an error in digests and proofs, too."""
    digest, lines = digested(LATE, [other("aa")])
    content = exported([digest])
    twice = content.replace(b'"root":', b'"root":"' + b"0" * 64 + b'","root":')
    assert read_exported(content) == [digest]
    assert read_exported(twice) is None
    proof = json_bytes(prove(digest, lines, "aa").model_dump(mode="json"))
    assert check_file(proof, None) is not None
    again = proof.replace(b'"leaves": 2', b'"leaves": 3, "leaves": 2')
    assert again != proof
    assert check_file(again, None) is None
