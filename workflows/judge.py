"""The judge: may this decision be taken now? Pure and synchronous.

`judge` checks a decision against the lifecycle table (its turn, its author, its day) and against what
the guideline demands of its content (`content_checks.py`). §四 and §六 name the bodies that decide; that
nobody decides on their own body holds for every authority. What becomes of the case is in `rules.py`.
"""

from collections.abc import Iterator

from workflows.actors import Actor
from workflows.application import Organisation
from workflows.bodies import belongs_to, body_of, same_body
from workflows.case_changes import FactsChange, changed_facts
from workflows.circumstances import Circumstances, Edition
from workflows.content_checks import CHECKS
from workflows.decision import CaseReference, Decision
from workflows.model import as_sent
from workflows.periods import beijing_date, last_day
from workflows.rules import CaseState, dated_by, lifecycle_of, refused
from workflows.signature_checks import objections_to_authors, objections_to_signatures
from workflows.states import Facts
from workflows.vocabulary import Kind, Role
from workflows.words import Words

Objection = tuple[str, Words]
"""The article that speaks against a decision, and why."""


def judge(state: CaseState, decision: Decision, circumstances: Circumstances) -> None:
    """Check that a decision may be taken: its case, its turn, its author, its day, its content.

    Raises:
        Refused: with the rule, what is awaited now and from whom.
    """
    for rule, why in _objections(state, decision, circumstances):
        raise refused(state, rule, why, circumstances.edition)


def _objections(
    state: CaseState, decision: Decision, circumstances: Circumstances
) -> Iterator[Objection]:
    """What speaks against a decision; only the first counts, and nothing is checked after it."""
    yield from objections_before_content(state, decision, circumstances)
    for rule, check in CHECKS.get(Kind(decision.kind), ()):
        found = check(decision, state, circumstances)
        if found:
            yield rule, found


def objections_before_content(
    state: CaseState, decision: Decision, circumstances: Circumstances
) -> Iterator[Objection]:
    """What speaks against a decision whatever it says: its case, its turn, its author, its outcome, its day."""
    kind, actor = Kind(decision.kind), decision.actor
    for why in objections_to_case(state, decision.case, sent_on=circumstances.sent_on):
        yield kind.article, why
    for why in objections_to_signatures(decision, circumstances):
        yield kind.article, why
    over = state.valid_until is not None and circumstances.at >= state.valid_until
    if state.valid_until and over and not _for_the_record(state, kind, circumstances.edition):
        last = last_day(state.valid_until)
        yield "§四", Words(f"validity ended on {last}", f"有效期已于 {last} 届满")
    edition = circumstances.edition
    triggers = [
        t
        for t in lifecycle_of(state).triggers(state.stage)
        if t.name == kind and t.since <= edition
    ]
    if not triggers:
        en = f"{kind.words.en} is not awaited: the stage is “{state.stage.words.en}”"
        yield kind.article, Words(en, f"现在不能作“{kind.zh}”：目前处于“{state.stage.zh}”")
    suspended = state.suspended_since is not None
    if all(t.suspended not in (None, suspended) for t in triggers):
        yield kind.article, _out_of_suspension(state, kind)
    mine = [t for t in triggers if t.by == actor.role]
    if not mine:
        by = " or ".join(str(t.by) for t in triggers)
        by_zh = "或".join(t.by.zh for t in triggers if t.by)
        en = f"{kind.words.en} is for the {by} to take, not for the {actor.role}"
        yield triggers[0].rule, Words(en, f"“{kind.zh}”应由{by_zh}作出，不是{actor.role.zh}")
    rule = mine[0].rule
    for why in _objections_to_author(state.facts, decision, circumstances):
        yield rule, why
    may = {a.outcome for t in mine for a in t.arrows if a.since <= edition}
    if decision.result not in may:
        listed = sorted(may)
        only = " or ".join(f"“{outcome.words.en}”" for outcome in listed)
        only_zh = "或".join(f"“{outcome.zh}”" for outcome in listed)
        yield (
            rule,
            Words(
                f"in the {kind.words.en} the {actor.role} can say only {only},"
                f" not “{decision.result.words.en}”",
                f"“{kind.zh}”中，{actor.role.zh}只能作出{only_zh}，不能作出“{decision.result.zh}”",
            ),
        )
    said = [t for t in mine if any(a.outcome == decision.result for a in t.arrows)]
    if not state.overdue and all(t.once_overdue for t in said):
        en = f"the {kind.words.en} is not overdue yet: it cannot be passed over before its deadline"
        yield rule, Words(en, f"“{kind.zh}”尚未逾期，不得跳过该环节")
    for why in _objections_to_day(state, decision, circumstances):
        yield "§四", why
    for why in objections_to_authors(state, decision, circumstances):
        yield rule, why


def _out_of_suspension(state: CaseState, kind: Kind) -> Words:
    """Say that a decision is not possible while the case is suspended, or only then."""
    if state.suspended_since is None:
        return Words(
            f"{kind.words.en}: the case is not suspended", f"不能作“{kind.zh}”：目前未处于暂停状态"
        )
    since = beijing_date(state.suspended_since)
    return Words(
        f"{kind.words.en} is not possible: suspended since {since}, until the commission resumes the platform",
        f"现在不能作“{kind.zh}”：自 {since} 起暂停，待市科委、中关村管委会恢复后办理",
    )


def _for_the_record(state: CaseState, kind: Kind, edition: Edition) -> bool:
    """Whether a decision may still correct what the record says of a term that is over."""
    triggers = lifecycle_of(state).triggers(state.stage)
    return edition >= Edition.V0_5 and any(t.name == kind and t.for_the_record for t in triggers)


def objections_to_case(
    state: CaseState, named: CaseReference | None, *, sent_on: bool = False
) -> Iterator[Words]:
    """Say that a decision is about another platform, term or year than the one it was sent to.

    So a decision that is repeated in a later term, or sent to another platform, is never taken there.
    What the platform sent on names the platform: so it was signed.
    """
    facts, year = state.facts, None if sent_on else getattr(state, "year", None)
    if named is None:
        if facts.policy.decisions_name_case:
            wanted = f"platform_id {facts.platform_id}, term {facts.term}"
            wanted += f", year {year}" if year else ""
            yield Words(
                f"decisions on this platform name their case: add case ({wanted})",
                f"本平台的决定须注明所属案件：请填写 case（{wanted}）",
            )
    elif (named.platform_id, named.term, named.year) != (facts.platform_id, facts.term, year):
        here = _case_words(facts.platform_id, facts.term, year)
        there = _case_words(named.platform_id, named.term, named.year)
        yield Words(
            f"the decision is about {there.en}, and this is {here.en}",
            f"该决定所属为{there.zh}，而本案为{here.zh}",
        )


def _case_words(platform_id: str, term: int, year: int | None) -> Words:
    en, zh = f"platform {platform_id}, term {term}", f"平台 {platform_id} 第 {term} 期"
    return (
        Words(f"{en}, assessment of year {year}", f"{zh}第 {year} 年考核")
        if year
        else Words(en, zh)
    )


def _objections_to_author(
    facts: Facts, decision: Decision, circumstances: Circumstances
) -> Iterator[Words]:
    """Why the one who decides may not: not the platform's own district or operator, not independent."""
    actor, edition = decision.actor, circumstances.edition
    if actor.role is Role.DISTRICT and actor.district is not facts.district:
        own = facts.district.words
        whose = actor.district.words if actor.district else Words("no district", "未注明的区")
        yield Words(
            f"only the platform's own district, {own.en}, may say this; you speak for {whose.en}",
            f"只能由平台所在区（{own.zh}）作出，不是{whose.zh}",
        )
    if actor.role is Role.OPERATOR and not same_body(
        body_of(actor), body_of(facts.operator), edition
    ):
        yield Words(
            f"only the operator, {facts.operator.name}, may say this, not {actor.organisation}",
            f"只能由平台运营单位（{facts.operator.name}）作出，不是{actor.organisation}",
        )
    if edition >= Edition.V0_4:
        yield from _conflicts(facts, decision, circumstances)
    absence = actor.acting_for
    if absence is None:
        return
    if absence.principal_id == actor.id:
        yield Words(f"{actor.id} cannot act for themselves", f"{actor.id} 不能代本人办理")
    if not absence.first_day <= decision.decided_on <= absence.last_day:
        days = f"{absence.first_day} – {absence.last_day}"
        yield Words(
            f"{actor.id} acts for {absence.principal_id} on {days} only, not on {decision.decided_on}",
            f"{actor.id} 仅可在 {days} 代 {absence.principal_id} 办理，{decision.decided_on} 不在其内",
        )


def _conflicts(facts: Facts, decision: Decision, circumstances: Circumstances) -> Iterator[Words]:
    """Nobody decides on the body they belong to, and one person has one role in a case."""
    actor = decision.actor
    if actor.role is not Role.OPERATOR:
        for of in (facts, *_changed_facts(facts, decision)):
            yield from own_body(actor, of.operator, of.lead_unit, circumstances.edition)
    persons = [actor.id, *([actor.acting_for.principal_id] if actor.acting_for else [])]
    for person in persons:
        before = circumstances.roles.get(person.casefold())
        if before and before is not actor.role:
            yield Words(
                f"{person} has acted in this case as {before}: one person has one role in a case",
                f"{person} 在本案中已以“{before.zh}”身份办理，同一人不得以两种身份办理",
            )


def _changed_facts(facts: Facts, decision: Decision) -> Iterator[Facts]:
    """The facts that a decision brings: nobody makes a body of their own the operator either."""
    if isinstance(decision, FactsChange):
        yield changed_facts(facts, as_sent(decision))


def own_body(
    actor: Actor, operator: Organisation, lead_unit: Organisation, edition: Edition
) -> Iterator[Words]:
    """Why one who decides may not decide on a platform of these bodies: they belong to one."""
    for en, zh, body in (
        ("operator", "运营单位", operator),
        ("lead unit", "牵头单位", lead_unit),
    ):
        if belongs_to(body_of(actor), body_of(body), edition):
            yield Words(
                f"{actor.id} belongs to the {en}, {body.name}: nobody decides on their own body",
                f"{actor.id} 所在单位为该平台{zh}（{body.name}），应当回避",
            )


def _objections_to_day(
    state: CaseState, decision: Decision, circumstances: Circumstances
) -> Iterator[Words]:
    """A decision is dated no later than today and no earlier than the one before it.

    The first of a platform's first term may be older than the case: what was decided on paper is
    entered with its true day. In a later term and in an assessment it may not, or a decision on the
    term or the year before that is sent once more would be taken for this one.
    """
    today = beijing_date(circumstances.at)
    if decision.decided_on > today:
        yield Words(
            f"decided_on {decision.decided_on} is in the future: today is {today} in Beijing",
            f"decided_on {decision.decided_on} 晚于今天（北京时间 {today}）",
        )
    before = getattr(state, dated_by(state, decision.kind))
    if before and decision.decided_on < before:
        yield Words(
            f"decided_on {decision.decided_on} is before the decision it follows, {before}",
            f"decided_on {decision.decided_on} 早于前一决定的日期 {before}",
        )
