"""`pingtai countersign`: read what another officer has signed, sign it as the second, and send it."""

import asyncio
import sys
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from db.countersign_queries import CountersignDraft
from starter.client.receipt_file import expect_new, keep_receipt, receipt_content
from starter.client.signed_decisions import signers_of, with_signature
from starter.clock import today
from starter.commands.decision_calls import NOT_TAKEN, DecisionCalls
from starter.commands.form_options import RECEIPT, YES
from starter.commands.forms_by_kind import FORMS
from starter.commands.own_signature import OwnSignature
from starter.commands.receipt_view import NEXT, end_of_stage, show_receipt
from starter.commands.waiting_decisions import WAITING, decision_parts, waiting_table
from starter.desk.countersigning import (
    CountersignDrafts,
    has_moved_on,
    open_countersign_drafts,
    signed_once,
)
from starter.desk.profile import read_profile
from starter.desk.reach import open_pingtai, open_reads
from starter.errors import BadInput
from starter.terminal import wording
from starter.terminal.command_runner import REFUSED, answered
from starter.terminal.language import say
from starter.terminal.screen import at_terminal, complain, heading, show, show_json, watched
from starter.terminal.whole_number import WholeNumber
from workflows.model import as_sent
from workflows.refusal import Refusal, Refused
from workflows.signed_form import signed_form, signers
from workflows.states import Receipt
from workflows.vocabulary import Kind
from workflows.words import Words, listed_zh

_MOST = 2**62
"""Of the numbers of drafts, as the register counts them."""

if TYPE_CHECKING:
    from starter.client.interface import Pingtai
    from starter.desk.reach import RegisterReads
    from starter.signing.signer import Signer
    from workflows.ssh_signatures import PublicKey


@click.command("countersign")
@click.argument("numbers", nargs=-1, type=WholeNumber(1, _MOST))
@click.option("--all", "everything", is_flag=True, help="All that wait. 全部")
@click.option("--drop", is_flag=True, help="Drop them: nobody signs them any more. 撤回")
@click.option("--json", "as_json", is_flag=True, help="Print JSON. 以 JSON 输出")
def countersign_command(
    numbers: tuple[int, ...],
    *,
    everything: bool,
    drop: bool,
    as_json: bool,
    yes: bool,
    receipt: Path | None,
) -> None:
    """Sign as the second person what another officer has decided, and submit it. 会签

    Without a number: list what waits. With one: show what it is about, what was decided and where it leads,
    ask, sign, and submit both signatures together. Several, or --all: a list, and one question. In scripts:
    --yes. What another person signed for a case that has moved on since is dropped.

    \b
    Example:
      pingtai countersign
      pingtai countersign 3 --receipt listing.json
      pingtai countersign --all
    """
    with answered(), closing(_Countersigning()) as work:
        if drop and not (numbers or everything):
            raise BadInput(
                "--drop: name the numbers that are to be dropped, or --all; `pingtai countersign` lists them",
                "--drop：请指定要撤回的编号，或用 --all；编号可用 `pingtai countersign` 查看",
            )
        drafts = list(work.chosen(numbers, everything=everything))
        if everything and not drop:
            drafts = work.of_others(drafts)
        if receipt:
            _expect_one(receipt, drafts if (numbers or everything) and not drop else ())
        if not drafts or not (numbers or everything):
            _list(drafts, as_json=as_json)
        elif drop:
            for draft in drafts:
                work.drop(draft)
                show(Words(f"Dropped: {draft.number}", f"已撤回：{draft.number}"))
        else:
            _sign(work, drafts, yes=yes, as_json=as_json)
            if receipt:
                keep_receipt(receipt, receipt_content(work.received[0], work.sent))


countersign_command.params += (YES, RECEIPT)


def _expect_one(path: Path, drafts: Sequence[CountersignDraft]) -> None:
    if len(drafts) != 1:
        raise BadInput(
            "--receipt keeps the receipt of one decision: countersign it by its number",
            "--receipt 只存一项决定的回执：请按编号逐项会签",
        )
    expect_new(path)


def _list(drafts: Sequence[CountersignDraft], *, as_json: bool) -> None:
    if as_json:
        show_json([draft.model_dump(mode="json") for draft in drafts])
    elif drafts:
        table = waiting_table(drafts)
        # In a pipe nothing stands above the heads of the columns.
        show(*([heading(WAITING), table] if watched(sys.stdout) else [table]))
    else:
        complain(Words("Nothing waits for a second signature.", "没有待会签的决定。"))


def _sign(
    work: "_Countersigning", drafts: Sequence[CountersignDraft], *, yes: bool, as_json: bool
) -> None:
    """Show them, and sign and send them after one question; each that is refused is told, the others go on.

    Raises:
        BadInput: nobody can be asked, and nobody said yes.
        click.exceptions.Exit: one was refused.
    """
    signer = work.signer(drafts)
    if len(drafts) == 1:
        work.drop_if_moved_on(drafts[0])
    if drafts and not as_json:
        if len(drafts) == 1:
            with _waiting_on(drafts[0]):
                _show_whole(drafts[0])
        else:
            show(heading(WAITING), waiting_table(drafts))
    if drafts and not yes:
        _confirm(len(drafts), asks=at_terminal() and not as_json)
    refused: list[Refused] = []
    for draft in drafts:
        try:
            with _waiting_on(draft):
                receipt = work.countersign(draft, signer)
        except Refused as error:
            if len(drafts) == 1:
                raise
            refused.append(error)
            named = error.words.at(f"{draft.number} {draft.platform_id}")
            complain(named, *getattr(error, "__notes__", ()))
            continue
        if not as_json:
            _show_receipt(work, draft, receipt, alone=len(drafts) == 1)
    if as_json:
        show_json([receipt.model_dump(mode="json") for receipt in work.received])
    if refused:
        raise click.exceptions.Exit(REFUSED)


class _MovedOn(Refused):
    """One was dropped, because its case has moved on since."""


@contextmanager
def _waiting_on(draft: CountersignDraft) -> Iterator[None]:
    """Say of one that is refused that it waits on, and how it is dropped: it may be accepted later."""
    try:
        yield
    except _MovedOn:
        raise
    except Refused as error:
        drop = f"pingtai countersign {draft.number} --drop"
        error.add_note(say(f"It waits on. To drop it: {drop}", f"仍待会签；如需撤回：{drop}"))
        raise


def _show_whole(draft: CountersignDraft) -> None:
    """Show what a decision is about, what it says, where it leads, and who signed it.

    Raises:
        Refused: the rules refuse it now.
    """
    from starter.commands.guided.case_brief import ON_NOTHING, brief_parts  # noqa: PLC0415 - only one alone
    from starter.commands.guided.questions import show_case  # noqa: PLC0415 - as above

    with closing(DecisionCalls(FORMS[Kind(draft.kind)], draft.platform_id, None)) as calls:
        view = calls.view()
        show_case(calls.form, view, calls.beside(view))
        unsigned = signed_once(draft.decision).model_copy(update={"signatures": ()})
        leads_to = calls.preview(unsigned).stage or ""
        brief = None if draft.kind in ON_NOTHING else calls.brief()
        if brief:
            show(*brief_parts(Kind(draft.kind), brief))
        if draft.kind == Kind.SET_ASIDE:
            from starter.commands.guided.guided_decision import show_set_aside  # noqa: PLC0415 - as above

            show_set_aside(calls, draft.decision)
    show(*decision_parts(draft, _first_key(draft), leads_to))


def _confirm(number: int, *, asks: bool) -> None:
    if not asks:
        raise BadInput(
            "nothing was signed. To sign and submit without being asked: --yes",
            "未签名。不经询问即签名并提交，请加 --yes",
        )
    from starter.commands.guided.prompts import ask_to_send  # noqa: PLC0415 - only who asks

    question = (
        Words("Sign and submit?", "签名并提交？")
        if number == 1
        else Words(f"Sign and submit {number}?", f"签名并提交 {number} 项？")
    )
    ask_to_send(question)


def _show_receipt(
    work: "_Countersigning",
    draft: CountersignDraft,
    receipt: Receipt,
    *,
    alone: bool,
) -> None:
    if alone:
        show_receipt(receipt, work.end_of_stage(receipt), signers_of(work.sent))
    else:
        stage = wording.stage_led_to(receipt.stage)
        show(
            f"{draft.number}  {draft.platform_id}  {wording.said(draft.kind, draft.outcome)}  → {stage}"
        )
        then = wording.awaited(receipt.awaited, receipt.due, today=today())
        if then:
            show(f"   {say(NEXT)}: {then}")


def _first_key(draft: CountersignDraft) -> "PublicKey":
    decision = signed_once(draft.decision)
    return signers(draft.decision["signatures"], signed_form(decision))[0]


class _Countersigning:
    """The calls of one command, between which a person is asked: one event loop, one connection each."""

    def __init__(self) -> None:
        """Nothing is opened before it is needed."""
        self._runner = asyncio.Runner()
        self._opened = AsyncExitStack()
        self._client: Pingtai | None = None
        self._reads: RegisterReads | None = None
        self._drafts: CountersignDrafts | None = None
        self._own, self._person = OwnSignature(), ""
        self.sent: dict[str, Any] = {}
        """What was sent last, with both signatures."""
        self.received: list[Receipt] = []

    def close(self) -> None:
        """Let go of the connections and the event loop."""
        with self._runner:
            self._runner.run(self._opened.aclose())

    def chosen(self, numbers: Sequence[int], *, everything: bool) -> Iterator[CountersignDraft]:
        """Those that are named; all, where none is. Raises BadInput: none has this number."""
        drafts = self._all_drafts()
        if numbers and not everything:
            for number in dict.fromkeys(numbers):
                yield self._runner.run(drafts.find(number))
        else:
            yield from self._runner.run(drafts.waiting())

    def signer(self, drafts: Sequence[CountersignDraft]) -> "Signer":
        """What signs as the second person.

        Raises:
            BadInput: whoever runs this has no key, or signed one of them first.
        """
        profile = read_profile()
        signer = self._own.signer_of(profile.id) if profile else None
        if profile is None or signer is None:
            raise BadInput(
                "to countersign you need a key: `pingtai login` makes one",
                "会签须有密钥：可用 `pingtai login` 生成",
            )
        own = [draft.number for draft in drafts if draft.person_id == profile.id]
        if own:
            raise BadInput(
                f"you signed {own[0]} first: another person countersigns it",
                f"编号 {own[0]} 由您第一签名，须由另一人签名",
            )
        self._person = profile.id
        return signer

    def of_others(self, drafts: list[CountersignDraft]) -> list[CountersignDraft]:
        """Those that somebody else signed first; all, where nobody did, which is refused in their place."""
        profile = read_profile()
        own = [one for one in drafts if profile and one.person_id == profile.id]
        if not own or own == drafts:
            return drafts
        numbers = [str(one.number) for one in own]
        complain(
            Words(
                f"Left out, because you signed first: {', '.join(numbers)}",
                f"由您第一签名的不列入：{listed_zh(numbers)}",
            )
        )
        return [one for one in drafts if one not in own]

    def countersign(self, draft: CountersignDraft, signer: "Signer") -> Receipt:
        """Sign one and send it with both signatures; then nobody waits for it any more.

        Raises:
            Refused: its case moved on, for which it was dropped; or the rules refuse it.
        """
        drafts = self._all_drafts()
        self.drop_if_moved_on(draft)
        self.sent = self._signed(draft, signer)
        try:
            receipt = self._runner.run(self._pingtai().decide(draft.platform_id, self.sent))
        except NOT_TAKEN:
            raise
        except BaseException as error:
            error.add_note(say(_AGAIN))
            raise
        self.received.append(receipt)
        self._runner.run(drafts.drop(draft.number))
        return receipt

    def drop_if_moved_on(self, draft: CountersignDraft) -> None:
        """Drop one whose case has moved on since it was signed.

        Raises:
            Refused: it was dropped.
        """
        if has_moved_on(draft, self._runner.run(self._register().log(draft.platform_id))):
            self.drop(draft)
            raise _MovedOn(
                Refusal(
                    rule=Kind(draft.kind).article,
                    en=f"the case has moved on since {draft.person_id} signed this: it was dropped. If it is"
                    " still meant, decide it anew",
                    zh=f"{draft.person_id} 签名后案件已有变化，该签名已撤回；如仍须作出此决定，请重新办理",
                    stage="",
                )
            )

    def _signed(self, draft: CountersignDraft, signer: "Signer") -> dict[str, Any]:
        """A decision with both signatures, each with the proof that its signer stands in the roster now."""
        signed_once(draft.decision)
        client, signatures = self._pingtai(), draft.decision["signatures"]
        first = self._runner.run(OwnSignature().proof(client, draft.person_id, _first_key(draft)))
        shown = [{**signatures[0], **({"proof": as_sent(first)} if first else {})}]
        proof = self._runner.run(
            self._own.proof(client, self._person, signer.key, needed=first is not None)
        )
        return with_signature(draft.decision | {"signatures": shown}, signer, proof)

    def drop(self, draft: CountersignDraft) -> None:
        """Let nobody sign one any more. Raises Unreachable."""
        self._runner.run(self._all_drafts().drop(draft.number))

    def end_of_stage(self, receipt: Receipt) -> datetime | None:
        """The end of the stage that a receipt leads to, where that is no due date."""
        return None if receipt.due else self._runner.run(end_of_stage(self._pingtai(), receipt))

    def _pingtai(self) -> "Pingtai":
        if self._client is None:
            self._client = self._runner.run(self._opened.enter_async_context(open_pingtai()))
        return self._client

    def _all_drafts(self) -> CountersignDrafts:
        if self._drafts is None:
            opening = open_countersign_drafts(writing=True)
            self._drafts = self._runner.run(self._opened.enter_async_context(opening))
        return self._drafts

    def _register(self) -> "RegisterReads":
        if self._reads is None:
            self._reads = self._runner.run(self._opened.enter_async_context(open_reads()))
        return self._reads


_AGAIN = Words(
    "It may have been accepted. Run the same command again: nothing is accepted twice.",
    "可能已办理。请重新运行同一命令，不会重复办理。",
)
