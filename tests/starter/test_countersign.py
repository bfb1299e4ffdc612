"""What needs two signatures waits for the second; another officer reads it, signs it and sends both."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from db.countersign_queries import CountersignDraft
from starter.clock import today
from starter.desk.countersigning import has_moved_on, signed_once
from starter.desk.profile import Profile, write_profile
from tests.register.cases import Told
from tests.rules import cases
from tests.rules.cases import at_stage, decide
from tests.rules.signing import Person, bound, signed
from tests.starter.shown_cases import lines
from tests.starter.waiting_drafts import (
    COMMISSION,
    PretendDrafts,
    officer_at_desk,
    proofs,
    put_where_commands_look,
    signers,
)
from workflows.model import InvalidMessage
from workflows.refusal import Refusal, Refused
from workflows.run_io import DecisionPreview
from workflows.ssh_signatures import PublicKey
from workflows.states import Receipt
from workflows.vocabulary import Happening, Kind, Stage

Run = Callable[..., Result]
Sent = list[tuple[str, dict[str, Any]]]
LIST = ("list", "one", "p-1", "--outcome", "included", "--list-number", "2027-01")
LISTING = (*LIST, "--certificate-number", "GX-1", "--yes")


Sit = Callable[[str], PublicKey]


@pytest.fixture(autouse=True)
def drafts(monkeypatch: pytest.MonkeyPatch, answers: dict[str, Any]) -> PretendDrafts:
    """What waits, where the commands find it."""
    return put_where_commands_look(monkeypatch, answers)


@pytest.fixture
def sit_down(tmp_path: Path) -> Sit:
    """Let an officer with a key sit at the desk."""
    return lambda person: officer_at_desk(person, tmp_path)


def test_the_first_officer_leaves_it_and_the_second_sends_it(
    pingtai: Run, sent: Sent, drafts: PretendDrafts, sit_down: Sit
) -> None:
    """One message with both signatures over the same words; then nothing waits."""
    first = sit_down("kw-1")
    left = pingtai(*LISTING)
    assert (0, []) == (left.exit_code, sent), left.output
    assert "another officer: pingtai countersign 1" in left.stdout
    both = pingtai("drafts")
    assert ("", True) == (both.stderr, "Waiting for a second signature" in both.stdout)
    listed = pingtai("countersign").stdout
    assert "kw-1" in listed and "listing: included" in listed
    second = sit_down("kw-2")
    done = pingtai("countersign", "1", "--yes")
    assert 0 == done.exit_code, done.output
    assert (
        f"Signed by\t{first.fingerprint()} (kw-1), {second.fingerprint()} (kw-2)\n" in done.stdout
    )
    [(platform, raw)] = sent
    assert ("p-1", "kw-1", [first, second]) == (platform, raw["actor"]["id"], signers(raw))
    assert {} == drafts.kept
    assert "Nothing waits" in pingtai("countersign").stderr


def test_each_signature_shows_that_its_signer_stands_in_the_roster_now(
    pingtai: Run, sent: Sent, sit_down: Sit, answers: dict[str, Any]
) -> None:
    """The roster may have changed between the two: the first signature is shown by the new one, too."""
    answers["proofs"] = proofs("kw-1")
    sit_down("kw-1")
    pingtai(*LISTING)
    answers["proofs"] = proofs("kw-1", "kw-2", "kw-3")
    sit_down("kw-3")
    assert 0 == pingtai("countersign", "1", "--yes").exit_code
    shown = [one["proof"] for one in sent[0][1]["signatures"]]
    assert [("kw-1", 3), ("kw-3", 3)] == [(one["entry"]["id"], one["leaves"]) for one in shown]


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("en", "kw-1 has signed the same before you, and it waits for a second signature"),
        ("zh", "kw-1 已先行签署相同决定，正待会签，可由您会签：pingtai countersign 1"),
    ],
)
def test_who_decides_what_another_has_signed_hears_of_it(  # noqa: PLR0917
    pingtai: Run, sent: Sent, drafts: PretendDrafts, sit_down: Sit, lang: str, told: str
) -> None:
    """Two first signatures would both wait for ever; other words are another decision."""
    sit_down("kw-1")
    pingtai(*LISTING)
    assert 0 == pingtai(*LISTING).exit_code, "their own is taken anew"
    drafts.kept = {1: drafts.kept[1]}
    sit_down("kw-2")
    line = {"platform": "p-1", "kind": "listing", "outcome": "included", "list_number": "2027-01",
            "certificate_number": "GX-1"}  # fmt: skip
    batch = ("decide", "--file", "-", "--date", str(today()))
    for args, stdin in ((LISTING, None), (batch, json.dumps(line))):
        refused = pingtai(*args, lang=lang, stdin=stdin)
        assert (2, True) == (refused.exit_code, told in " ".join(refused.output.split()))
    assert ([1], []) == ([*drafts.kept], sent)
    other = pingtai(*LIST, "--certificate-number", "GX-2", "--yes")
    assert (0, 2) == (other.exit_code, len(drafts.kept)), other.output


def test_the_list_says_what_is_signed_by_whom_and_until_when(
    pingtai: Run, drafts: PretendDrafts, sit_down: Sit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the platform's name; the days are those of the step. All at once leaves out one's own."""
    monkeypatch.setattr("starter.commands.waiting_decisions.today", lambda: date(2026, 12, 18))
    sit_down("kw-1")
    pingtai(*LISTING)
    due = datetime(2026, 12, 23, 16, tzinfo=UTC)
    drafts.kept[1] = drafts.kept[1].model_copy(update={"name": "固件平台", "due": due})
    sit_down("kw-2")
    pingtai(*LIST, "--certificate-number", "GX-2", "--yes")
    assert pingtai("countersign", lang="zh").stdout.startswith("编号\t"), "the heads come first"
    for command in ("countersign", "drafts"):
        shown = pingtai(command, lang="zh").stdout
        for part in (
            "p-1",
            "固件平台",
            "名单 2027-01，GX-1",
            "2026-12-23",
            "还有 3 个工作日",
            "kw-1",
        ):
            assert part in shown, shown
    done = pingtai("countersign", "--all", "--yes", lang="zh")
    assert 0 == done.exit_code, done.output
    assert "由您第一签名的不列入：2" in done.stderr
    assert [2] == [*drafts.kept]


def test_nobody_countersigns_their_own(
    pingtai: Run, sent: Sent, drafts: PretendDrafts, sit_down: Sit
) -> None:
    """Nor without a key, nor what is not there."""
    sit_down("kw-1")
    pingtai(*LISTING)
    for args, why in (
        (("1",), "another person"),
        (("--all",), "another person"),
        (("7",), "no decision 7"),
    ):
        refused = pingtai("countersign", *args)
        assert (2, True) == (refused.exit_code, why in refused.stderr), refused.output
    write_profile(Profile(id="kw-2", roles=(COMMISSION,)))
    without = pingtai("countersign", "1", lang="zh")
    assert (2, True) == (without.exit_code, "须有密钥" in without.stderr)
    assert (1, []) == (len(drafts.kept), sent)


def test_a_person_is_shown_what_they_sign_and_asked(
    pingtai: Run,
    sent: Sent,
    drafts: PretendDrafts,
    sit_down: Sit,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The decision, who signed it and by which key; no keeps it waiting."""
    first = sit_down("kw-1")
    pingtai(*LISTING)
    sit_down("kw-2")
    monkeypatch.setattr("starter.commands.countersign.at_terminal", lambda: True)
    shown = pingtai("countersign", "1", stdin="n\n")
    assert (130, [], 1) == (shown.exit_code, sent, len(drafts.kept))
    for part in (
        "GX-1",
        "2027-01",
        first.fingerprint(),
        "kw-1",
        "Sign and submit?",
        "Nothing was sent",
    ):
        assert part in shown.output, part
    assert 0 == pingtai("countersign", "1", stdin="y\n").exit_code
    assert 1 == len(sent)


def test_a_script_says_yes_and_is_shown_the_same(
    pingtai: Run, sent: Sent, drafts: PretendDrafts, sit_down: Sit
) -> None:
    """Name, stage, what follows and the decision; without --yes nothing is signed, --json or not."""
    sit_down("kw-1")
    pingtai(*LISTING)
    sit_down("kw-2")
    for way in (("1",), ("--all",), ("1", "--json")):
        silent = pingtai("countersign", *way)
        assert (2, [], 1) == (silent.exit_code, sent, len(drafts.kept)), silent.output
        assert "nothing was signed" in silent.stderr and "--yes" in silent.stderr
        assert "--json" in way or "GX-1" in silent.stdout
    name = at_stage(Stage.LISTING).state.facts.name
    shown = {
        "en": (f"{name} (bj-test)", "Stage\tlisting", "Awaited\t", "Leads to\tvalid"),
        "zh": (f"{name}（bj-test）", "阶段\t", "待办\t", "将进入\t"),
    }
    for lang, parts in shown.items():
        out = pingtai("countersign", "1", lang=lang)
        assert "--yes" in out.stderr
        for part in parts:
            assert part in out.stdout, (part, out.stdout)
    done = pingtai("countersign", "1", "--yes")
    assert (0, 1) == (done.exit_code, len(sent))
    assert f"{name} (bj-test)" in done.stdout


def test_what_the_rules_refuse_now_is_said_before_the_question(
    pingtai: Run, sent: Sent, drafts: PretendDrafts, sit_down: Sit, answers: dict[str, Any]
) -> None:
    """Nobody is asked to sign it; whoever left it decides whether it waits on."""
    sit_down("kw-1")
    pingtai(*LISTING)
    sit_down("kw-2")
    answers["check"] = Refused(Refusal(rule="§四", en="suspended", zh="已暂停", stage="x"))
    refused = pingtai("countersign", "1", "--yes")
    assert (3, [], 1) == (refused.exit_code, sent, len(drafts.kept))
    assert "suspended" in refused.stderr
    alone = pingtai("countersign", "1", "--yes", lang="zh")
    assert "仍待会签；如需撤回：pingtai countersign 1 --drop" in alone.stderr


def test_where_a_case_stands_is_seen_in_its_log() -> None:
    """A note changes nothing, a step does; what the register has not heard of is left to the case."""
    case = at_stage(Stage.LISTING)
    raw = signed(bound(cases.decision(Kind.LISTING, case, "included"), case), Person("wang"))
    draft = CountersignDraft(
        number=1, platform_id="p-1", term=1, year=0, kind="listing", outcome="included",
        person_id="kw-1", decision_id="d", answers=raw["case"]["answers"], decision=raw,
        left_at=datetime.now(UTC),
    )  # fmt: skip
    assert not has_moved_on(draft, lines(Told(case, datetime.now(UTC))))
    assert not has_moved_on(draft, [])
    cases.record_event(case, Happening.OVERDUE)
    assert not has_moved_on(draft, lines(Told(case, datetime.now(UTC))))
    decide(case, Kind.LISTING, "not_included")
    assert has_moved_on(draft, lines(Told(case, datetime.now(UTC))))


@pytest.mark.parametrize("change", [{"signatures": []}, {"case": None}, {"note": "other words"}])
def test_only_what_was_signed_may_wait(change: dict[str, Any]) -> None:
    """A draft without a signature, for no case, or with another word is none."""
    case = at_stage(Stage.LISTING)
    raw = signed(bound(cases.decision(Kind.LISTING, case, "included"), case), Person("wang"))
    signed_once(raw)
    with pytest.raises(InvalidMessage):
        signed_once(raw | change)


def test_its_receipt_comes_with_the_countersignature(
    pingtai: Run, sent: Sent, receipt: Receipt, sit_down: Sit
) -> None:
    """The first signer is told so, in both languages and beside JSON; the file has both signatures."""
    sit_down("kw-1")
    left = pingtai(*LISTING, "--receipt", "l.json")
    words = "comes with the countersignature: pingtai countersign 1 --receipt FILE"
    assert (0, True) == (left.exit_code, words in left.stdout), left.output
    assert "会签后出具：pingtai countersign 2" in pingtai(*LISTING, lang="zh").stdout
    assert "l.json: comes with" in pingtai(*LISTING, "--json", "--receipt", "l.json").stderr
    assert not Path("l.json").exists()
    sit_down("kw-2")
    done = pingtai("countersign", "1", "--yes", "--receipt", "l.json")
    assert 0 == done.exit_code, done.output
    kept = json.loads(Path("l.json").read_text(encoding="utf-8"))
    assert (receipt.decision_id, sent[0][1]) == (kept["receipt"]["decision_id"], kept["decision"])
    assert 2 == len(kept["decision"]["signatures"])


@pytest.mark.parametrize("args", [("--all",), ("1", "2"), (), ("1", "--drop"), ("1", "--yes")])
def test_a_receipt_that_cannot_be_kept_is_said_before_anything_is_signed(
    pingtai: Run, sent: Sent, drafts: PretendDrafts, sit_down: Sit, args: tuple[str, ...]
) -> None:
    """One file for one decision, and none is overwritten."""
    Path("l.json").write_text("mine", encoding="utf-8")
    sit_down("kw-1")
    pingtai(*LISTING)
    pingtai(*LISTING)
    sit_down("kw-2")
    done = pingtai("countersign", *args, "--receipt", "l.json", lang="zh")
    assert (2, [], 2) == (done.exit_code, sent, len(drafts.kept))
    assert "--receipt" in done.stderr


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("more", [(), ("--yes",), ("--drop",)])
def test_all_of_nothing_says_that_nothing_waits(
    pingtai: Run, sit_down: Sit, lang: str, more: tuple[str, ...]
) -> None:
    """As the list does; nobody is asked, and a program gets an empty list."""
    sit_down("kw-2")
    told = pingtai("countersign", "--all", *more, lang=lang)
    words = {"en": "Nothing waits for a second signature.", "zh": "没有待会签的决定。"}[lang]
    assert (0, words) == (told.exit_code, told.stderr.strip())
    as_json = pingtai("countersign", "--all", *more, "--json", lang=lang)
    assert (0, []) == (as_json.exit_code, json.loads(as_json.stdout))


def test_what_both_have_signed_waits_for_nobody_again(
    pingtai: Run, drafts: PretendDrafts, sit_down: Sit, answers: dict[str, Any], sent: Sent
) -> None:
    """Repeated, one alone or by its list, it gets its first answer, and uses up no draft."""
    sit_down("kw-1")
    answers["check"] = DecisionPreview(stage=Stage.VALID, repeated=True)
    answers["decide"] = answers["decide"].model_copy(update={"repeated": True})
    again = pingtai(*LISTING, "--json")
    assert (0, True) == (again.exit_code, json.loads(again.stdout)["repeated"])
    row = {"platform": "p-1", "kind": "listing", "outcome": "included", "list_number": "2027-01",
           "certificate_number": "GX-1", "decided_on": str(today())}  # fmt: skip
    batch = pingtai("decide", "--file", "-", "--yes", "--json", stdin=json.dumps(row))
    assert (0, "already_done") == (batch.exit_code, json.loads(batch.stdout)["result"])
    assert ({}, 2) == (drafts.kept, len(sent))
