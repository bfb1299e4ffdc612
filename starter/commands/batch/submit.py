"""One line of a batch, sent or tried, and what was answered as a result."""

import asyncio
from abc import ABC, abstractmethod

from starter.client.interface import Pingtai, ToSign
from starter.client.signed_decisions import SignedBefore, signed_before, with_signature
from starter.clock import today
from starter.commands.batch.lines import Line, Outcome, Result
from starter.commands.own_signature import OwnSignature
from starter.desk.countersigning import Leave
from starter.desk.did_you_mean import joined
from starter.desk.platform_names import near_to
from starter.doubts.message_doubts import of_day, read_day
from starter.errors import (
    BadInput,
    NoSuchPlatform,
    NotAllowed,
    PingtaiError,
    Unreachable,
    rpc_error,
)
from starter.terminal.named_fields import in_table, named_refusal
from starter.terminal.official_wording import official
from workflows.decisions import MODELS
from workflows.model import InvalidMessage
from workflows.refusal import Refused
from workflows.vocabulary import Kind
from workflows.words import Words

_LOOKED_UP = 20
"""Lines of a batch for which it is asked what was meant."""


class _Asked(ABC):
    """Asks the system about lines; what it answers when it says no is the same whatever is asked."""

    def __init__(self, client: Pingtai) -> None:
        """Ask by this client."""
        self._client = client
        self._looked_up = 0

    async def __call__(self, line: Line) -> Result:
        """Say what became of a line."""
        try:
            return await self._ask(line)
        except Refused as error:
            if await _is_so_already(self._client, line):
                return Result(line.entry, Outcome.ALREADY, line)
            return not_done(line, error)
        except NoSuchPlatform as error:
            return not_done(line, await self._with_near(line.platform, error))
        except Exception as error:
            if not is_answer(error):
                raise
            return not_done(line, error)

    async def _with_near(self, platform_id: str, error: NoSuchPlatform) -> NoSuchPlatform:
        """The same, with what was perhaps meant: for the first lines, since it goes through all platforms."""
        self._looked_up += 1
        if self._looked_up > _LOOKED_UP or "Did you mean" in error.words.en:
            return error
        return NoSuchPlatform(joined(error.words, await near_to(platform_id)))

    @abstractmethod
    async def _ask(self, line: Line) -> Result: ...


class LineSubmission(_Asked):
    """Sends lines to be taken, each with its person's signature."""

    def __init__(
        self,
        client: Pingtai,
        own: OwnSignature,
        leave: Leave,
    ) -> None:
        """Send by this client; `own` signs, `leave` keeps what another person signs, too."""
        super().__init__(client)
        self._own = own
        self._leave = leave
        self._hand = asyncio.Lock()
        """One signature after another: a person has one hand to touch a key with."""

    async def _signed(self, line: Line) -> ToSign | None:
        """A line with its person's signature; None: they have no key, or none is needed."""
        before = await signed_before(self._client, line.platform, line.message)
        if before:
            return await self._as_second(before)
        signer = self._own.signer_of(line.message["actor"]["id"])
        form = await self._client.to_sign(line.platform, line.message) if signer else None
        if signer is None or form is None:
            return None
        async with self._hand:
            signed = await self._own.sign(self._client, form)
        return form.model_copy(update={"decision": signed})

    async def _as_second(self, before: SignedBefore) -> ToSign:
        """A line that came signed, as it is; with the signature of who runs this where a second is missing."""
        second = None if before.whole else self._own.second_signer()
        if second is None or not before.lacks(second[1], second[0]):
            return before.form
        person, signer = second
        proof = await self._own.proof(self._client, person, signer.key, needed=True)
        async with self._hand:
            signed = await asyncio.to_thread(with_signature, before.form.decision, signer, proof)
        return before.form.model_copy(update={"decision": signed})

    async def _ask(self, line: Line) -> Result:
        form = await self._signed(line)
        if form and form.signatures_needed > len(form.decision["signatures"]):
            if left := await self._leave(form.decision):
                return Result(line.entry, Outcome.WAITING, line, draft=left)
            form = None  # it was taken before: its case repeats its answer
        receipt = await self._client.decide(line.platform, form.decision if form else line.message)
        if receipt.set_aside_by:
            why = _counts_no_longer(receipt.set_aside_by)
            return Result(line.entry, Outcome.REFUSED, line, problem=why)
        outcome = Outcome.ALREADY if receipt.repeated else Outcome.DONE
        return Result(line.entry, outcome, line, receipt=receipt, stage=receipt.stage)


class LineCheck(_Asked):
    """Asks whether lines would be taken, and changes nothing."""

    def __init__(self, client: Pingtai, own: OwnSignature) -> None:
        """Ask by this client, for whoever signs by `own`."""
        super().__init__(client)
        self._own = own
        self._asked: dict[str, int] = {}

    async def __call__(self, line: Line) -> Result:
        """Say what would become of a line; the next one stands where one that is not taken stood."""
        result = await super().__call__(line)
        was_first = self._asked.get(line.platform) == line.entry.number
        if was_first and result.outcome is not Outcome.POSSIBLE:
            del self._asked[line.platform]
        return result

    async def _ask(self, line: Line) -> Result:
        """Of several lines of a platform only the first that would be taken can be asked about now."""
        first = self._asked.setdefault(line.platform, line.entry.number)
        if first != line.entry.number:
            if ahead := _day_to_come(line):  # whatever becomes of the lines before
                return Result(line.entry, Outcome.REFUSED, line, problem=ahead)
            why = Words(
                f"well formed; the rules are asked when line {first} is taken",
                f"格式无误；第 {first} 行受理后方可判定",
            )
            return Result(line.entry, Outcome.LATER, line, problem=why)
        preview = await self._client.check(line.platform, line.message)
        if not preview.repeated:
            await self._own.look(self._client, line.message["actor"]["id"])
            return Result(line.entry, Outcome.POSSIBLE, line, stage=preview.stage)
        if preview.set_aside_by:
            why = _counts_no_longer(preview.set_aside_by)
            return Result(line.entry, Outcome.REFUSED, line, problem=why)
        return Result(line.entry, Outcome.ALREADY, line, stage=preview.stage)


def _day_to_come(line: Line) -> Words | None:
    """Why no case would take a line: it is dated in the future."""
    day = read_day(line.message.get("decided_on"))
    return next(of_day(line.message, today(), None), None) if day and day > today() else None


async def _is_so_already(client: Pingtai, line: Line) -> bool:
    """Whether a platform stands in this list under this certificate: listed on another day, then."""
    decision = line.message
    if decision["kind"] != Kind.LISTING or decision.get("list_number") is None:
        return False
    try:
        state = (await client.state(line.platform)).platform
    except Exception as error:
        if not is_answer(error):
            raise
        return False
    wanted = (decision["list_number"], decision["certificate_number"])
    return state is not None and (state.list_number, state.certificate_number) == wanted


def _counts_no_longer(by: str) -> Words:
    return Words(
        f"done before, and set aside since, by {by}: to decide it again, give the line a decision_id of"
        " its own",
        f"此前已办理，后由 {by} 撤销：如需重新作出，请为该行另写 decision_id",
    )


def is_answer(error: Exception) -> bool:
    """Whether it is what a call may end with; else it is a mistake of ours, and shows itself."""
    return isinstance(error, InvalidMessage | PingtaiError | OSError) or bool(rpc_error(error))


def _in_file(line: Line, error: Refused) -> Refused:
    """The same refusal, with the fields of a decision called as the line's file calls them."""
    model = MODELS.get(line.message.get("kind", ""))
    headings = line.entry.headings
    if model is None:
        return error

    def place(path: str) -> Words:
        return Words.same(path) if headings is None else in_table(None, path, headings)

    return named_refusal(error, model, place)


def not_done(line: Line, error: Exception) -> Result:
    """What became of a line for which this was raised."""
    outcome = Outcome.UNANSWERED
    match error:
        case Refused():
            outcome, words = Outcome.REFUSED, official(_in_file(line, error).words)
        case NotAllowed():
            outcome, words = Outcome.REFUSED, official(error.words)
        case InvalidMessage() | BadInput() | NoSuchPlatform():
            outcome, words = Outcome.BAD, error.words
        case Unreachable():
            words = error.words
        case _:
            words = _plain(error)
            rpc = rpc_error(error)
            if rpc is not None and rpc.status.name == "INVALID_ARGUMENT":
                outcome = Outcome.BAD  # sent again it would be no better
    return Result(line.entry, outcome, line, problem=words)


def _plain(error: Exception) -> Words:
    told = getattr(error, "message", None) or str(error) or type(error).__name__
    return Words(f"no answer: {told}", f"没有应答：{told}")
