"""Lines made whole and checked, before any is sent: who, on what day, under which id."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from starter.clock import today
from starter.commands.actor_resolution import ActorResolver
from starter.commands.batch.decision_columns import KIND, KIND_LABEL, PLATFORM, PLATFORM_LABEL
from starter.commands.batch.lines import Entry, Line, Outcome, Result
from starter.commands.deciding_roles import substitution_of
from starter.commands.notation import platform_id
from starter.desk.entry_numbers import by_entry, is_entry_number
from starter.desk.reach import open_reads
from starter.desk.substitutes import in_place_of
from starter.errors import BadInput, PingtaiError
from starter.terminal.named_fields import NamedFields, in_table, named
from starter.terminal.screen import complain
from starter.value_names import terms_beside
from workflows.decision_reading import decision_of, new_decision_of
from workflows.decisions import MODELS
from workflows.field_labels import Label, label_at
from workflows.model import InvalidMessage, as_sent, sha256
from workflows.refusal import Refused
from workflows.vocabulary import Kind
from workflows.words import Words, listed_zh


class BatchPreparation:
    """Makes decisions of lines. What a line leaves open is filled in so that it is the same each time."""

    def __init__(
        self, acting: ActorResolver, day: str | None, principal: str | None = None
    ) -> None:
        """`day` is for the lines that have none; `principal` is who is acted for."""
        self._acting = acting
        self._day = day
        self._principal = principal
        self._absences: dict[tuple[Any, ...], dict[str, Any]] = {}

    async def prepare(self, entries: Iterable[Entry]) -> list[Line | Result]:
        """Each line, ready to be sent; or a result that says why it cannot be."""
        return [await self._prepared(entry) for entry in entries]

    async def _prepared(self, entry: Entry) -> Line | Result:
        if entry.problem:
            return Result(entry, Outcome.BAD, problem=entry.problem)
        try:
            platform, message = await self._decision(entry)
            return Line(entry, platform, message, self._acting.by_profile)
        except (BadInput, InvalidMessage) as error:
            return Result(entry, Outcome.BAD, problem=error.words)
        except Refused as error:
            return Result(entry, Outcome.REFUSED, problem=error.words)

    async def _decision(self, entry: Entry) -> tuple[str, dict[str, Any]]:
        raw = dict(entry.fields)
        platform = raw.pop("platform", None)
        if not isinstance(platform, str):
            where = _called(entry, PLATFORM_LABEL, PLATFORM)
            raise BadInput(f"{where.en}: the line names none", f"该行未写{where.zh}")
        platform_id(platform)
        if raw.get("kind") not in tuple(Kind):
            raise _no_kind(entry, raw.get("kind"))
        kind = Kind(raw["kind"])
        if "decided_on" in raw or self._day is not None:
            return platform, await self._checked(
                entry, platform, kind, {"decided_on": self._day, **raw}
            )
        without = _no_day(entry, kind)
        try:  # what else is wrong with it is said in the same answer
            await self._checked(entry, platform, kind, {**raw, "decided_on": str(today())})
        except (BadInput, InvalidMessage) as error:
            raise BadInput(
                f"{without.words.en}; {error.words.en}", f"{without.words.zh}；{error.words.zh}"
            ) from None
        raise without

    async def _checked(
        self, entry: Entry, platform: str, kind: Kind, raw: dict[str, Any]
    ) -> dict[str, Any]:
        """A line's decision with what is filled in, if it is one."""
        raw["actor"] = self._acting.actor(raw, kind)
        if self._principal and (who := substitution_of(kind, raw)):
            if who not in self._absences:
                self._absences[who] = await in_place_of(self._principal, *who, tell=complain)
            raw["actor"] = self._absences[who]
        try:
            if "decision_id" not in raw:
                raw["decision_id"] = derived_id(platform, raw)
            if kind is Kind.SET_ASIDE and is_entry_number(raw.get("target")):
                raw |= await _by_entry(platform, raw)
            new_decision_of(raw)
        except InvalidMessage as error:
            raise NamedFields(error, MODELS[kind], headings=entry.headings) from None
        return raw


def _no_day(entry: Entry, kind: Kind) -> BadInput:
    where = _called(entry, label_at(MODELS[kind], "decided_on"), "decided_on")
    return BadInput(
        f"{where.en}: the line has no day; write one, or give --date for all that have none",
        f"该行没有{where.zh}；请写明，或以 --date 统一指定",
    )


async def _by_entry(platform: str, raw: dict[str, Any]) -> dict[str, Any]:
    """The id of a decision that a line calls by its entry's number; nothing while the register is away."""
    with suppress(PingtaiError):
        async with open_reads() as register:
            return by_entry(await register.log(platform), raw["target"])
    return {}


def _called(entry: Entry, label: Label | None, name: str) -> Words:
    """What a field is called where a line was read: by its heading, or with its name in JSON."""
    if entry.headings is None:
        return named(label, name)
    return in_table(label, name, entry.headings)


def _no_kind(entry: Entry, said: Any) -> BadInput:
    where = _called(entry, KIND_LABEL, KIND)
    terms = terms_beside(Kind, Kind) if entry.headings is None else [one.zh for one in Kind]
    offered = ", ".join(Kind), listed_zh(terms)
    if said is None:
        return BadInput(
            f"{where.en}: the line names none: {offered[0]}", f"该行未写{where.zh}：{offered[1]}"
        )
    shown = str(said)[:100] if isinstance(said, str | int | float) else type(said).__name__
    return BadInput(
        f"{where.en}: {shown!r} is none of {offered[0]}",
        f"{where.zh}：“{shown}”不在可选值之中：{offered[1]}",
    )


def derived_id(platform: str, raw: dict[str, Any]) -> str:
    """The id of a line that names none: of its content, so that the same line is the same decision.

    Raises:
        InvalidMessage: it is no decision.
    """
    content = as_sent(decision_of({**raw, "decision_id": "derived"}))
    return f"batch:{sha256([platform, content])[:40]}"
