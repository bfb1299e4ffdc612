"""What the rules say of a decision before its content is known: its turn, its author, its day."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any

from pydantic import create_model

from db.row_types import LogLine
from starter.clock import today
from starter.commands.deciding_roles import outcome_of, roles_for
from starter.commands.decision_form import Part
from starter.commands.notation_words import METAVARS
from starter.terminal.language import say
from starter.terminal.named_fields import with_names
from starter.terminal.official_wording import official
from workflows.actors import Actor
from workflows.circumstances import Circumstances
from workflows.content_checks import CHECKS
from workflows.decision import CaseReference
from workflows.decisions import MODELS
from workflows.judge import objections_before_content
from workflows.model import InvalidMessage, Message, parse
from workflows.record import EntryKind
from workflows.rules import CaseState, lifecycle_of
from workflows.run_io import CaseView
from workflows.states import AssessmentState
from workflows.vocabulary import District, Kind, Role
from workflows.words import Words

_ANYBODY = "某单位 某人"


class Foresight:
    """Judges by the rules themselves, with what is known; what is not known yet is no objection."""

    def __init__(
        self, kind: Kind, view: CaseView, log: Sequence[LogLine], *, signs: bool = False
    ) -> None:
        """Of a kind of decision on the case of a view.

        `log` says who acted in which role before; `signs`: it will be signed when it is sent.
        """
        case = view.assessment or view.platform
        assert case, "a case's own view"  # noqa: S101
        now = datetime.now(UTC)
        late = case.overdue or bool(view.due and view.due.due and view.due.due <= now)
        self.log = log
        self.state: CaseState = case.model_copy(update={"overdue": late})
        self.told: Words | None = None
        """What was said before the questions: whoever went on is not told again."""
        self._kind = kind
        self._circumstances = Circumstances(now, roles=_roles(log, case.facts.term), preview=signs)

    @property
    def is_its_turn(self) -> bool:
        """Whether the kind may be decided in the stage at all."""
        triggers = lifecycle_of(self.state).triggers(self.state.stage)
        return any(trigger.name == self._kind for trigger in triggers)

    def objection(self, known: Mapping[str, Any]) -> Words | None:
        """Why a decision of which this much is known would be refused in any case; None when it may not be.

        Of `actor`, `outcome` and `decided_on` what is there is judged.
        """
        actor = known.get("actor")
        able = roles_for(self._kind, outcome_of(self._kind, known))
        said: Mapping[str, Any] = actor if isinstance(actor, dict) else {}
        role = Role(said["role"]) if said.get("role") in tuple(Role) else able[0]
        facts = self.state.facts
        who: dict[str, Any] = {
            "id": "",
            "organisation": facts.operator.name if role is Role.OPERATOR else "",
            "district": str(facts.district) if role is Role.DISTRICT else None,
        }
        who |= said
        district = next((one for one in District if one == who["district"]), None)
        year = self.state.year if isinstance(self.state, AssessmentState) else None
        case: dict[str, Any] = {
            "platform_id": facts.platform_id,
            "term": facts.term,
            "year": year,
        }
        decision: dict[str, Any] = {
            "kind": str(self._kind),
            "actor": Actor.model_construct(
                **who
                | {
                    "role": role,
                    "district": district,
                    "acting_for": None,
                }
            ),
            "case": CaseReference.model_construct(**case),
            "decided_on": _day(known.get("decided_on")),
            "outcome": known.get("outcome") or self._any_outcome(role),
        }
        made = MODELS[self._kind].model_construct(**decision)
        found = next(objections_before_content(self.state, made, self._circumstances), None)
        # Whoever is asked for the day need not know what the message calls it.
        return Words(*(text.replace("decided_on ", "") for text in found[1])) if found else None

    def check(self, known: Mapping[str, Any]) -> None:
        """Raise ValueError with what speaks against it, unless that was told before."""
        found = self.objection(known)
        if found and found != self.told:
            raise ValueError(say(found))

    def check_field(self, field: str, so_far: Mapping[str, Any], instead: Any = None) -> None:
        """Raise ValueError with what the rules say against the value in a field of a decision so far.

        `instead`: a value against which they have nothing; without one, none.
        """
        without = {name: value for name, value in so_far.items() if name != field}
        if instead is not None:
            without[field] = instead
        others = self._content_objections(without)
        for found in self._content_objections(so_far):
            if found not in others:
                called = with_names(found, MODELS[self._kind], lambda _: Words("", ""))
                raise ValueError(say(official(called)))

    def check_answer(self, part: Part, value: Any, so_far: Mapping[str, Any]) -> None:
        """Raise ValueError as `check_field` with the value of a part, or with one of a list."""
        one, instead = ([value], [_ANYBODY]) if part.shape.listed else (value, None)
        try:
            self.check_field(part.field, {**so_far, part.field: one}, instead)
        except ValueError as error:
            how = METAVARS.get(part.shape)
            if how is None:
                raise
            whole = [text.replace("[", "").replace("]", "") for text in how]
            raise ValueError(
                f"{error}{say(f': write {whole[0]}', f'：应写作 {whole[1]}')}"
            ) from None

    def needs(self, field: str) -> bool:
        """Whether the rules refuse a list of texts without an entry, as a case's policy may say."""
        with_one = self._content_objections({field: [_ANYBODY]})
        return any(one not in with_one for one in self._content_objections({field: []}))

    def _content_objections(self, so_far: Mapping[str, Any]) -> list[Words]:
        """What the rules say against the content of a decision so far, as far as it is known."""
        made = MODELS[self._kind].model_construct(**_parsed(self._kind, so_far))
        found: list[Words] = []
        for _, check in CHECKS.get(self._kind, ()):
            with suppress(AttributeError):  # it is about what is not known yet
                if objection := check(made, self.state, self._circumstances):
                    found.append(objection)
        return found

    def _any_outcome(self, role: Role) -> Any:
        """One that the role may decide now; None where there is none."""
        triggers = lifecycle_of(self.state).triggers(self.state.stage)
        mine = [t for t in triggers if t.name == self._kind and t.by == role]
        return mine[0].arrows[0].outcome if mine else None


def _parsed(kind: Kind, so_far: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a decision so far, each read by itself; what cannot be read is left out."""
    found: dict[str, Any] = {}
    for field, info in MODELS[kind].model_fields.items():
        if field in so_far:
            fields: dict[str, Any] = {field: (info.annotation, info)}
            one: type[Message] = create_model(field, __base__=Message, **fields)
            with suppress(InvalidMessage):
                found[field] = getattr(parse(one, {field: so_far[field]}), field)
    return found


def _day(said: Any) -> date:
    try:
        return date.fromisoformat(str(said))
    except ValueError:
        return today()


def _roles(log: Sequence[LogLine], term: int) -> dict[str, Role]:
    """In which role each person acted first, in the platform's term and its assessments."""
    found: dict[str, Role] = {}
    for line in log:
        actor = line.entry.actor
        if line.term == term and actor and line.entry.kind is not EntryKind.REFUSED:
            found.setdefault(actor.id.casefold(), actor.role)
    return found
