"""What comes signed is sent as it was signed: a lost decision again, by whoever keeps its receipt."""

import json
from pathlib import Path
from typing import Any

import pytest

from starter.desk.profile import Profile, write_profile
from tests.starter.test_countersign import (
    LISTING,
    Run,
    Sent,
    Sit,
    drafts,
    sit_down,
)
from tests.starter.waiting_drafts import COMMISSION, PretendDrafts, proofs, signers

__all__ = ["drafts", "sit_down"]

INSPECT = ("inspect", "p-1", "--outcome", "passed", "--finding", "all=satisfactory", "--yes")
AGAIN = ("inspect", "p-1", "--file", "r.json", "--yes")


@pytest.mark.parametrize("needed", [0, 1])
def test_its_own_signer_sends_it_again(
    pingtai: Run, sent: Sent, answers: dict[str, Any], sit_down: Sit, needed: int
) -> None:
    """In the same words, with the one signature; the answer says whose it is, in both languages."""
    answers["signatures_needed"] = needed
    key = sit_down("kw-1")
    first = pingtai(*INSPECT, "--receipt", "r.json")
    assert 0 == first.exit_code, first.output
    again = pingtai(*AGAIN)
    assert 0 == again.exit_code, again.output
    assert sent[0] == sent[1]
    assert f"Signed by\t{key.fingerprint()} (kw-1)\n" in again.stdout
    assert f"签名密钥\t{key.fingerprint()} (kw-1)\n" in pingtai(*AGAIN, lang="zh").stdout


def test_another_officer_sends_it_again_as_it_is(
    pingtai: Run, sent: Sent, answers: dict[str, Any], sit_down: Sit
) -> None:
    """Nobody signs what another has signed where one signature is asked for; also who has no key."""
    answers["signatures_needed"] = 1
    key = sit_down("kw-1")
    pingtai(*INSPECT, "--receipt", "r.json")
    sit_down("kw-3")
    again = pingtai(*AGAIN)
    assert f"Signed by\t{key.fingerprint()} (kw-1)\n" in again.stdout
    write_profile(Profile(id="kw-1", roles=(COMMISSION,)))
    without = pingtai(*AGAIN)
    assert (0, False) == (without.exit_code, "Not signed" in without.stderr)
    assert [sent[0]] * 3 == sent


def test_what_two_signed_is_sent_again_by_either(
    pingtai: Run, sent: Sent, drafts: PretendDrafts, sit_down: Sit
) -> None:
    """Both signatures stand, and it does not wait for a third."""
    sit_down("kw-1")
    pingtai(*LISTING)
    second = sit_down("kw-2")
    pingtai("countersign", "1", "--yes")
    Path("r.json").write_text(json.dumps(sent[0][1]), encoding="utf-8")
    again = pingtai("list", "one", "p-1", "--file", "r.json", "--yes")
    assert 0 == again.exit_code, again.output
    assert (sent[0], {}) == (sent[1], drafts.kept)
    assert f"{second.fingerprint()} (kw-2)" in again.stdout


def test_where_two_are_asked_for_the_second_is_added(
    pingtai: Run, sent: Sent, drafts: PretendDrafts, sit_down: Sit
) -> None:
    """By another officer, once; by the first one it waits again, with the one signature."""
    first = sit_down("kw-1")
    pingtai(*LISTING)
    Path("r.json").write_text(json.dumps(drafts.kept.pop(1).decision), encoding="utf-8")
    words = ("list", "one", "p-1", "--file", "r.json", "--yes")
    left = pingtai(*words)
    assert (0, []) == (left.exit_code, sent), left.output
    assert [first] == signers(drafts.kept.pop(1).decision)
    second = sit_down("kw-2")
    done = pingtai(*words)
    assert 0 == done.exit_code, done.output
    assert [first, second] == signers(sent[0][1])


def test_what_was_changed_since_is_not_sent(
    pingtai: Run, sent: Sent, answers: dict[str, Any], sit_down: Sit
) -> None:
    """A flag beside the file makes other words of it: that is said, and what to do."""
    answers["signatures_needed"] = 1
    sit_down("kw-1")
    pingtai(*INSPECT, "--receipt", "r.json")
    changed = pingtai(*AGAIN, "--note", "另一意见")
    assert (2, True) == (changed.exit_code, "take `signatures` out" in changed.stderr)
    assert "删去 signatures" in pingtai(*AGAIN, "--note", "另一意见", lang="zh").stderr
    assert 1 == len(sent)


def test_a_batch_sends_it_as_it_is(
    pingtai: Run, sent: Sent, answers: dict[str, Any], sit_down: Sit
) -> None:
    """Signed lines beside unsigned ones: each goes with its own signature alone."""
    answers["signatures_needed"] = 1
    key = sit_down("kw-1")
    pingtai(*INSPECT, "--receipt", "r.json")
    kept = json.loads(Path("r.json").read_text(encoding="utf-8"))["decision"]
    names = ("decision_id", "case", "signatures")
    fresh = {name: value for name, value in kept.items() if name not in names}
    rows = [
        {"platform": "p-1", **kept},
        {"platform": "p-2", **fresh},
    ]
    answers["proofs"] = proofs("kw-1")
    done = pingtai("decide", "--file", "-", "--yes", stdin="\n".join(map(json.dumps, rows)))
    assert 0 == done.exit_code, done.output
    by_platform = dict(sent[1:])
    assert sent[0][1] == by_platform["p-1"]
    assert [key] == signers(by_platform["p-2"])
