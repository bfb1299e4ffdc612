"""What the guideline demands of a panel of experts and of its conclusion (§四(三)).

Each check looks at an opinion and returns what is wrong with it; `content_checks.py` says which apply.
"""

from itertools import combinations

from workflows.bodies import belongs_to, body_of
from workflows.circumstances import Circumstances, Edition
from workflows.decisions import Expert, ExpertOpinion
from workflows.name_comparison import same_name
from workflows.rules import CaseState
from workflows.vocabulary import ExpertField, OpinionOutcome
from workflows.words import Words, counted, listed_zh


def votes_known(opinion: ExpertOpinion, state: CaseState, now: Circumstances) -> Words | None:
    """§四(三): cases that began before 0.4.0 go by the votes that they knew."""
    if opinion.content_since <= now.edition:
        return None
    return Words(
        "this case began under earlier rules, which know no abstention and no recusal: name those who voted",
        "本案适用此前规则，不记录弃权和回避，请只列参加表决的专家",
    )


def one_place_each(opinion: ExpertOpinion, state: CaseState, now: Circumstances) -> Words | None:
    """§四(三), Default: each person is one expert, since 0.5.0 under whichever organisation."""
    for one, other in combinations(opinion.panel, 2):
        if not same_name(one.name, other.name, now.edition):
            continue
        if same_name(one.organisation, other.organisation, now.edition):
            return Words(f"the panel names {one.name} twice", f"专家组中{one.name}重复")
        if now.edition >= Edition.V0_5:
            return Words(
                f"the panel names {one.name} twice, of {one.organisation} and of {other.organisation}:"
                " one person is one expert; if they are two people, tell them apart in the name, as in"
                f" {one.name} ({one.organisation})",
                f"专家组中{one.name}重复（{one.organisation}、{other.organisation}）：同一人只计一名专家；"
                f"如确为两人，请在姓名中区分，如“{one.name}（{one.organisation}）”",
            )
    return None


def enough_experts(opinion: ExpertOpinion, state: CaseState, now: Circumstances) -> Words | None:
    """§四(三), Default: the policy's number of experts; who is recused is none."""
    count, least = sum(expert.sits for expert in opinion.panel), state.facts.policy.experts_at_least
    if count < least:
        recused, recused_zh = (
            (" besides those recused", "（回避的不计）") if count < len(opinion.panel) else ("", "")
        )
        return Words(
            f"the panel has {counted(count, 'expert')}{recused}: at least {least} are needed",
            f"专家组只有 {count} 人{recused_zh}，至少需要 {least} 人",
        )
    return None


def four_fields(opinion: ExpertOpinion, state: CaseState, now: Circumstances) -> Words | None:
    """§四(三): at least one expert each of technology, industry, commercialisation, management."""
    present = {expert.field for expert in opinion.panel if expert.sits}
    missing = [field for field in ExpertField if field not in present]
    if not missing:
        return None
    return Words(
        f"the panel has no expert from {', '.join(missing)}",
        f"专家组缺少{listed_zh(field.zh for field in missing)}方面的专家",
    )


def independent(opinion: ExpertOpinion, state: CaseState, now: Circumstances) -> Words | None:
    """§四(三), Default: no expert belongs to the lead unit or the operator, unless recused."""
    for expert in opinion.panel:
        why = belongs(expert, state, now) if expert.sits else None
        if why:
            return why
    return None


def belongs(expert: Expert, state: CaseState, now: Circumstances) -> Words | None:
    """Return to which of the bodies that are judged an expert belongs; None: to none."""
    for en, zh, body in (
        ("lead unit", "牵头单位", state.facts.lead_unit),
        ("operator", "运营单位", state.facts.operator),
    ):
        if belongs_to(body_of(expert), body_of(body), now.edition):
            return Words(
                f"{expert.name} belongs to the {en}, {body.name}: experts come from outside",
                f"{expert.name}属于{zh}（{body.name}），专家须来自外部",
            )
    return None


def majority(opinion: ExpertOpinion, state: CaseState, now: Circumstances) -> Words | None:
    """§四(三), Default: a conclusion has two thirds of the votes cast; none is that nothing has them."""
    part, whole = state.facts.policy.majority_of
    cast = [str(expert.vote) for expert in opinion.panel if expert.casts_vote]
    carried = [
        outcome
        for outcome in OpinionOutcome
        if cast and sum(vote == str(outcome) for vote in cast) * whole >= len(cast) * part
    ]
    if opinion.outcome is OpinionOutcome.NO_CONCLUSION:
        if not carried:
            return None
        return Words(
            f"the panel has a conclusion, {carried[0]}: {part}/{whole} of the votes are for it",
            f"专家组已形成结论“{carried[0].zh}”，得票达到 {part}/{whole}",
        )
    if opinion.outcome in carried:
        return None
    votes = sum(vote == str(opinion.outcome) for vote in cast)
    none = OpinionOutcome.NO_CONCLUSION
    instead = not carried and now.edition >= Edition.V0_5
    return Words(
        f"{votes} of {len(cast)} votes are for {opinion.outcome}: {part}/{whole} are needed"
        + (f"; no outcome has them, which is {none}" if instead else ""),
        f"“{opinion.outcome.zh}”得 {votes}/{len(cast)} 票，须达到 {part}/{whole}"
        + (f"；各项结论均未达到，应为“{none.zh}”" if instead else ""),
    )
