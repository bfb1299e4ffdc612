"""Pinned hashes: what was sealed once stays sealed, also when the models grow."""

from datetime import UTC, datetime
from typing import Any

import pytest

from workflows.application import PlatformApplication
from workflows.case import Case
from workflows.case_record import CaseRecord
from workflows.decisions import PlanRevision, Recommendation
from workflows.model import Remark, as_sent, canonical, instant, parse, sha256
from workflows.periods import BEIJING
from workflows.record import BEGINNING, LogEntry, find_chain_break
from workflows.states import application_content, content_of
from workflows.steps import AnyStage
from workflows.vocabulary import AssessmentStage, Kind, Stage

from .builders import application
from .cases import at_stage, decision, platform

AT = datetime(2024, 3, 4, 1, 30, 0, 250, tzinfo=UTC)
ACTOR = {"id": "hd-1", "role": "district", "organisation": "海淀区", "district": "haidian"}
FIXED = {
    "kind": "recommendation",
    "decision_id": "golden-1",
    "actor": ACTOR,
    "decided_on": "2024-03-04",
    "outcome": "recommended",
    "opinion": "同意推荐",
}
PLAN = {
    "parts": {"approach": "思路", "goals": "目标", "key_tasks": "任务", "safeguards": "保障"},
    "mechanisms": {
        "legal_form": "independent",
        "funding": [{"source": "牵头单位", "share": 100}],
        "lead_unit_funding_wan": 500,
    },
}
ANSWER = {"statement": "符合", "documents": [{"name": "证明.pdf", "sha256": "ab" * 32}]}
APPLICATION = {
    "application_id": "a-1",
    "platform_id": "bj-golden",
    "name": "共性技术平台",
    "operator": {"name": "甲运营公司"},
    "lead_unit": {"name": "乙研究院", "kind": "research_institute"},
    "district": "haidian",
    "field": "artificial_intelligence",
    "services": ["research"],
    "conditions": {
        "lead_unit_strength": ANSWER,
        "strategic_fit": ANSWER,
        "plan_and_organisation": ANSWER,
        "resources_and_team": ANSWER,
        "openness": ANSWER,
    },
    "plan": PLAN,
}
"""Written out here, and not built: a change elsewhere in the tests must not move these hashes."""


def golden() -> Case[Any]:
    """A fixed application, and a fixed decision on it."""
    case: Case[Any] = Case.open(application_content(parse(PlatformApplication, APPLICATION)), AT)
    case.decide(FIXED, AT)
    return case


def test_the_hashes_of_fixed_content_never_change() -> None:
    """If one of these changes, every log ever written would be called broken, and every replay differ."""
    case = golden()
    assert [entry.hash for entry in case.log] == [
        "4e13cda749faa6d848f18a68864d964ed88ea63800906416a5780c1e4e58a51d",
        "e68d16d454873ace64fd84a103710cce7fb62f6d5e4975f5da769de86760997a",
    ]
    assert case.state.plan_sha256 == (
        "d179c85a876c7b645470cbc8c082ef65b66ebe7f03683061d4d3d1b7aec59326"
    )
    assert next(iter(case.receipts)).said_sha256 == (
        "f5ce36863de2e469bf81ae8cd82efba888e2708b7d3fcd3e22c8ba678adbe4a9"
    )


def test_the_canonical_text_is_written_out() -> None:
    """Anyone can make the hash again: sorted keys, no spaces, UTF-8, moments in UTC to microseconds."""
    assert canonical({"乙": [1, None, True], "a": "甲"}) == '{"a":"甲","乙":[1,null,true]}'.encode()
    assert sha256({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    assert instant(AT) == "2024-03-04T01:30:00.000250Z"
    entry = golden().log[1]
    plain = {
        "actor": FIXED["actor"],
        "at": instant(AT),
        "decision_id": "golden-1",
        "kind": "decision",
        "name": "recommendation",
        "outcome": "recommended",
        "previous": golden().log[0].hash,
        "said": FIXED,
        "seq": 2,
        "stage": "inspection",
    }
    assert entry.hash == sha256(plain)


def test_a_moment_is_written_in_one_fixed_form() -> None:
    """Also in a year with a leading zero, as a typing mistake may make it, and on any system."""
    assert instant(AT.replace(year=24)) == "0024-03-04T01:30:00.000250Z"
    assert instant(AT.astimezone(BEIJING)) == instant(AT)


class LaterRecommendation(Recommendation):
    """A recommendation as a later release may have it."""

    priority: Remark | None = None


class LaterRevision(PlanRevision):
    """A revision as a later release may have it."""

    urgency: Remark | None = None


class LaterEntry(LogEntry):
    """An entry as a later release may have it."""

    place: str | None = None


class LaterApplication(PlatformApplication):
    """An application as a later release may have it."""

    website: Remark | None = None


@pytest.mark.parametrize(
    ("now", "later", "raw"),
    [
        (Recommendation, LaterRecommendation, FIXED),
        (PlanRevision, LaterRevision, decision(Kind.PLAN_REVISION, platform())),
        (PlatformApplication, LaterApplication, application()),
    ],
)
def test_an_optional_field_that_is_added_later_changes_no_hash(
    now: type[Recommendation], later: type[Recommendation], raw: dict[str, Any]
) -> None:
    """What was said before a field existed keeps its hash, and an entry keeps its seal."""
    assert content_of(parse(later, raw)) == content_of(parse(now, raw))
    assert sha256(as_sent(parse(later, raw))) == sha256(as_sent(parse(now, raw)))


def test_a_field_that_is_added_to_an_entry_breaks_no_log() -> None:
    """Old entries, read with a newer model, hold."""
    log = [parse(LaterEntry, entry.model_dump(mode="json")) for entry in at_stage(Stage.VALID).log]
    assert find_chain_break(log, BEGINNING) is None


SUBSTITUTED = {
    "kind": "inspection",
    "decision_id": "golden-2",
    "actor": {
        "id": "kw-1",
        "role": "commission",
        "organisation": "市科委",
        "acting_for": {
            "principal_id": "kw-7",
            "first_day": "2024-03-01",
            "last_day": "2024-03-31",
        },
    },
    "decided_on": "2024-03-04",
    "outcome": "returned",
    "findings": {
        "foundation": {"finding": "satisfactory"},
        "site": {"finding": "satisfactory"},
        "equipment": {"finding": "to_improve"},
        "facilities": {"finding": "satisfactory"},
        "supporting_conditions": {"finding": "satisfactory"},
        "technical_team": {"finding": "satisfactory"},
        "operations_team": {"finding": "satisfactory"},
    },
    "corrections": ["补充设备清单"],
}
ASIDE = {
    "kind": "set_aside",
    "decision_id": "golden-3",
    "actor": {"id": "kw-1", "role": "commission", "organisation": "市科委"},
    "decided_on": "2024-03-04",
    "target": "golden-2",
    "reason": "核查记录有误",
}


def test_the_hashes_of_a_correction_never_change() -> None:
    """A decision by a substitute, the clock that it stops, and its setting aside, pinned like the first."""
    case = golden()
    case.decide(SUBSTITUTED, AT)
    case.decide(ASIDE, AT)
    assert [(entry.name, entry.hash) for entry in case.log[2:]] == [
        ("inspection", "ea9c923fb1e0c99d67771efbebc3fa6f7126532e4be014934fa169032334bab3"),
        ("clock_stopped", "9993b763afeeb4008d93bee8429eef9f627dd6f05d3545df2c2df3a562184b24"),
        ("set_aside", "0f8c4f30c520adc2d56e52f0d16cb7059df04530bb40795a172d8a06e00c7053"),
    ]
    assert case.log[-1].said == ASIDE | {"sets_aside": [3, 4]}
    assert case.log[-2].said == {"of": "inspection", "since": instant(AT)}


@pytest.mark.parametrize("stage", [Stage.VALID, AssessmentStage.RECTIFICATION])
def test_what_a_run_of_0_1_0_carried_is_read(stage: AnyStage) -> None:
    """States and receipts that were written before there were reminders and corrections."""
    case = at_stage(stage)
    state, record = case.state.model_dump(mode="json"), case.record().model_dump(mode="json")
    new = {"reminded", "spent", "plans_filed", "told_days", "reopening"}
    before = {key: value for key, value in state.items() if key not in new}
    assert before != state
    receipts = [
        {key: value for key, value in receipt.items() if key != "set_aside_by"}
        for receipt in record["receipts"]
    ]
    assert parse(type(case.state), before) == case.state
    assert parse(CaseRecord, record | {"receipts": receipts}) == case.record()
