"""A case that has ended, opened again from its log, so that a wrong decision that ended it can be set aside.

Its log is enough: the state is its fold, and the receipts say what the entries say. What comes from the
register is checked by the hash chain, up to the hash that the next case above it holds.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from workflows.case_record import CaseRecord, PlanVersion
from workflows.circumstances import NEWEST, Edition
from workflows.decision import digest_of_content, sender_of
from workflows.lifecycle import PLATFORM
from workflows.model import sha256
from workflows.receipts import receipt_of
from workflows.record import EntryKind, LogEntry, find_chain_break
from workflows.rules import CaseState
from workflows.run_io import AssessmentOpening, CarriedPlatform
from workflows.state_folding import fold, states
from workflows.states import PlatformState, Receipt
from workflows.vocabulary import Role
from workflows.words import Words


class BrokenLog(ValueError):
    """A log that is not whole is no ground to go on from; `words` say where it is broken."""

    def __init__(self, words: Words) -> None:
        self.words = words
        super().__init__(words.en)


def record_of(
    log: Sequence[LogEntry], plans: Mapping[str, Any], edition: Edition = NEWEST
) -> CaseRecord:
    """The record of a case from its whole log; `plans` are its plans' texts by their SHA-256.

    Raises:
        BrokenLog: an entry was changed, moved or is missing, or the text of a plan is.
    """
    wrong = find_chain_break(log, log[0].previous)
    if wrong:
        raise BrokenLog(wrong)
    return CaseRecord(
        before=log[0].previous,
        log=tuple(log),
        receipts=tuple(
            receipt_from_log(entry, state, plans, edition)
            for entry, state in zip(log, states(log), strict=True)
            if entry.kind is EntryKind.DECISION
        ),
        refusals=sum(entry.kind is EntryKind.REFUSED for entry in log),
    )


def receipt_from_log(
    entry: LogEntry, state: CaseState, plans: Mapping[str, Any], edition: Edition
) -> Receipt:
    """The receipt that a decision was answered with; `state` is the case's after it.

    Raises:
        BrokenLog: it files a plan whose text is not among `plans`.
    """
    said = dict(entry.said)
    if "plan_sha256" in said:  # a decision is compared with its plan in it
        digest = said.pop("plan_sha256")
        if sha256(plans.get(digest)) != digest:
            raise BrokenLog(
                Words(
                    f"entry {entry.seq} files the plan {digest}, whose text is missing",
                    f"第 {entry.seq} 条所提交的方案 {digest} 缺少正文",
                )
            )
        said["plan"] = plans[digest]
    sender = sender_of(entry.actor) if entry.actor and edition >= Edition.V0_4 else None
    return receipt_of(entry, state, sender, digest_of_content(said), edition)


def objection_to_reopening(
    carried: CarriedPlatform, log: Sequence[LogEntry], edition: Edition = NEWEST
) -> Words | None:
    """Why a term that was started with a state is not the one that ended; None when it is.

    `log` is the platform's newest in the register. Whoever starts a workflow can send any state:
    only what follows from that log is taken up.
    """
    wrong = objection_to_carried(carried, log)
    if wrong is None and edition >= Edition.V0_5 and not PLATFORM.ended(carried.state.stage):
        return _OPEN
    return wrong


def objection_to_carried(
    carried: CarriedPlatform, log: Sequence[LogEntry], roles: Mapping[str, Role] | None = None
) -> Words | None:
    """Why what a term was started with is not what its log leads to; None when it is.

    `roles` are those that people have in its assessments, where it was started with them.
    """
    if not log or [e.hash for e in carried.record.log] != [e.hash for e in log]:
        return Words(
            "brings a log that is not the one of the platform's newest term in the register",
            "所带日志与名册中该平台最近一期的日志不符",
        )
    wrong = find_chain_break(log, log[0].previous)
    if wrong:
        return Words(
            f"the log in the register is not whole: {wrong.en}", f"名册中的日志不完整：{wrong.zh}"
        )
    state, waiting = fold(log), carried.record.next_application
    texts = {plan.sha256: plan.plan for plan in carried.record.plans}
    expected = CaseRecord(
        before=log[0].previous,
        log=carried.record.log,
        receipts=carried.record.receipts,
        plans=plans_filed(log, texts),
        next_application=waiting if _is_filed(state, waiting) else None,
        refusals=sum(entry.kind is EntryKind.REFUSED for entry in log),
        roles=dict(roles or {}),
    )
    if carried.record != expected or not _receipts_fit(carried.record.receipts, log):
        return Words("brings a record that its log does not lead to", "所带案卷与日志不符")
    if carried.state != state or carried.due or carried.recorded != len(log):
        return Words("brings a state that its log does not lead to", "所带状态与日志不符")
    return None


def plans_filed(log: Sequence[LogEntry], texts: Mapping[str, Any]) -> tuple[PlanVersion, ...]:
    """Return the versions of the plan that a platform's log binds, as far as `texts` has theirs by SHA-256."""
    found = []
    for entry, state in zip(log, states(log), strict=True):
        digest = str(entry.said.get("plan_sha256"))
        text = texts.get(digest)
        if entry.kind is EntryKind.REFUSED or text is None or sha256(text) != digest:
            continue
        assert isinstance(state, PlatformState), "only platforms file plans"  # noqa: S101
        found.append(PlanVersion(version=state.plan_version, sha256=digest, plan=text))
    return tuple(found)


def _is_filed(state: CaseState, application: Any) -> bool:
    """Whether an application is the one for the next term that waits in a case."""
    filed = state.next_term if isinstance(state, PlatformState) else None
    return filed is not None and sha256(application) == filed.application_sha256


def _receipts_fit(receipts: Sequence[Receipt], log: Sequence[LogEntry]) -> bool:
    """Whether each decision of a log has its receipt, and nothing else has one."""
    taken = [entry for entry in log if entry.kind is EntryKind.DECISION]
    said = [(r.seq, r.at, r.decision_id, r.kind, r.outcome, r.stage) for r in receipts]
    return said == [(e.seq, e.at, e.decision_id, e.name, e.outcome, e.stage) for e in taken]


def closes(log: Sequence[LogEntry], opening: AssessmentOpening) -> bool:
    """Whether a platform's log, which opened an assessment, goes on without it or has ended."""
    if find_chain_break(log, log[0].previous) or all(entry.hash != opening.before for entry in log):
        return False
    state = fold(log)
    assert isinstance(state, PlatformState), "a platform's own log"  # noqa: S101
    still_open = (state.open_assessment, state.openings) == (opening.year, opening.opening)
    return PLATFORM.ended(state.stage) or not still_open


def closing_entry(
    log: Sequence[LogEntry], opening: AssessmentOpening, claimed: str | None
) -> str | None:
    """The hash of the entry up to which a platform's log closes an assessment; None where it does not.

    That is the one that is claimed, if the log has it and closes the assessment up to there; else the last.
    """
    if not log or not closes(log, opening):
        return None
    named = next((n for n, entry in enumerate(log, 1) if entry.hash == claimed), 0)
    return claimed if named and closes(log[:named], opening) else log[-1].hash


_OPEN = Words(
    "the term has not ended: it goes on from its log by `pingtai recover` only",
    "该期尚未结束：只能用 pingtai recover 据记录接续",
)
