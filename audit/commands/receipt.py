"""`pingtai audit receipt`: whether the record still contains what was acknowledged."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import click

from audit.access_log import note
from audit.commands import NOT_CHECKED, WRONG
from audit.commands.audit_options import file_option
from audit.commands.history_source import opened
from audit.dossier.opened_dossier import open_dossier
from audit.dossier.package import unpack
from audit.histories import SOURCE_WORDS
from audit.reading import acknowledged
from audit.reading.acknowledged import Logs, Standing, Verdict, answers_of, standing_of
from audit.reading.case_logs import Reading, read_platform
from audit.reading.check_histories import attested_assessments
from audit.reading.log_states import states_of
from starter.client.receipt_file import Acknowledged, read_receipts
from starter.client.register_access import open_engine, open_register
from starter.commands.options import json_option
from starter.errors import BadInput
from starter.terminal.command_runner import answering
from starter.terminal.language import say
from starter.terminal.screen import complain, show, show_json
from starter.terminal.wording import said
from workflows.lifecycle import PLATFORM
from workflows.log_id import LogId
from workflows.record import LogEntry
from workflows.words import Words, counted

_SOURCES = ("server", "register", "archive")
_NAMES = SOURCE_WORDS | {
    "register": Words("register", "名册"),
    "dossier": Words("dossier", "档案"),
}


_KEPT = (Standing.HELD, Standing.MOVED)
_NOTED = (Standing.MOVED, Standing.NOT_WRITTEN)


class Record(NamedTuple):
    """A platform's record by one source: its logs, and the receipts in its histories."""

    logs: Logs
    answers: tuple[Mapping[str, Any], ...] = ()
    of_another: str | None = None
    """The platform whose record it is, where that is another one."""
    attested: frozenset[LogId] = frozenset()
    """Assessments whose end only the register attests."""
    running: frozenset[LogId] = frozenset()
    """Logs that an open run writes."""

    def verdict(self, receipt: Acknowledged) -> Verdict:
        """What it says to a receipt."""
        if self.of_another is None:
            return standing_of(receipt, self.logs, self.answers)
        words = Words(
            f"it is the dossier of {self.of_another}, and not of {receipt.platform_id}",
            f"该档案属于 {self.of_another}，不属于 {receipt.platform_id}",
        )
        return Verdict(Standing.ELSEWHERE, words)


class Answer(NamedTuple):
    """What the records say to a receipt."""

    file: str
    receipt: Acknowledged
    verdicts: dict[str, Verdict]

    @property
    def wrong(self) -> bool:
        """Whether a record lacks what was acknowledged."""
        return any(one.standing in acknowledged.WRONG for one in self.verdicts.values())

    @property
    def otherwise(self) -> bool:
        """Whether a record has the entry, and the receipt says otherwise: sent again it would be forged."""
        return any(one.standing is Standing.OTHERWISE for one in self.verdicts.values())

    @property
    def only_in(self) -> str | None:
        """The one of engine and register that still has what the other lost: there it comes from."""
        lost = [n for n, one in self.verdicts.items() if one.standing is Standing.LOST]
        if len(lost) != 1 or set(self.verdicts) != {"server", "register"}:
            return None
        other = next(name for name in self.verdicts if name != lost[0])
        return other if self.verdicts[other].standing in _KEPT else None

    @property
    def unchecked(self) -> bool:
        """Whether it cannot be said: an archive is behind, a hash is missing, a dossier is another's."""
        return any(one.standing in acknowledged.UNCHECKED for one in self.verdicts.values())

    @property
    def mark(self) -> str:
        """How it stands, all in all."""
        if self.wrong or self.unchecked:
            return "✗" if self.wrong else "?"
        return "!" if any(one.standing in _NOTED for one in self.verdicts.values()) else "✓"


@click.command("receipt")
@click.argument(
    "receipts",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="FILE...",
)
@click.option(
    "--from",
    "sources",
    type=click.Choice(_SOURCES),
    multiple=True,
    help="The record to look in; may be repeated. By default server and register. 核对对象",
)
@click.option(
    "--files",
    type=click.Path(exists=True, path_type=Path),
    multiple=True,
    metavar="PATH",
    help="Look in histories of a file or a folder instead; may be repeated. 历史文件",
)
@file_option("--dossier", help="Look in a dossier instead; nothing else is needed. 平台档案")
@json_option
@answering
async def receipt_command(
    *,
    receipts: tuple[Path, ...],
    sources: tuple[str, ...],
    files: tuple[Path, ...],
    dossier: Path | None,
    as_json: bool,
) -> None:
    """Look up whether the record still contains what receipts acknowledge. 核对回执

    A receipt is a file of `--receipt`, the JSON that a command printed, also the lines of a batch, or the
    answer of the HTTP service. Its entry must be there with its hash, and the log before it must hold. What is
    lost, and whose decision is in the file, can be sent again with its id: it is accepted once.

    What the receipt says of the entry, and the decision in its file, must be so, too.

    Exit code 0: everything is there; 1: something is lost, or changed; 4: a record cannot be reached; 5: NOT
    CHECKED, an archive is behind, only the register attests it, the receipt has no hash, or the dossier is
    another platform's.

    \b
    Example:
      pingtai audit receipt receipts/*.json
      pingtai audit receipt recommendation.json --dossier bj-riscv-soc.zip
    """
    if dossier and (files or sources):
        raise BadInput(
            "--dossier looks in a dossier alone: leave out --from and --files",
            "--dossier 只核对档案：请去掉 --from 和 --files",
        )
    given = [one for path in receipts for one in read_receipts(path)]
    wanted = ("dossier",) if dossier else ("files",) if files else sources or ("server", "register")
    records: dict[tuple[str, str], Record] = {}
    answers = []
    for place, receipt in given:
        verdicts = {}
        for name in wanted:
            key = name, receipt.platform_id
            if key not in records:
                records[key] = await _record(name, receipt.platform_id, files, dossier)
            found = records[key].verdict(receipt)
            verdicts[name] = found.of_archive() if name == "archive" else found
        judge_lost(receipt, {name: records[name, receipt.platform_id] for name in wanted}, verdicts)
        answers.append(Answer(place, receipt, verdicts))
    if as_json:
        show_json([_plain(one) for one in answers])
    else:
        show_answers(answers)
    if any(one.wrong for one in answers):
        raise click.exceptions.Exit(WRONG)
    if any(one.unchecked for one in answers):
        raise click.exceptions.Exit(NOT_CHECKED)


def judge_lost(
    receipt: Acknowledged, records: Mapping[str, Record], verdicts: dict[str, Verdict]
) -> None:
    """Judge what the engine has lost and nothing goes on with: an assessment, or a term, that has ended."""
    held = verdicts.get("register")
    if "server" not in verdicts or held is None or held.standing not in _KEPT:
        return
    server, own = records["server"], records["register"].logs.get(LogId(receipt.term), ())
    after = states_of(own)
    over = bool(after) and PLATFORM.ended(after[-1].stage)
    attested = {(one.term, one.year) for one in server.attested}
    running = {one.term for one in server.running}
    if (receipt.term, receipt.year or 0) in attested or (over and receipt.term not in running):
        verdicts["server"] = verdicts["server"].of_attested()


async def _record(
    name: str, platform: str, files: tuple[Path, ...], dossier: Path | None
) -> Record:
    if dossier:
        found = open_dossier(unpack(dossier))
        of = found.manifest.platform_id
        return Record(found.logs) if of == platform else Record({}, of_another=of)
    if files:
        async with opened("server", files) as histories:
            return _of_histories(await read_platform(histories, platform))
    async with open_engine() as engine:
        await note(engine, "receipt", platform, f"from {name}")
    if name == "register":
        async with open_register() as register:
            logs: dict[LogId, list[LogEntry]] = {}
            for line in await register.log(platform):
                logs.setdefault(line.log, []).append(line.entry)
            return Record(logs)
    async with opened("archive" if name == "archive" else "server") as histories:
        return _of_histories(await read_platform(histories, platform))


def _of_histories(reading: Reading) -> Record:
    return Record(
        {place: reading.entries(place) for place in reading.logs},
        tuple(one for run in reading.runs for one in answers_of(run.messages)),
        attested=frozenset(attested_assessments(reading)),
        running=frozenset(reading.open_places()),
    )


def show_answers(answers: Sequence[Answer]) -> None:
    """Show what the records say to each, and what to do about what is not there."""
    for one in answers:
        receipt = one.receipt
        what = said(receipt.kind, receipt.outcome or "") if receipt.kind else ""
        show(f"{one.mark} {one.file} · {receipt.platform_id} · {what}".rstrip(" ·"))
        for name, verdict in one.verdicts.items():
            sign = "✗" if verdict.standing in acknowledged.WRONG else "✓"
            sign = "?" if verdict.standing in acknowledged.UNCHECKED else sign
            sign = "!" if verdict.standing in _NOTED else sign
            show(f"    {sign} {say(_NAMES[name])}{say(_COLON)}{say(verdict.words)}")
    count = len(answers)
    otherwise = sum(one.otherwise for one in answers)
    only_in = Counter(one.only_in for one in answers if one.only_in)
    wrong = sum(one.wrong for one in answers) - otherwise - only_in.total()
    if otherwise:
        complain(
            Words(
                f"{counted(otherwise, 'receipt')} of {count}: the entry is there, and the receipt says"
                " otherwise. Where the entry has its hash, the file was altered: do not send it, ask for the"
                " receipt as it was given out.",
                f"{count} 份回执中 {otherwise} 份与记录不符，相应条目仍在记录中。条目哈希值与回执一致的，"
                "系文件被改动：请勿据此提交，应索取原回执。",
            )
        )
    if wrong:
        complain(
            Words(
                f"{counted(wrong, 'receipt')} of {count}: what was acknowledged is not there. Send the"
                " decision again with its id, `--file` and the receipt; an application with its own file. What"
                " was taken before is not taken twice.",
                f"{count} 份回执中 {wrong} 份所载内容已不在记录中。决定请以原编号重新提交（--file"
                " 指定回执文件），申请请用原申请文件重新提交；已受理的不会重复受理。",
            )
        )
    for name, number in only_in.items():
        there = _ONLY_IN[name]
        complain(
            Words(
                f"{counted(number, 'receipt')} of {count}: {there.en}",
                f"{count} 份回执中 {number} 份：{there.zh}",
            )
        )
    if not any(one.wrong for one in answers) and not any(one.unchecked for one in answers):
        show(
            Words(
                f"✓ {counted(count, 'receipt')}: everything acknowledged is there",
                f"✓ {count} 份回执所载内容均在记录中",
            )
        )


_COLON = Words(": ", "：")
_ONLY_IN = {
    "register": Words(
        "the register has what was acknowledged, and Temporal has lost it. Do not send it again: an open case"
        " goes on from the register's log (`pingtai recover --all --end-older`, docs/backup.md)",
        "名册中有回执所载内容，Temporal 已丢失。请勿重新提交：未结束的程序据名册记录接续"
        "（pingtai recover --all --end-older，见 docs/backup.zh.md）",
    ),
    "server": Words(
        "Temporal has what was acknowledged, and the register has not. Do not send it again:"
        " `pingtai audit reconcile --repair` writes it into the register (docs/backup.md)",
        "Temporal 中有回执所载内容，名册中没有。请勿重新提交：pingtai audit reconcile --repair 将其写入名册"
        "（见 docs/backup.zh.md）",
    ),
}


def _plain(one: Answer) -> dict[str, Any]:
    return {
        "file": one.file,
        "receipt": one.receipt.model_dump(mode="json", exclude_none=True),
        "held": not one.wrong,
        "records": {
            name: {"standing": verdict.standing, **verdict.words._asdict()}
            for name, verdict in one.verdicts.items()
        },
    }
