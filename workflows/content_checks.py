"""What the guideline demands of a decision's content, beyond the shape of the message.

Each check looks at one decision and returns what is wrong with it, if anything. `CHECKS` says which
checks a kind of decision must pass, and by which article.
"""

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from workflows.bodies import lacking_codes
from workflows.case_changes import FactsChange, changed_facts
from workflows.circumstances import Circumstances, Edition
from workflows.decisions import (
    Evaluation,
    Inspection,
    PlanRevision,
    Reassessment,
    RectificationReport,
    SelfReport,
    SupportGiven,
)
from workflows.indicators import target_problem, unknown_indicators
from workflows.listing_checks import (
    entered_in_time,
    no_longer_than_valid,
    not_over,
    number_of_its_own,
    of_this_term,
    still_listed,
)
from workflows.model import as_sent
from workflows.name_comparison import name_key
from workflows.next_term import (
    as_a_new_case,
    handed_in_or_back,
    in_the_last_days,
    of_this_platform,
)
from workflows.panel_checks import (
    enough_experts,
    four_fields,
    independent,
    majority,
    one_place_each,
    votes_known,
)
from workflows.periods import beijing_date, last_day
from workflows.rules import CaseState
from workflows.signature_checks import more_asked_of_authors
from workflows.states import content_of
from workflows.vocabulary import (
    EvaluationOutcome,
    FilingOutcome,
    Finding,
    IndicatorGroup,
    InspectionItem,
    InspectionOutcome,
    Kind,
    ReassessmentOutcome,
    Word,
)
from workflows.words import Words, counted, listed, listed_zh

Check = Callable[[Any, CaseState, Circumstances], Words | None]


def _missing(what: Words, given: Mapping[Any, Any], words: type[Word]) -> Words | None:
    missing = [word for word in words if word not in given]
    if not missing:
        return None
    return Words(
        f"a {what.en} for each is needed; missing: {', '.join(missing)}",
        f"须逐项给出{what.zh}，缺少：{listed_zh(word.zh for word in missing)}",
    )


def seven_findings(inspection: Inspection, state: CaseState, now: Circumstances) -> Words | None:
    """§四(二): a finding for each of the seven items."""
    return _missing(Words("finding", "核查意见"), inspection.findings, InspectionItem)


def corrections_fit(inspection: Inspection, state: CaseState, now: Circumstances) -> Words | None:
    """§四(二): a returned plan needs corrections; a failed one has none."""
    if inspection.outcome is InspectionOutcome.RETURNED and not inspection.corrections:
        return Words(
            "returned needs corrections: what is to be corrected",
            "退回须写明需修改的内容（corrections）",
        )
    if inspection.outcome is InspectionOutcome.FAILED and inspection.corrections:
        return Words(
            "failed goes with no corrections: return the plan instead",
            "不通过不附修改意见；需修改的请退回",
        )
    return None


def inspectors_named(inspection: Inspection, state: CaseState, now: Circumstances) -> Words | None:
    """§四(二), Default: who inspected is named, and none is of the lead unit or the operator."""
    if now.edition < Edition.V0_5:
        return None
    count, least = len(inspection.inspectors), state.facts.policy.inspectors_at_least
    if count < least:
        return Words(
            f"the inspection names {counted(count, 'inspector')}: at least {least} needed (inspectors)",
            f"现场核查列明 {count} 名核查人员，至少需要 {least} 名（inspectors）",
        )
    for body, zh, name in (
        ("lead unit", "牵头单位", state.facts.lead_unit.name),
        ("operator", "运营单位", state.facts.operator.name),
    ):
        for inspector in inspection.inspectors:
            if name_key(name, now.edition) in name_key(inspector, now.edition):
                return Words(
                    f"{inspector} belongs to the {body}, {name}: nobody inspects their own body",
                    f"{inspector}属于{zh}（{name}），应当回避",
                )
    return None


def findings_bear_outcome(
    decision: Inspection | Evaluation | Reassessment, state: CaseState, now: Circumstances
) -> Words | None:
    """§四(二), §六: where all findings are unsatisfactory, nothing is passed as it is, effective or met."""
    found = {one.finding for one in decision.findings.values()}
    good = decision.result in _GOOD and not getattr(decision, "corrections", ())
    if now.edition < Edition.V0_5 or not good or found != {Finding.UNSATISFACTORY}:
        return None
    outcome, finding = decision.result, Finding.UNSATISFACTORY
    return Words(
        f"{outcome} does not fit findings that are all {finding}",
        f"各项意见均为“{finding.zh}”，结论不得为“{outcome.zh}”",
    )


def plan_changed(revision: PlanRevision, state: CaseState, now: Circumstances) -> Words | None:
    """§四(二): an improved or corrected plan is another than the one that came back."""
    before = getattr(state, "plan_sha256", None)
    if now.edition < Edition.V0_5 or content_of(revision)["plan_sha256"] != before:
        return None
    return Words(
        "the plan is the one that is to be improved, word for word: file the new version",
        "所提交方案与须修改完善的方案完全相同，请提交修改后的方案",
    )


def _reason_only(decision: SelfReport | RectificationReport, content: bool) -> Words | None:
    if not decision.reason or content:
        return Words(
            "not_filed says the reason for going on without the report, and nothing else",
            "逾期未提交（not_filed）须写明理由（reason），且不附报告内容",
        )
    return None


def reason_without_report(report: SelfReport, state: CaseState, now: Circumstances) -> Words | None:
    """§六: who goes on without the report says why."""
    if report.outcome is FilingOutcome.NOT_FILED:
        return _reason_only(report, bool(report.groups or report.mechanisms or report.indicators))
    return None


def current_mechanisms(report: SelfReport, state: CaseState, now: Circumstances) -> Words | None:
    """§五: a report brings the operating mechanisms up to date."""
    if report.outcome is FilingOutcome.NOT_FILED or report.mechanisms:
        return None
    return Words(
        "the report brings the operating mechanisms up to date", "报告须更新运作机制（mechanisms）"
    )


def indicators_reported(report: SelfReport, state: CaseState, now: Circumstances) -> Words | None:
    """§六: a figure for each indicator of the case's catalogue, and for no other."""
    if report.outcome is FilingOutcome.NOT_FILED:
        return None
    catalogue = state.facts.policy.indicators
    unknown = unknown_indicators(report.indicators, catalogue)
    if unknown:
        return Words(
            f"the policy of the case has no indicators {', '.join(unknown)}",
            f"本案指标目录中没有 {listed_zh(unknown)}",
        )
    missing = [one for one in catalogue if one.id not in report.indicators]
    if missing:
        return Words(
            f"a figure for each indicator is needed; missing: {', '.join(one.id for one in missing)}",
            f"须逐项填报指标，缺少：{listed_zh(f'{one.name}（{one.id}）' for one in missing)}",
        )
    return None


def targets_known(revision: PlanRevision, state: CaseState, now: Circumstances) -> Words | None:
    """§六: a plan aims at indicators of the case's catalogue."""
    return target_problem(revision.plan.indicators, state.facts.policy.indicators)


def whole_report(report: SelfReport, state: CaseState, now: Circumstances) -> Words | None:
    """§六: a text for each of the four groups of indicators."""
    if report.outcome is FilingOutcome.NOT_FILED:
        return None
    return _missing(Words("text", "说明"), report.groups, IndicatorGroup)


def four_groups(
    decision: Evaluation | Reassessment, state: CaseState, now: Circumstances
) -> Words | None:
    """§六: a finding for each of the four groups of indicators."""
    return _missing(Words("finding", "考核意见"), decision.findings, IndicatorGroup)


def what_to_mend(evaluation: Evaluation, state: CaseState, now: Circumstances) -> Words | None:
    """§六: not effective says what to mend; the deadline must lie after the day of the evaluation."""
    if evaluation.outcome is EvaluationOutcome.NOT_EFFECTIVE:
        if not evaluation.to_mend:
            return Words(
                "not_effective must say what is to be rectified (to_mend)",
                "成效不明显须写明整改内容（to_mend）",
            )
        if evaluation.mend_by and evaluation.mend_by <= evaluation.decided_on:
            last = _last_to_mend(state, now)
            until = Words(f" and not after {last}", f"，且不晚于 {last}") if last else Words("", "")
            return Words(
                f"mend_by must lie after {evaluation.decided_on}, the day of the evaluation{until.en}",
                f"整改期限（mend_by）须晚于考核日期 {evaluation.decided_on}{until.zh}",
            )
        return _within_validity(evaluation, state, now)
    if evaluation.to_mend or evaluation.mend_by:
        return Words(
            "effective has nothing to rectify: leave out to_mend and mend_by",
            "成效显著不附整改要求：不填 to_mend 和 mend_by",
        )
    return None


def _within_validity(evaluation: Evaluation, state: CaseState, now: Circumstances) -> Words | None:
    """§六, Default: who is given a day to rectify is still listed on it."""
    last = _last_to_mend(state, now)
    if last is None or not evaluation.mend_by or evaluation.mend_by <= last:
        return None
    return Words(
        f"mend_by {evaluation.mend_by} is after validity ends: {last} is the last day possible; without"
        " mend_by no rectification begins that does not fit, and the year ends as not effective, unmended",
        f"整改期限 {evaluation.mend_by} 晚于有效期，最晚为 {last}；不填 mend_by 且期限不足的，不再进入整改，"
        "该年度以“成效不明显（有效期内不及整改）”结束",
    )


def _last_to_mend(state: CaseState, now: Circumstances) -> date | None:
    """The last day that may be given to rectify; None: any."""
    asked = now.edition >= Edition.V0_5 and state.facts.policy.rectification_within_validity
    return last_day(state.valid_until) if asked and state.valid_until else None


def mended_or_not(
    report: RectificationReport, state: CaseState, now: Circumstances
) -> Words | None:
    """§六: the report says what was mended."""
    if report.outcome is FilingOutcome.NOT_FILED:
        return _reason_only(report, bool(report.mended))
    if not report.mended:
        return Words(
            "the report must say what was rectified (mended)", "整改报告须写明整改情况（mended）"
        )
    return None


def within_validity(given: SupportGiven, state: CaseState, now: Circumstances) -> Words | None:
    """§四: support is for a platform while it is valid, on the day it was given."""
    listed_on = getattr(state, "listed_on", None)
    last = last_day(state.valid_until) if state.valid_until else None
    if listed_on and last and listed_on <= given.given_on <= last:
        if given.given_on <= given.decided_on:
            return None
        return Words(
            f"given_on {given.given_on} is after decided_on: what is not yet given is not recorded",
            f"given_on {given.given_on} 晚于 decided_on：尚未给予的支持不得登记",
        )
    return Words(
        f"the platform was not valid on {given.given_on}: it is from {listed_on} to {last}",
        f"平台在 {given.given_on} 不在有效期内（{listed_on} 至 {last}）",
    )


def not_suspended_then(given: SupportGiven, state: CaseState, now: Circumstances) -> Words | None:
    """§四: no support is given to a platform on the days on which it was suspended."""
    for one in getattr(state, "suspensions", ()):
        first, resumed = beijing_date(one.since), beijing_date(one.until)
        if first <= given.given_on < resumed:
            return Words(
                f"the platform was suspended on {given.given_on}: from {first} until it resumed on"
                f" {resumed}",
                f"平台在 {given.given_on} 处于暂停状态（{first} 暂停，{resumed} 恢复）",
            )
    return None


def new_facts(change: FactsChange, state: CaseState, now: Circumstances) -> Words | None:
    """A change changes something, and the field is one of the policy's (§三(二))."""
    facts = changed_facts(state.facts, as_sent(change))
    if facts == state.facts:
        return Words("nothing changes: all this is so already", "所填内容与现有信息一致，无需变更")
    fields = facts.policy.fields
    if facts.field not in fields:
        known = listed(fields)
        return Words(
            f"field {facts.field} is not one of {known.en}",
            f"领域 {facts.field} 不在 {known.zh} 之列",
        )
    for name, why in lacking_codes(change) if facts.policy.credit_codes else ():
        return why.at(name)
    return None


_GOOD = (InspectionOutcome.PASSED, EvaluationOutcome.EFFECTIVE, ReassessmentOutcome.MET)

CHECKS: dict[StrEnum, tuple[tuple[str, Check], ...]] = {
    Kind.INSPECTION: (
        ("§四(二)", seven_findings),
        ("§四(二)", corrections_fit),
        ("§四(二)", findings_bear_outcome),
        ("§四(二)", inspectors_named),
    ),
    Kind.PLAN_REVISION: (("§四(二)", plan_changed), ("§六", targets_known)),
    Kind.EXPERT_OPINION: (
        ("§四(三)", votes_known),
        ("§四(三)", one_place_each),
        ("§四(三)", enough_experts),
        ("§四(三)", four_fields),
        ("§四(三)", independent),
        ("§四(三)", majority),
    ),
    Kind.BRINGING_IN: (
        ("§四", of_this_term),
        ("§四(四)", number_of_its_own),
        ("§四", no_longer_than_valid),
        ("§六", still_listed),
        ("§四", not_over),
    ),
    Kind.FACTS_CHANGE: (("§四", more_asked_of_authors), ("§三(二)", new_facts)),
    Kind.LISTING: (("§四(四)", entered_in_time), ("§四(四)", number_of_its_own)),
    Kind.SUPPORT: (("§四", within_validity), ("§四", not_suspended_then)),
    Kind.NEXT_TERM: (
        ("§四", in_the_last_days),
        ("§四", handed_in_or_back),
        ("§四", of_this_platform),
        ("§四", as_a_new_case),
    ),
    Kind.SELF_REPORT: (
        ("§六", reason_without_report),
        ("§五", current_mechanisms),
        ("§六", whole_report),
        ("§六", indicators_reported),
    ),
    Kind.EVALUATION: (
        ("§六", four_groups),
        ("§六", findings_bear_outcome),
        ("§六", what_to_mend),
    ),
    Kind.RECTIFICATION_REPORT: (("§六", mended_or_not),),
    Kind.REASSESSMENT: (("§六", four_groups), ("§六", findings_bear_outcome)),
}
