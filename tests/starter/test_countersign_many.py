"""Many that wait for a second signature; what of them is refused, dropped, or decided anew."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from starter.clock import today
from tests.register.cases import Told
from tests.rules.cases import at_stage, decide
from tests.starter.shown_cases import lines
from tests.starter.test_countersign import LIST, LISTING, Run, Sent, Sit, drafts, sit_down
from tests.starter.waiting_drafts import PretendDrafts, signers
from workflows.refusal import Refusal, Refused
from workflows.vocabulary import Kind, Stage

__all__ = ["drafts", "sit_down"]


def test_many_are_countersigned_with_one_question(
    pingtai: Run,
    sent: Sent,
    drafts: PretendDrafts,
    sit_down: Sit,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A batch of the first officer, and one question to the second; each has its own signatures."""
    sit_down("kw-1")
    said = {"kind": "listing", "outcome": "included", "list_number": "2027-01"}
    rows = [
        {"platform": "p-1", **said, "certificate_number": f"GX-{n}", "decided_on": str(today())}
        for n in range(5)
    ]
    batch = "\n".join(json.dumps(row) for row in rows)
    left = pingtai("decide", "--file", "-", "--yes", stdin=batch)
    assert (0, [], 5) == (left.exit_code, sent, len(drafts.kept)), left.output
    assert "5 waiting for a second signature" in left.stderr
    assert "p-1  listing: included" in (line := left.stdout.splitlines()[0])
    assert line.endswith("waiting for a second signature  another officer: pingtai countersign 1")
    sit_down("kw-2")
    monkeypatch.setattr("starter.commands.countersign.at_terminal", lambda: True)
    done = pingtai("countersign", "--all", stdin="y\n")
    assert (0, 5, {}) == (done.exit_code, len(sent), drafts.kept), done.output
    assert 1 == done.output.count("Sign and submit 5?")
    assert all(len(set(signers(raw))) == 2 for _, raw in sent)


def test_one_that_is_refused_does_not_stop_the_others(
    pingtai: Run,
    drafts: PretendDrafts,
    sit_down: Sit,
    answers: dict[str, Any],
) -> None:
    """It is told with its number, and the code is that of a refusal."""
    sit_down("kw-1")
    pingtai(*LISTING)
    pingtai(*LISTING)
    sit_down("kw-2")
    answers["decide"] = Refused(Refusal(rule="§四", en="no", zh="不", stage="x"))
    done = pingtai("countersign", "--all", "--yes")
    assert (3, 2) == (done.exit_code, len(drafts.kept))
    assert "1 p-1: no" in done.stderr and "2 p-1: no" in done.stderr
    assert "It waits on. To drop it: pingtai countersign 2 --drop" in done.stderr


def test_what_was_signed_for_a_case_that_moved_on_is_dropped(
    pingtai: Run,
    sent: Sent,
    drafts: PretendDrafts,
    sit_down: Sit,
    answers: dict[str, Any],
) -> None:
    """It is refused with words, and waits no longer."""
    case = at_stage(Stage.LISTING)
    sit_down("kw-1")
    answers["to_sign"] = {"platform_id": "p-1", "term": 1, "answers": case.content_chain().newest}
    pingtai(*LISTING)
    decide(case, Kind.LISTING, "not_included")
    answers["log"] = lines(Told(case, datetime.now(UTC)))
    sit_down("kw-2")
    done = pingtai("countersign", "1", "--yes")
    assert (3, [], {}) == (done.exit_code, sent, drafts.kept)
    assert "the case has moved on since kw-1 signed this: it was dropped" in done.stderr
    assert "waits on" not in done.stderr


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_dropping_names_what_is_dropped(
    pingtai: Run, drafts: PretendDrafts, sit_down: Sit, lang: str
) -> None:
    """A bare --drop dropped nothing, without a word."""
    sit_down("kw-1")
    pingtai(*LISTING)
    told = pingtai("countersign", "--drop", lang=lang)
    assert (2, 1, "") == (told.exit_code, len(drafts.kept), told.stdout)
    assert "--all" in told.stderr


def test_what_is_decided_anew_says_what_it_replaces(
    pingtai: Run, drafts: PretendDrafts, sit_down: Sit
) -> None:
    """Its number waits no more: the one alone says so, and a line of a batch."""
    sit_down("kw-1")
    pingtai(*LISTING)
    (first,) = drafts.kept
    anew = pingtai(*LIST, "--certificate-number", "GX-2", "--yes")
    assert f"in place of no. {first}, which waits no more" in anew.stdout
    (second,) = (number for number in drafts.kept if number != first)
    said = {"kind": "listing", "outcome": "included", "list_number": "2027-01"}
    row = {"platform": "p-1", **said, "certificate_number": "GX-3", "decided_on": str(today())}
    line = pingtai("decide", "--file", "-", "--yes", stdin=json.dumps(row), lang="zh").stdout
    assert f"取代编号 {first}、{second}，后者不再待会签" in line


def test_dropping_takes_it_back(pingtai: Run, drafts: PretendDrafts, sit_down: Sit) -> None:
    """Whoever signed it first, too; nothing was decided."""
    sit_down("kw-1")
    pingtai(*LISTING)
    assert 0 == pingtai("countersign", "1", "--drop").exit_code
    assert {} == drafts.kept
