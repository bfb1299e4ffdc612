"""An import from its file to its summary: read, checked whole, started, told, and the rest set apart."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

import click

from starter.client.interface import Pingtai
from starter.commands.batch.batch_run import conclude
from starter.commands.batch.confirmation import ask_once
from starter.commands.batch.interruption import interruptible
from starter.commands.batch.lines import Line
from starter.commands.batch.progress import ProgressReport
from starter.commands.batch.progress import counted as counted_results
from starter.commands.batch.rejected_lines import RejectedLines
from starter.commands.batch.retries import Patience
from starter.commands.batch.sender import BatchSender
from starter.commands.importing import import_report as report
from starter.commands.importing.application_files import Read, read_applications
from starter.commands.importing.import_checks import ImportChecks
from starter.commands.importing.missing_signatures import missing_signatures
from starter.commands.importing.starting import Connect, PlatformStarter
from starter.desk.reach import by_http, open_pingtai
from starter.errors import PingtaiError
from starter.tables.file_content import Form
from starter.terminal.command_runner import BAD_INPUT
from starter.terminal.language import say
from starter.terminal.screen import at_terminal, complain, show, show_json_line
from workflows.words import Words, counted

if TYPE_CHECKING:
    from starter.client.register_lookups import NoRegister


@dataclass(frozen=True)
class Import:
    """What the command was called with."""

    file: str
    form: Form
    check: bool
    at_once: int
    patience: int
    first_terms: bool
    refused: str | None
    yes: bool
    as_json: bool
    full: bool

    @property
    def asks(self) -> bool:
        """Whether a person sits there who is asked before anything is submitted."""
        return not (self.yes or self.as_json or self.file == "-") and at_terminal()


class CheckedImport(NamedTuple):
    """An import in which nothing is wrong."""

    lines: list[Line]
    apart: RejectedLines


def check_import(order: Import) -> CheckedImport | None:
    """Read and check a whole import; None where no more was wanted.

    Raises:
        BadInput: the file cannot be read as a whole.
        click.exceptions.Exit: something in it is wrong.
    """
    read = read_applications(order.file, order.form)
    lines = _checked(order, read)
    if order.check:
        _refuse_if_wrong(order, _unsigned(order, lines, table=read.table))
        _say_checked(order, len(lines))
        return None
    return CheckedImport(lines, RejectedLines.beside(order.file, read.form, order.refused))


def confirm_import(order: Import, checked: CheckedImport) -> None:
    """Ask once whether to submit the applications, where a person sits there.

    Raises:
        click.Abort: they are not to be submitted.
    """
    if order.asks and checked.lines:
        count = len(checked.lines)
        ask_once(Words(f"Submit {_english(count)}", f"提交 {count:,} 个申请"))


async def start_import(order: Import, checked: CheckedImport) -> None:
    """Start the platforms, tell what became of each, and set apart what was not started.

    Raises:
        Unreachable: nothing answers, before anything was started.
        click.exceptions.Exit: with a code, unless every application is started.
    """
    telling = ProgressReport(report.APPLICATIONS, as_json=order.as_json, full=order.full)
    async with _connecting(order) as connect:
        starting = PlatformStarter(connect)
        await starting.connect()  # who forgot to start anything hears it at once
        patience = Patience(order.patience, telling.note)
        sending = BatchSender(starting, telling.hear, order.at_once, patience)
        numbers = [line.entry.number for line in checked.lines]
        with telling.watching(numbers), interruptible(sending, telling.note):
            await sending.run(checked.lines)
    telling.tell_rest()
    counts = counted_results(telling.results, report.APPLICATIONS)
    all_of_them = _applications(len(telling.results))
    summary = Words(f"{all_of_them}: {counts}", f"{all_of_them}：{counts}")
    conclude(summary, telling.results, sending, checked.apart)


def _checked(order: Import, read: Read) -> list[Line]:
    checked = ImportChecks(datetime.now(UTC), table=read.table, told=read.absent).check(
        read.entries
    )
    _refuse_if_wrong(order, [*read.problems, *checked.problems])
    return checked.lines


def _unsigned(order: Import, lines: list[Line], *, table: bool) -> list[report.Problem]:
    """What would be refused because nobody signed it; said to be unknown where the roster is away."""
    if order.first_terms:
        return []  # the register is not asked, and no case begins with a roster
    try:
        return asyncio.run(missing_signatures(lines, table=table))
    except PingtaiError as error:
        complain(
            Words(
                f"Not checked, whether what is brought in must be signed: {error.words.en}",
                f"未检查转入内容是否须签名：{error.words.zh}",
            )
        )
        return []


def _refuse_if_wrong(order: Import, problems: Sequence[report.Problem]) -> None:
    """Report what is wrong in the file. Raises click.exceptions.Exit where anything is."""
    if not problems:
        return
    report.tell(problems, as_json=order.as_json, full=order.full)
    complain(
        Words(
            f"{order.file}: {report.counted_problems(problems)}. Nothing was started.",
            f"{order.file}：{report.counted_problems(problems)}。未启动任何申请。",
        )
    )
    raise click.exceptions.Exit(BAD_INPUT)


def _say_checked(order: Import, count: int) -> None:
    if order.as_json:
        show_json_line({"applications": count, "problems": 0})
        return
    show(
        Words(
            f"{_applications(count)}: nothing wrong. Nothing was started.",
            f"{_applications(count)}：检查通过。未启动任何申请。",
        )
    )


@asynccontextmanager
async def _connecting(order: Import) -> AsyncIterator[Connect]:
    """What connects, and connects anew; the service knows of terms itself."""
    async with AsyncExitStack() as stack:
        known = None if by_http() else await _directly(order, stack)

        async def connect() -> Pingtai:
            return await stack.enter_async_context(open_pingtai(register=known))

        yield connect


async def _directly(order: Import, stack: AsyncExitStack) -> "NoRegister":
    """What the register knows of terms, for an import that speaks to Temporal."""
    # Only the direct way needs these.
    from starter.client.register_access import open_register  # noqa: PLC0415
    from starter.client.register_lookups import NoRegister, RegisterLookups  # noqa: PLC0415

    if order.first_terms:
        return NoRegister()
    try:
        register = await stack.enter_async_context(open_register(start=False))
        return RegisterLookups(lambda: nullcontext(register))
    except PingtaiError as error:
        error.add_note(
            say(
                "It knows the terms that ended before. If no platform of the file had one here:"
                " --first-terms.",
                "须据此查明以往期次。如文件中的平台此前均无期次，可用 --first-terms。",
            )
        )
        raise


def _applications(count: int) -> str:
    return say(_english(count), f"{count:,} 个申请")


def _english(count: int) -> str:
    return counted(count, "application")
