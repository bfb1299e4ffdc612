"""What the guideline demands of a decision's content, beyond the shape of the message.

Each check looks at one decision and answers None, or (rule, English, Chinese) of what is wrong.
`CHECKS` says which kind of decision passes which checks.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from itertools import combinations
from typing import Any

from workflows.bringing_in import NOT_MET, BringingIn
from workflows.circumstances import Circumstances
from workflows.decisions import (
    Evaluation,
    ExpertOpinion,
    Inspection,
    Reassessment,
    RectificationReport,
    SelfReport,
    SupportGiven,
)
from workflows.name_comparison import part_of, same_name
from workflows.periods import anniversary, last_day, validity_end
from workflows.states import AssessmentState, PlatformState
from workflows.vocabulary import (
    EvaluationOutcome,
    ExpertField,
    FilingOutcome,
    IndicatorGroup,
    InspectionItem,
    InspectionOutcome,
    Kind,
    Word,
)

CaseState = PlatformState | AssessmentState
Objection = tuple[str, str, str] | None
Check = Callable[[Any, CaseState, Circumstances], Objection]


def _all_given(
    rule: str, what: tuple[str, str], given: Mapping[Any, Any], words: type[Word]
) -> Objection:
    missing = [word for word in words if word not in given]
    if not missing:
        return None
    return (
        rule,
        f"a {what[0]} for each is needed; missing: {', '.join(missing)}",
        f"须逐项给出{what[1]}，缺少：{'、'.join(word.zh for word in missing)}",
    )


def seven_findings(inspection: Inspection, state: CaseState, now: Circumstances) -> Objection:
    """§四(二): a finding for each of the seven items."""
    return _all_given("§四(二)", ("finding", "核查意见"), inspection.findings, InspectionItem)


def corrections_fit(inspection: Inspection, state: CaseState, now: Circumstances) -> Objection:
    """§四(二): who is sent back is told what to correct; who failed corrects nothing."""
    if inspection.outcome is InspectionOutcome.RETURNED and not inspection.corrections:
        return (
            "§四(二)",
            "returned needs corrections: what is to be corrected",
            "退回须写明需修改的内容（corrections）",
        )
    if inspection.outcome is InspectionOutcome.FAILED and inspection.corrections:
        return (
            "§四(二)",
            "failed goes with no corrections: return the plan instead",
            "不通过不附修改意见；需修改的请退回",
        )
    return None


def enough_experts(opinion: ExpertOpinion, state: CaseState, now: Circumstances) -> Objection:
    """§四(三), Default: the policy's number of experts, each counted once."""
    count, least = len(opinion.panel), state.facts.policy.experts_at_least
    for one, other in combinations(opinion.panel, 2):
        if same_name(one.name, other.name, now.edition) and same_name(
            one.organisation, other.organisation, now.edition
        ):
            return "§四(三)", f"the panel names {one.name} twice", f"专家组中{one.name}重复"
    if count < least:
        return (
            "§四(三)",
            f"the panel has {count} experts: at least {least} are needed",
            f"专家组只有 {count} 人，至少需要 {least} 人",
        )
    return None


def four_fields(opinion: ExpertOpinion, state: CaseState, now: Circumstances) -> Objection:
    """§四(三): at least one expert each of technology, industry, commercialisation, management."""
    present = {expert.field for expert in opinion.panel}
    missing = [field for field in ExpertField if field not in present]
    if not missing:
        return None
    return (
        "§四(三)",
        f"the panel has no expert from {', '.join(missing)}",
        f"专家组缺少{'、'.join(field.zh for field in missing)}方面的专家",
    )


def independent(opinion: ExpertOpinion, state: CaseState, now: Circumstances) -> Objection:
    """§四(三), Default: no expert belongs to the lead unit or the operator."""
    for expert in opinion.panel:
        for body, zh, name in (
            ("lead unit", "牵头单位", state.facts.lead_unit.name),
            ("operator", "运营单位", state.facts.operator.name),
        ):
            if part_of(expert.organisation, name, now.edition):
                return (
                    "§四(三)",
                    f"{expert.name} belongs to the {body}, {name}: experts come from outside",
                    f"{expert.name}属于{zh}（{name}），专家须来自外部",
                )
    return None


def majority(opinion: ExpertOpinion, state: CaseState, now: Circumstances) -> Objection:
    """§四(三), Default: the conclusion has two thirds of the votes."""
    part, whole = state.facts.policy.majority_of
    votes = sum(expert.vote is opinion.outcome for expert in opinion.panel)
    if votes * whole >= len(opinion.panel) * part:
        return None
    return (
        "§四(三)",
        f"{votes} of {len(opinion.panel)} votes are for {opinion.outcome}: {part}/{whole} are needed",
        f"“{opinion.outcome.zh}”得 {votes}/{len(opinion.panel)} 票，须达到 {part}/{whole}",
    )


def _reason_only(decision: SelfReport | RectificationReport, content: bool) -> Objection:
    if not decision.reason or content:
        return (
            "§六",
            "not_filed says the reason for going on without the report, and nothing else",
            "逾期未提交（not_filed）须写明理由（reason），且不附报告内容",
        )
    return None


def whole_report(report: SelfReport, state: CaseState, now: Circumstances) -> Objection:
    """§六, §五: the four groups, and the operating mechanisms brought up to date."""
    if report.outcome is FilingOutcome.NOT_FILED:
        return _reason_only(report, bool(report.groups or report.mechanisms))
    if report.mechanisms is None:
        return (
            "§五",
            "the report brings the operating mechanisms up to date",
            "报告须更新运作机制（mechanisms）",
        )
    return _all_given("§六", ("text", "说明"), report.groups, IndicatorGroup)


def four_groups(
    decision: Evaluation | Reassessment, state: CaseState, now: Circumstances
) -> Objection:
    """§六: a finding for each of the four groups of indicators."""
    return _all_given("§六", ("finding", "考核意见"), decision.findings, IndicatorGroup)


def what_to_mend(evaluation: Evaluation, state: CaseState, now: Circumstances) -> Objection:
    """§六: not effective says what to mend; the deadline lies after the day of the evaluation."""
    if evaluation.outcome is EvaluationOutcome.NOT_EFFECTIVE:
        if not evaluation.to_mend:
            return (
                "§六",
                "not_effective says what is to be mended (to_mend)",
                "成效不明显须写明整改内容（to_mend）",
            )
        if evaluation.mend_by and evaluation.mend_by <= evaluation.decided_on:
            return (
                "§六",
                "mend_by lies after the day of the evaluation",
                "整改期限（mend_by）须晚于考核日期",
            )
    elif evaluation.to_mend or evaluation.mend_by:
        return "§六", "effective goes with nothing to mend", "成效显著不附整改要求"
    return None


def mended_or_not(report: RectificationReport, state: CaseState, now: Circumstances) -> Objection:
    """§六: the report says what was mended."""
    if report.outcome is FilingOutcome.NOT_FILED:
        return _reason_only(report, bool(report.mended))
    if not report.mended:
        return "§六", "the report says what was mended (mended)", "整改报告须写明整改情况（mended）"
    return None


def within_validity(given: SupportGiven, state: CaseState, now: Circumstances) -> Objection:
    """§四: support is for a platform while it is valid, on the day it was given."""
    listed_on = getattr(state, "listed_on", None)
    last = last_day(state.valid_until) if state.valid_until else None
    if listed_on and last and listed_on <= given.given_on <= last:
        if given.given_on <= given.decided_on:
            return None
        return (
            "§四",
            f"given_on {given.given_on} is after decided_on: what is not yet given is not recorded",
            f"given_on {given.given_on} 晚于 decided_on：尚未给予的支持不得登记",
        )
    return (
        "§四",
        f"the platform was not valid on {given.given_on}: it is from {listed_on} to {last}",
        f"平台在 {given.given_on} 不在有效期内（{listed_on} 至 {last}）",
    )


def of_this_term(brought: BringingIn, state: CaseState, now: Circumstances) -> Objection:
    """§四: what is brought in is the term that was applied for."""
    term = state.facts.term
    if brought.term == term:
        return None
    return (
        "§四",
        f"the case is about term {term}, not about term {brought.term}",
        f"本案为第 {term} 期，不是第 {brought.term} 期",
    )


def no_longer_than_valid(brought: BringingIn, state: CaseState, now: Circumstances) -> Objection:
    """§四, last paragraph: validity has its years and no more; it stood so on a day within them."""
    years = state.facts.policy.validity_years
    last = anniversary(brought.listed_on, years)
    if brought.last_day not in (None, last):
        return (
            "§四",
            f"listed on {brought.listed_on} it is valid for {years} years, until {last}, and not until"
            f" {brought.last_day}",
            f"{brought.listed_on} 纳入，有效期 {years} 年至 {last}，不是至 {brought.last_day}",
        )
    if brought.decided_on > last:
        return (
            "§四",
            f"on {brought.decided_on} it was not valid any more: its validity ended on {last}",
            f"{brought.decided_on} 已不在有效期内：有效期至 {last}",
        )
    return None


def not_over(brought: BringingIn, state: CaseState, now: Circumstances) -> Objection:
    """§四: a term whose validity has ended is not brought in."""
    end = validity_end(brought.listed_on, state.facts.policy.validity_years)
    if now.at < end:
        return None
    return (
        "§四",
        f"its validity ended on {last_day(end)}: what is over is not brought in; apply anew",
        f"其有效期已于 {last_day(end)} 届满，不再转入；请重新申请",
    )


def still_listed(brought: BringingIn, state: CaseState, now: Circumstances) -> Objection:
    """§六: who did not meet what was to be mended is no longer listed, from that day on."""
    last = brought.assessments[-1] if brought.assessments else None
    if last is None or last.result != NOT_MET:
        return None
    return (
        "§六",
        f"it was delisted by the assessment of year {last.year}, on {last.concluded_on}: it is not valid,"
        " and may apply anew",
        f"第 {last.year} 年考核后（{last.concluded_on}）已不再纳入：不在有效期内，可重新申请",
    )


CHECKS: dict[StrEnum, tuple[Check, ...]] = {
    Kind.INSPECTION: (seven_findings, corrections_fit),
    Kind.EXPERT_OPINION: (enough_experts, four_fields, independent, majority),
    Kind.BRINGING_IN: (of_this_term, no_longer_than_valid, still_listed, not_over),
    Kind.SUPPORT: (within_validity,),
    Kind.SELF_REPORT: (whole_report,),
    Kind.EVALUATION: (four_groups, what_to_mend),
    Kind.RECTIFICATION_REPORT: (mended_or_not,),
    Kind.REASSESSMENT: (four_groups,),
}
