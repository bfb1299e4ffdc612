"""Decisions that wait for a second signature, in memory, and the officers who may sign them."""

from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from db.countersign_queries import CountersignDraft
from db.row_types import LogLine
from starter.desk.countersigning import no_draft, signed_once
from starter.desk.profile import Profile, ProfileRole, ProfileSigning, write_profile
from starter.signing.key_files import make_key
from tests.rules.cases import at_stage
from tests.starter.test_guided import show_case
from workflows.decision_reading import decision_of
from workflows.roster_entries import RosterEntry, RosterProof, prove_entry
from workflows.run_io import DecisionPreview
from workflows.signed_form import signed_form
from workflows.ssh_signatures import PublicKey, signer_of
from workflows.vocabulary import Role, Stage

COMMISSION = ProfileRole(role=Role.COMMISSION, organisation="市科委、中关村管委会")


class PretendDrafts:
    """Where decisions wait, in memory."""

    def __init__(self) -> None:
        """Nothing waits."""
        self.kept: dict[int, CountersignDraft] = {}

    async def leave(self, raw: dict[str, Any]) -> CountersignDraft:
        """Keep one."""
        decision, number = signed_once(raw), len(self.kept) + 1
        assert decision.case
        draft = CountersignDraft(
            number=number, platform_id=decision.case.platform_id, term=1, year=0, kind=decision.kind,
            outcome=str(decision.result), person_id=decision.actor.id, decision=raw,
            decision_id=decision.decision_id, answers=decision.case.answers or "",
            left_at=datetime.now(UTC),
        )  # fmt: skip
        self.kept[number] = draft
        return draft

    async def waiting(self) -> list[CountersignDraft]:
        """All of them."""
        return list(self.kept.values())

    async def find(self, number: int) -> CountersignDraft:
        """One of them."""
        if number not in self.kept:
            raise no_draft(number)
        return self.kept[number]

    async def drop(self, number: int) -> None:
        """Forget one."""
        self.kept.pop(number, None)


def proofs(*people: str) -> dict[str, RosterProof]:
    """The proofs of officers who stand in a roster."""
    entries = [
        RosterEntry(id=person, name="某某", role=Role.COMMISSION, organisation="市科委",
                    first_day=date(2026, 1, 1), appointed_by="市科委")
        for person in people
    ]  # fmt: skip
    leaves = {one.id: one.leaf().hex() for one in entries}
    return {one.id: prove_entry(one, leaves) for one in entries}


def signers(raw: dict[str, Any]) -> list[PublicKey]:
    """The keys by which a decision was signed, which verify."""
    form = signed_form(decision_of(raw))
    return [signer_of(b64decode(one["sshsig"]), form) for one in raw["signatures"]]


def put_where_commands_look(
    monkeypatch: pytest.MonkeyPatch, answers: dict[str, Any]
) -> PretendDrafts:
    """Keep what waits where the commands find it; the case asks for two signatures."""
    there = PretendDrafts()

    @asynccontextmanager
    async def opened(**_: Any) -> AsyncIterator[PretendDrafts]:
        yield there

    class Register:
        async def log(self, platform: str) -> list[LogLine]:
            found: list[LogLine] = answers["log"]
            return found

    @asynccontextmanager
    async def reads(**_: Any) -> AsyncIterator[Register]:
        yield Register()

    monkeypatch.setattr("starter.desk.countersigning.open_countersign_drafts", opened)
    monkeypatch.setattr("starter.commands.countersign.open_countersign_drafts", opened)
    monkeypatch.setattr("starter.commands.countersign.open_reads", reads)
    answers["signatures_needed"] = 2
    show_case(answers, at_stage(Stage.LISTING))
    answers["check"] = DecisionPreview(stage=Stage.VALID)
    answers["proofs"] = proofs("kw-1", "kw-2", "kw-3")
    return there


def officer_at_desk(person: str, folder: Path) -> PublicKey:
    """Let an officer with a key of their own sit at the desk."""
    path = folder / f"{person}-own.key"
    key = make_key(path)
    signing = ProfileSigning(key_file=str(path))
    write_profile(Profile(id=person, roles=(COMMISSION,), signing=signing))
    return key
