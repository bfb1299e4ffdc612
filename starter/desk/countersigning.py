"""Decisions that wait for a second signature: left by who signed first, read and signed by another person.

They are kept beside the register. Nothing is decided before both signatures are sent, in one message.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import TypeAdapter

from db.countersign_queries import (
    CountersignDraft,
    countersign_draft,
    countersign_drafts_waiting,
    of_one_matter,
    words_of,
)
from db.row_types import LogLine
from starter.desk.reach import open_service
from starter.desk.service_address import service_address
from starter.errors import BadInput
from workflows.content_chain import ContentChain
from workflows.decision import Decision
from workflows.decision_reading import new_decision_of
from workflows.model import invalid, parse
from workflows.words import Words, listed_zh

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

    from db.asyncpg_connections import Source
    from starter.client.http_client import PingtaiHttpClient
    from starter.client.interface import Pingtai

Leave = Callable[[dict[str, Any]], Awaitable[CountersignDraft | None]]
PATH = "/v1/countersign-drafts"


class CountersignDrafts(Protocol):
    """Where decisions wait for a second signature. Each call raises NotAllowed and Unreachable."""

    async def leave(self, raw: dict[str, Any]) -> CountersignDraft:
        """Keep a decision with its first signature; the same again is the same draft.

        Raises:
            InvalidMessage: it is not signed for a case, or its signature does not hold.
        """

    async def waiting(self) -> list[CountersignDraft]:
        """Those that wait, the oldest first."""

    async def find(self, number: int) -> CountersignDraft:
        """The one of a number. Raises BadInput: none waits of this number."""

    async def drop(self, number: int) -> None:
        """Drop one; nothing happens where there is none."""


@asynccontextmanager
async def open_countersign_drafts(*, writing: bool = False) -> "AsyncIterator[CountersignDrafts]":
    """Reach them by the service or directly, as the command is set up; `writing`: several will be left.

    Raises:
        Unreachable: the register does not answer, or there is none.
    """
    address = service_address()
    if address is not None:
        async with open_service(address) as client:
            yield HttpCountersignDrafts(client)
        return
    from starter.client.register_access import open_connections, open_engine  # noqa: PLC0415 - only this way

    if writing:
        async with open_engine(start=False) as engine:
            yield DirectCountersignDrafts(engine, engine)
        return
    async with open_connections(start=False) as source:
        yield DirectCountersignDrafts(source)


@asynccontextmanager
async def left_drafts(client: "Pingtai") -> "AsyncIterator[Leave]":
    """Leave many decisions for a second signature: the place where they wait is opened with the first.

    `client` asks whether they would be accepted: leaving one raises as `Pingtai.check`, too.
    """
    async with AsyncExitStack() as opened:
        opening = asyncio.Lock()
        there: list[CountersignDrafts] = []

        async def leave(raw: dict[str, Any]) -> CountersignDraft | None:
            async with opening:
                if not there:
                    place = open_countersign_drafts(writing=True)
                    there.append(await opened.enter_async_context(place))
            return await leave_unless_signed(there[0], client, raw)

        yield leave


class DirectCountersignDrafts:
    """They themselves (`CountersignDrafts`)."""

    def __init__(self, source: "Source", engine: "AsyncEngine | None" = None) -> None:
        """Read from a source; write by an engine, which is opened when it is needed where none is given."""
        self._source, self._engine = source, engine

    async def leave(self, raw: dict[str, Any]) -> CountersignDraft:
        """See `CountersignDrafts`."""
        from db.countersign_rows import keep_countersign_draft  # noqa: PLC0415 - only who writes needs SQLAlchemy

        decision = signed_once(raw)
        async with self._writing() as engine:
            number = await keep_countersign_draft(engine, decision, datetime.now(UTC))
        return await self.find(number)

    async def waiting(self) -> list[CountersignDraft]:
        """See `CountersignDrafts`."""
        return await countersign_drafts_waiting(self._source)

    async def find(self, number: int) -> CountersignDraft:
        """See `CountersignDrafts`."""
        found = await countersign_draft(self._source, number)
        if found is None:
            raise no_draft(number)
        return found

    async def drop(self, number: int) -> None:
        """See `CountersignDrafts`."""
        from db.countersign_rows import drop_countersign_draft  # noqa: PLC0415 - as above

        async with self._writing() as engine:
            await drop_countersign_draft(engine, number)

    @asynccontextmanager
    async def _writing(self) -> "AsyncIterator[AsyncEngine]":
        from starter.client.register_access import open_engine  # noqa: PLC0415 - as above

        if self._engine is not None:
            yield self._engine
            return
        async with open_engine(start=False) as engine:
            yield engine


class HttpCountersignDrafts:
    """They as the service answers (`CountersignDrafts`)."""

    def __init__(self, client: "PingtaiHttpClient") -> None:
        """Ask by this client."""
        self._client = client

    async def leave(self, raw: dict[str, Any]) -> CountersignDraft:
        """See `CountersignDrafts`."""
        content, _ = await self._client.post(PATH, raw)
        return parse(CountersignDraft, content)

    async def waiting(self) -> list[CountersignDraft]:
        """See `CountersignDrafts`."""
        from starter.client.http_client import parse_answer  # noqa: PLC0415 - only this way needs it

        items = json.loads(await self._client.get(PATH))["items"]
        return parse_answer(TypeAdapter(list[CountersignDraft]), json.dumps(items))

    async def find(self, number: int) -> CountersignDraft:
        """See `CountersignDrafts`."""
        for one in await self.waiting():
            if one.number == number:
                return one
        raise no_draft(number)

    async def drop(self, number: int) -> None:
        """See `CountersignDrafts`."""
        await self._client.delete(f"{PATH}/{number}")


def signed_once(raw: Any) -> Decision:
    """Return a decision that waits, if its signature holds.

    Raises:
        InvalidMessage: it is no decision, not signed for a case, or its signature does not hold.
    """
    from workflows.signed_form import signed_form, signers  # noqa: PLC0415 - only what is signed needs cryptography
    from workflows.ssh_signatures import BadSignature  # noqa: PLC0415

    decision = new_decision_of(raw)
    if decision.case is None or decision.case.answers is None or len(decision.signatures) != 1:
        raise invalid(
            "decision",
            "signatures",
            "what waits for a second signature has one signature, and names its case and what it answers",
            "待会签的决定应已有一个签名，并注明所属事项及所针对内容",
        )
    try:
        signers([one.model_dump() for one in decision.signatures], signed_form(decision))
    except BadSignature as error:
        en, zh = error.words
        raise invalid("decision", "signatures", f"does not hold: {en}", f"无效：{zh}") from None
    return decision


def signed_by_another(
    waiting: Iterable[CountersignDraft], raw: Mapping[str, Any]
) -> CountersignDraft | None:
    """Return what another person has signed in the same words for the same step of a case; None: nothing."""
    case, said = raw["case"], words_of(raw, "actor")
    for one in waiting:
        step = (one.platform_id, one.answers) == (case["platform_id"], case["answers"])
        of_another = one.person_id != raw["actor"]["id"]
        if step and of_another and words_of(one.decision, "actor") == said:
            return one
    return None


async def leave_unless_signed(
    drafts: CountersignDrafts, client: "Pingtai", raw: dict[str, Any]
) -> CountersignDraft | None:
    """Leave a decision for a second signature, unless it is itself what another one waits for.

    None: it was taken before, with both, and waits for nobody. What would be refused with both signatures is
    refused now: raises as `Pingtai.check`.

    Raises:
        BadInput: another person has signed the same before: it is countersigned, not decided anew.
    """
    waiting = await drafts.waiting()
    theirs = signed_by_another(waiting, raw)
    if theirs is None:
        # Without its signature: of two that are asked for one alone would be refused.
        unsigned = {name: value for name, value in raw.items() if name != "signatures"}
        preview = await client.check(raw["case"]["platform_id"], unsigned)
        if preview.repeated:
            return None
        return await leave_in_place(drafts, waiting, raw)
    raise BadInput(already_signed(theirs))


async def leave_in_place(
    drafts: CountersignDrafts, waiting: Iterable[CountersignDraft], raw: dict[str, Any]
) -> CountersignDraft:
    """Leave a decision, and say which of those that wait it came in the place of. Raises as `leave`."""
    left = await drafts.leave(raw)
    before = tuple(one.number for one in waiting if _is_replaced(one, left))
    return left.model_copy(update={"replaces": before})


def _is_replaced(one: CountersignDraft, left: CountersignDraft) -> bool:
    """Whether a decision waits no more, because its person has left another on the same matter."""
    case, of_left = ((d.platform_id, d.term, d.year, d.kind, d.person_id) for d in (one, left))
    same = case == of_left and of_one_matter(left.decision, one.decision)
    return same and one.number != left.number


def what_comes_next(draft: CountersignDraft) -> Words:
    """Return who does what about a decision that waits."""
    return Words(
        f"another officer: pingtai countersign {draft.number}",
        f"由另一名经办人办理：pingtai countersign {draft.number}",
    )


def what_it_replaces(draft: CountersignDraft) -> Words | None:
    """Say which numbers wait no more, because this one came in their place; None: none."""
    if not draft.replaces:
        return None
    numbers = [str(one) for one in draft.replaces]
    return Words(
        f"in place of no. {', '.join(numbers)}, which waits no more",
        f"取代编号 {listed_zh(numbers)}，后者不再待会签",
    )


def already_signed(theirs: CountersignDraft) -> Words:
    """Return what is said to who decides what another person has signed, and what to do."""
    number, person = theirs.number, theirs.person_id
    return Words(
        f"{person} has signed the same before you, and it waits for a second signature, which can be yours:"
        f" pingtai countersign {number}. Nothing was submitted",
        f"{person} 已先行签署相同决定，正待会签，可由您会签：pingtai countersign {number}。未提交任何内容",
    )


def has_moved_on(draft: CountersignDraft, log: list[LogLine]) -> bool:
    """Return whether a case stands elsewhere than where a draft was signed; `log` is all of the platform's.

    What the register has not heard of yet is left to the case.
    """
    lines = [one for one in log if (one.term, one.year) == (draft.term, draft.year)]
    opening = max((one.opening for one in lines), default=0)
    chain = ContentChain([one.entry for one in lines if one.opening == opening])
    return draft.answers in chain.hashes and draft.answers not in chain.answerable


def no_draft(number: int) -> BadInput:
    """Return the error for a number that none has: it may have been signed, or dropped."""
    return BadInput(
        f"no decision {number} waits for a second signature: `pingtai drafts` lists those that do",
        f"没有编号为 {number} 的待会签的决定：可用 `pingtai drafts` 查看",
    )
