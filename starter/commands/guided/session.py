"""A form that somebody fills in at a terminal: its questions, its draft, and what becomes of them."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from starter.commands.decision_calls import NOT_TAKEN
from starter.commands.decision_form import DecisionForm
from starter.commands.guided import prompts
from starter.commands.guided.check_answers import Checks, Questions, checked_answers
from starter.commands.guided.dialogue import Answers, Dialogue
from starter.commands.guided.foresight import Foresight
from starter.commands.guided.panel_questions import PanelQuestions, keep_for_next_time
from starter.commands.guided.questions import ACTOR, fill_in, foresee
from starter.desk.drafts import Draft, drop_draft, find_draft, keep_draft
from starter.errors import BadInput
from starter.terminal import wording
from starter.terminal.language import say
from starter.terminal.screen import complain, show
from workflows.decision import Decision
from workflows.decisions import ExpertOpinion
from workflows.model import InvalidMessage
from workflows.states import AssessmentState
from workflows.words import Words

_KEPT = Words(
    "Your answers are kept as a draft. To go on, run the same command again.",
    "所填内容已存为草稿。重新运行同一命令即可继续。",
)
_KEPT_FOR_LATER = Words(
    "Your answers are kept as a draft. It can be sent only once this decision is due.",
    "所填内容已存为草稿，须待进入相应环节后方可提交。",
)


_MAYBE = Words(
    "It was being sent, and may have been accepted. Sent again, it is not accepted twice.",
    "该草稿曾提交，可能已办理。再次提交不会重复办理。",
)


class Session:
    """One form for one platform. Its draft is written after every answer, and goes when it is sent."""

    def __init__(
        self,
        form: DecisionForm,
        said: Mapping[str, Any],
        foresight: Foresight,
        roster: Sequence[dict[str, str]] = (),
        *,
        office: bool,
    ) -> None:
        """Go by what flags, files and profile say already; `office` is asked for, too.

        `roster`: the experts of a panel that was named, some without their votes.
        """
        self._form = form
        self._foresight = foresight
        self._case = foresight.state
        self._roster = roster
        self._office = office
        self._said = dict(said)
        self._talk = Dialogue()
        self._kept = False
        self._sent = self._told = False

    def begin(self) -> None:
        """Offer the draft of the same case; say before any question what would be refused in any case.

        Raises:
            click.Abort: whoever was asked went away.
        """
        answers, offered = self._offered()
        self._talk = Dialogue(answers, self._keep, offered)
        if self._sent:  # where it was accepted, it is no longer its turn
            self._foresight.told = self._foresight.objection(self._known())
        else:
            foresee(self._form, self._foresight, self._known())
        self._said.setdefault("decision_id", str(uuid.uuid4()))

    def fill_in(self) -> dict[str, Any]:
        """The decision, of what was said and of answers. Raises click.Abort."""
        return self._talk.run(self._fill)

    def checked(self, checks: Checks) -> dict[str, Any]:
        """The same, once whoever is asked has said yes to all of it. Raises as `checked_answers`."""
        questions = Questions(self._said, self._fill)
        return checked_answers(self._talk, self._form, questions, self._case.facts, checks)

    def sending(self) -> None:
        """Note that it may have been accepted from now on."""
        self._sent = True
        self._keep(self._talk.answers)

    def sent(self, decision: Decision) -> None:
        """Forget the draft: what it was for is done. Keep the panel, where a name was given for it."""
        try:
            drop_draft(self._form.kind, self._case.facts.platform_id)
            if isinstance(decision, ExpertOpinion):
                keep_for_next_time(self._talk, decision)
        except (BadInput, InvalidMessage) as error:
            complain(error.words)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Say, whatever ends the work within, that the answers are kept."""
        try:
            yield
        except BaseException as error:
            if self._sent and isinstance(error, NOT_TAKEN):
                self._sent = False
                self._keep(self._talk.answers)
            if self._kept:
                due = self._sent or self._foresight.is_its_turn
                error.add_note(say(_KEPT if due else _KEPT_FOR_LATER))
            raise

    def _fill(self) -> dict[str, Any]:
        panel = PanelQuestions(self._talk, self._case, self._roster)
        return fill_in(
            self._talk, self._form, self._said, self._foresight, panel, office=self._office
        )

    def _known(self) -> dict[str, Any]:
        """What speaks for who decides already: not a role that is still asked for, nor a substitute's own."""
        actor = self._said.get(ACTOR)
        if isinstance(actor, dict) and self._office and "organisation" in actor:
            return self._said
        return {key: value for key, value in self._said.items() if key != ACTOR}

    def _offered(self) -> tuple[Answers, Answers]:
        """What was answered before, if there is a draft and whoever is asked goes on with it."""
        draft = find_draft(self._form.kind, self._case.facts.platform_id)
        if draft is None or not draft.count or not self._is_mine(draft):
            return {}, {}
        saved = wording.moment(draft.saved_at)
        show("", *([_MAYBE] if draft.sent else []))
        question = Words(
            f"There is a draft of {saved} (answers: {draft.count}). Go on with it?",
            f"有 {saved} 保存的草稿（已填 {draft.count} 项）。是否继续填写？",
        )
        if not prompts.sure(say(question), default=True):
            return {}, {}
        self._kept, self._sent = True, draft.sent
        typed = any(part.startswith(f"{ACTOR}.") for part in draft.answers)
        mine = {} if typed else {ACTOR: self._said[ACTOR]}
        self._said = {**draft.said, **{k: v for k, v in self._said.items() if k != ACTOR}, **mine}
        return draft.answers, draft.offered

    def _is_mine(self, draft: Draft) -> bool:
        """Whether it is about this case; one that was being sent may have ended its year meanwhile."""
        term, _ = self._named
        return draft.case == self._named or (draft.sent and draft.term == term)

    @property
    def _named(self) -> tuple[int, int | None]:
        year = self._case.year if isinstance(self._case, AssessmentState) else None
        return self._case.facts.term, year

    def _keep(self, answers: Answers) -> None:
        term, year = self._named
        draft = Draft(
            kind=self._form.kind,
            platform=self._case.facts.platform_id,
            term=term,
            year=year,
            saved_at=datetime.now(UTC),
            said=self._said,
            answers=answers,
            offered=self._talk.offered,
            sent=self._sent,
        )
        try:
            keep_draft(draft)
            self._kept = True
        except BadInput as error:
            if not self._told:
                complain(error.words)
            self._told, self._kept = True, False
