"""A dossier of a platform of which a term was erased: what is left is shown and verified, the rest is said."""

from collections.abc import Callable
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest

from audit.anchoring.proofs import prove
from audit.dossier.format import erased_term_file
from audit.dossier.lives import Life, live
from audit.dossier.verifying import Conclusion
from audit.erasing.erased_file import ErasedFile, erased_bytes
from audit.reading.case_logs import read_runs
from audit.report.rendering import render
from tests.audit.digesting import digested, leaves_of
from tests.audit.dossiers import head, made, resealed, told, verdict
from tests.audit.erased_lives import DOCUMENT, erased_term, of_term
from tests.audit.lives import TWICE, recorded
from workflows.log_id import LogId
from workflows.words import Language

RELEASE = "0.4.0"
FILE = erased_term_file(1)


async def _life(terms: int) -> Life:
    """A platform with two terms, of which the first, or both, were erased."""
    if terms == 1:
        _, kept = of_term(TWICE, 1, RELEASE)
        return await live(TWICE, kept, [erased_term(TWICE, 1, RELEASE)])
    return await live(TWICE, [], [erased_term(TWICE, one, RELEASE) for one in (2, 1)])


@pytest.mark.parametrize("terms", [1, 2])
async def test_what_is_left_is_verified_and_the_rest_is_said(tmp_path: Path, terms: int) -> None:
    """Nothing is wrong, and it is not called whole: what nobody can read is named with who erased it."""
    found = await verdict(made(await _life(terms), TWICE), tmp_path)
    assert (told(found), found.conclusion) == ([], Conclusion.NOT_CHECKED)
    named = [one for one in found.unchecked if one.where.startswith("erased/")]
    assert (
        len(named) == terms == len([one for one in found.unchecked if one.check == named[0].check])
    )
    first = named[0].words
    assert (
        f"term 1 was erased on 2026-11-30 by wang and li, document {DOCUMENT}: what its" in first.en
    )
    assert "entries said cannot be read" in first.en
    assert f"由 wang、li 删除，文号 {DOCUMENT}" in first.zh


async def test_a_digest_covers_what_was_erased(tmp_path: Path) -> None:
    """Its hashes stand in the digest as before: the proof is of all logs, and none may be left out."""
    life = await _life(1)
    day = max(log[-1].at for log in life.all_logs.values()).date() + timedelta(days=1)
    digest, lines = digested(day, leaves_of(TWICE, life, day))
    files = made(life, TWICE, prove(digest, lines, TWICE))
    found = await verdict(files, tmp_path)
    assert (told(found), found.coverage.entries[0]) == ([], found.coverage.entries[1])
    erased = erased_term(TWICE, 1, RELEASE)
    shorter = erased.model_copy(update={"entries": erased.entries[:-1]})
    names = told(await verdict(resealed(files | {FILE: erased_bytes(shorter)}), tmp_path))
    assert [
        one for one in names if one.startswith("anchor logs/term-1-year-3") and "missing" in one
    ]


def _other_hash(left: ErasedFile) -> ErasedFile:
    one = left.entries[3]
    other = one.model_copy(update={"entry": one.entry.model_copy(update={"hash": "b" * 64})})
    return left.model_copy(update={"entries": (*left.entries[:3], other, *left.entries[4:])})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_other_hash, "what remains is not what the erasure sealed"),
        (_other_hash, "entry 5 does not follow the one before it"),
        (lambda left: left.model_copy(update={"erasure": left.erasure[:1]}), "no second officer"),
        (lambda left: left.model_copy(update={"erasure": ()}), "it was not erased to the end"),
        (
            lambda left: left.model_copy(
                update={"of": left.of.model_copy(update={"platform_id": "bj-other"})}
            ),
            "it is of another term or platform",
        ),
    ],
)
async def test_what_is_left_of_a_term_cannot_be_altered(
    tmp_path: Path, change: Callable[[ErasedFile], ErasedFile], words: str
) -> None:
    """Nor can a record be called erased by who would hide it: two officers decided, over this very log."""
    forged = change(erased_term(TWICE, 1, RELEASE))
    files = resealed(made(await _life(1), TWICE) | {FILE: erased_bytes(forged)})
    assert [one for one in told(await verdict(files, tmp_path)) if FILE in one and words in one]


async def test_what_is_left_cannot_be_left_out(tmp_path: Path) -> None:
    """The next term goes on from it; what is there twice, as its histories say it, is no erased term."""
    files = made(await _life(1), TWICE)
    without = resealed({name: content for name, content in files.items() if name != FILE})
    names = told(await verdict(without, tmp_path))
    assert "links logs/term-2.jsonl: the log of term 1, which it continues, is missing" in names
    nonsense = resealed(files | {FILE: b"{}"})
    assert [one for one in told(await verdict(nonsense, tmp_path)) if "cannot be read" in one]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("term 1 was erased on 2026-11-30 by wang and li", "Reason: 保管期限届满")),
        ("zh", ("第 1 期已于 2026-11-30 由 wang、li 删除", "理由：保管期限届满")),
    ],
)
async def test_the_report_shows_that_a_term_was_erased(
    language: Language, said: tuple[str, ...]
) -> None:
    """By whom and on which document; its stages and days stay, and no word of it is there."""
    page = unescape(render(await _life(1), head(TWICE), None, language))
    section = page.partition('<section class="term erased">')[2].partition("</section>")[0]
    for words in (*said, DOCUMENT):
        assert words in section
    erased = erased_term(TWICE, 1, RELEASE)
    assert section.count("<tr>") == len(erased.entries)
    assert erased.entries[0].entry.hash in section
    whole = read_runs(TWICE, recorded(TWICE, RELEASE)).entries(LogId(1))
    opinion = next(one.said["opinion"] for one in whole if one.name == "recommendation")
    assert opinion not in section
