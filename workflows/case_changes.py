"""What the commission changes in a case at any time, on a document: 变更, 暂停, 恢复, 终止.

The guideline does not speak of it; bodies are renamed and dissolved all the same within three years. Who
asked for it stands in the decision, what was true before stands in the log.
"""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from workflows.application import LeadUnit, Organisation
from workflows.decision import Decision
from workflows.field_labels import Label
from workflows.model import Identifier, Name, Text, as_sent, parse, wrong
from workflows.policy import Policy
from workflows.states import Facts
from workflows.vocabulary import (
    Authorship,
    District,
    Kind,
    Role,
    SecondSignature,
    Service,
    SoleOutcome,
    Word,
)
from workflows.words import Words, listed_zh


class DocumentedDecision(Decision):
    """A decision that states its reason and rests on at least one document."""

    reason: Annotated[Text, Label("reason", "理由")]

    @model_validator(mode="after")
    def _documented(self) -> Self:
        if not self.documents:
            raise wrong(
                f"{Kind(self.kind).words.en} needs a document: name at least one in documents",
                f"{Kind(self.kind).zh}须有依据：documents 至少一份",
            )
        return self


class FactsChange(DocumentedDecision):
    """The commission changes the facts of a platform; what is left out stays as it is."""

    only_outcome: ClassVar[Word] = SoleOutcome.CHANGED

    kind: Literal["facts_change"]
    requested_by: Annotated[
        Role,
        Label(
            "requested by",
            "变更提出方",
        ),
    ]
    name: Annotated[Name | None, Label("new name of the platform", "变更后平台名称")] = None
    operator: Annotated[
        Organisation | None, Label("new operator", "变更后平台运营单位", "§四(一)")
    ] = None
    lead_unit: Annotated[LeadUnit | None, Label("new lead unit", "变更后牵头单位", "§三")] = None
    district: Annotated[District | None, Label("new district", "变更后所在区", "§四(一)")] = None
    field: Annotated[Identifier | None, Label("new field", "变更后领域", "§三(二)")] = None
    direction: Annotated[
        Name | None,
        Label(
            "new direction in the field",
            "变更后布局方向",
            "§四",
            help=Words(
                "A direction belongs to its field: a new field without one has none.",
                "布局方向属于所在领域；变更领域而未填写的，不再保留原方向。",
            ),
        ),
    ] = None
    services: Annotated[
        tuple[Service, ...] | None, Label("new services", "变更后技术服务", "§一")
    ] = Field(default=None, min_length=1, max_length=len(Service))

    authorship: Annotated[
        Authorship | None,
        Label(
            "signatures from now on",
            "此后经办人签名",
            rare=True,
            help=Words(
                "Asks for signatures from now on, and is itself signed; nothing lowers what is asked for.",
                "自此要求经办人签名；该变更本身须签名，且不得降低要求。",
            ),
        ),
    ] = None
    second_signature: Annotated[
        tuple[SecondSignature, ...] | None,
        Label(
            "second signature from now on",
            "此后须两人签名的决定",
            rare=True,
            help=Words("Where signatures are required.", "仅在必须签名时填写。"),
        ),
    ] = Field(default=None, max_length=len(SecondSignature))

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if self.second_signature and self.authorship is not Authorship.REQUIRED:
            raise wrong(
                "second_signature goes with authorship required",
                "second_signature 须与 authorship 为 required 同时填写",
            )
        if all(getattr(self, name) is None for name in (*CHANGEABLE, "authorship")):
            raise wrong(
                f"facts_change says what changes: at least one of {', '.join(CHANGEABLE)}",
                f"信息变更须写明变更内容：{listed_zh(CHANGEABLE)} 至少一项",
            )
        if self.services and len(set(self.services)) != len(self.services):
            raise wrong("services name each service once (§一)", "services 每项只列一次（§一）")
        return self


CHANGEABLE = ("name", "operator", "lead_unit", "district", "field", "direction", "services")
"""The facts of a platform that can change within a term."""


class Suspension(DocumentedDecision):
    """The commission suspends a platform: its steps stand still, its validity runs on."""

    only_outcome: ClassVar[Word] = SoleOutcome.SUSPENDED

    kind: Literal["suspension"]


class Resumption(DocumentedDecision):
    """The commission ends a suspension: the clocks of steps go on where they stopped."""

    only_outcome: ClassVar[Word] = SoleOutcome.RESUMED

    kind: Literal["resumption"]


class Termination(DocumentedDecision):
    """The commission ends a term: the operator was dissolved, is silent for ever, or the plan is moot."""

    only_outcome: ClassVar[Word] = SoleOutcome.TERMINATED

    kind: Literal["termination"]


def changed_facts(facts: Facts, said: Mapping[str, Any]) -> Facts:
    """Return the facts of a platform after a change, of which `said` is the content."""
    given = _given(said)
    read = parse(Facts, facts.model_dump(mode="json") | given)
    changes = {name: getattr(read, name) for name in given}
    return facts.model_copy(update=changes | _with_policy(facts, said))


def replaced_facts(facts: Facts, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a change takes the place of, as its entry in the log says it."""
    replaced = facts.model_dump(mode="json", include=set(_given(said)), exclude_none=True)
    if said.get("authorship"):
        replaced |= facts.policy.model_dump(mode="json", include=set(ASKED_OF_AUTHORS))
    return replaced


def facts_before(facts: Facts, said: Mapping[str, Any]) -> Facts:
    """Return the facts of a platform before a change, of which the log's entry says `said`."""
    replaced = said.get("replaced") or {}
    names = _given(said).keys() | replaced.keys()
    names -= set(ASKED_OF_AUTHORS)
    whole = facts.model_dump(mode="json") | {name: replaced.get(name) for name in names}
    read = parse(Facts, whole)
    changes = {name: getattr(read, name) for name in names}
    return facts.model_copy(update=changes | _with_policy(facts, replaced))


ASKED_OF_AUTHORS = ("authorship", "second_signature")
"""The fields of the policy that a change may raise."""


def _with_policy(facts: Facts, said: Mapping[str, Any]) -> dict[str, Policy]:
    """Return the policy with what is asked of authors, where something says so."""
    if not said.get("authorship"):
        return {}
    asked = {name: said[name] for name in ASKED_OF_AUTHORS if said.get(name) is not None}
    if asked["authorship"] != Authorship.REQUIRED:
        asked["second_signature"] = ()
    return {"policy": parse(Policy, as_sent(facts.policy) | asked)}


def _given(said: Mapping[str, Any]) -> dict[str, Any]:
    given = {name: said[name] for name in CHANGEABLE if said.get(name) is not None}
    if "field" in given:
        given.setdefault("direction", None)
    return given
