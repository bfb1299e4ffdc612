"""An application for a platform: who, what, the five conditions, the plan, and the policy it goes by."""

from typing import Self

from pydantic import Field, model_validator

from workflows.actors import Actor, Document
from workflows.bringing_in import BringingIn
from workflows.model import Day, Identifier, Message, Name, Percent, Remark, Sha256, Text, wrong
from workflows.policy import Policy
from workflows.vocabulary import (
    Condition,
    District,
    GovernanceBody,
    LeadUnitKind,
    LegalForm,
    PlanPart,
    Service,
    TransferPractice,
)


class FundingSource(Message):
    """Where money comes from, and its share of the whole in percent (§五(三))."""

    source: Name
    share: Percent


class OperatingMechanisms(Message):
    """How the platform runs itself (§五): legal form, fees, governance, funding, transfer of results."""

    legal_form: LegalForm
    independent_by: Day | None = None
    membership: Remark | None = None
    fees: Remark | None = None
    autonomy: Remark | None = None
    governance: tuple[GovernanceBody, ...] = Field(default=(), max_length=len(GovernanceBody))
    funding: tuple[FundingSource, ...] = Field(min_length=1, max_length=20)
    lead_unit_funding_wan: int = Field(ge=0, le=100_000_000)
    """What the lead unit puts in, in 万元 (ten thousand yuan)."""
    transfer: tuple[TransferPractice, ...] = Field(default=(), max_length=len(TransferPractice))

    @model_validator(mode="after")
    def _add_up(self) -> Self:
        shares = sum(source.share for source in self.funding)
        if shares != 100:
            raise wrong(
                f"the shares of funding add up to {shares}, not to 100 (§五(三))",
                f"资金来源份额合计 {shares}，应为 100（§五(三)）",
            )
        if self.legal_form is LegalForm.SEPARATELY_MANAGED and self.independent_by is None:
            raise wrong(
                "separately managed platforms name the date they aim at, independent_by (§五(一))",
                "暂未独立法人化的平台须写明目标日期 independent_by（§五(一)）",
            )
        return self


class Plan(Message):
    """The plan of a platform (§四(一)): its four parts, and its operating mechanisms (§五)."""

    parts: dict[PlanPart, Text]
    mechanisms: OperatingMechanisms

    @model_validator(mode="after")
    def _whole(self) -> Self:
        _require_all(self.parts, PlanPart)
        return self


class ConditionAnswer(Message):
    """How an application meets one of the five conditions: a statement and documents."""

    statement: Text
    documents: tuple[Document, ...] = Field(min_length=1, max_length=20)


class Organisation(Message):
    """A body that takes part."""

    name: Name


class LeadUnit(Organisation):
    """The body that leads (§三)."""

    kind: LeadUnitKind


class PreviousTerm(Message):
    """The term before this one, so that the new log goes on from the old one's last hash."""

    term: int = Field(ge=1, le=99)
    log_hash: Sha256


class PlatformApplication(Message):
    """The one input of the workflow `Platform` (§三, §四(一))."""

    application_id: Identifier
    platform_id: Identifier
    name: Name
    operator: Organisation
    lead_unit: LeadUnit
    district: District
    field: Identifier
    services: tuple[Service, ...] = Field(min_length=1, max_length=len(Service))
    direction: Name | None = None
    conditions: dict[Condition, ConditionAnswer]
    plan: Plan
    policy: Policy = Policy()
    submitted_by: Actor | None = None
    term: int = Field(default=1, ge=1, le=99)
    previous: PreviousTerm | None = None
    brought_in: BringingIn | None = None
    """Of a platform that was listed before it came here: how it stood, by the commission's word."""

    @model_validator(mode="after")
    def _answer_all(self) -> Self:
        _require_all(self.conditions, Condition)
        if self.field not in self.policy.fields:
            known = ", ".join(self.policy.fields)
            raise wrong(
                f"field {self.field} is not one of {known} (§三(二))",
                f"领域 {self.field} 不在 {known} 之列（§三(二)）",
            )
        if len(set(self.services)) != len(self.services):
            raise wrong("services name each service once (§一)", "services 每项只列一次（§一）")
        self._check_term()
        return self

    def _check_term(self) -> None:
        """A term follows the one before it; the first that is known here may be one that is brought in."""
        if self.brought_in and not {"term", "previous"} & self.model_fields_set:
            return  # left to whoever hands it in, who knows the platform's last term
        if self.brought_in and self.brought_in.term != self.term:
            raise wrong(
                f"brought_in.term is {self.brought_in.term}, and the platform's next term is {self.term}",
                f"brought_in.term 为 {self.brought_in.term}，而该平台下一期为第 {self.term} 期",
            )
        first = self.brought_in.term if self.brought_in else 1
        if (self.previous.term + 1 if self.previous else first) != self.term:
            raise wrong(
                "term follows previous: the first is 1 and has none before it",
                "term 须接续 previous：首期为 1，且无 previous",
            )


def _require_all(given: object, words: type[PlanPart] | type[Condition]) -> None:
    """Raise `wrong` when a member of `words` has no entry in the mapping `given`."""
    missing = [word for word in words if isinstance(given, dict) and word not in given]
    if missing:
        listed = ", ".join(f"{word} {word.zh}" for word in missing)
        article = missing[0].article
        raise wrong(f"missing: {listed} ({article})", f"缺少：{listed}（{article}）")
