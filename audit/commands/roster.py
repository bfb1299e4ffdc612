"""`pingtai audit roster`: verify the log of the roster, in the register, in histories, or in a file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from audit.access_log import note
from audit.commands import NOT_CHECKED, WRONG
from audit.commands.audit_options import output_option
from audit.commands.history_source import opened
from audit.evidence_files import read_bounded, write_new
from audit.histories import SOURCE_WORDS
from audit.reading.roster_log_reading import differing_entries, read_roster, roster_faults
from audit.reading.roster_versions import MadeVersion, versions_of
from audit.reconciling.roster_rows import held_log, row_faults
from audit.replay.roster_replay import replay_roster
from starter.client.register_access import open_engine
from starter.commands.options import json_option
from starter.errors import BadInput, NoRoster
from starter.terminal.command_runner import answering
from starter.terminal.language import say
from starter.terminal.screen import ALWAYS, Column, facts, heading, show, show_json, table_of
from starter.terminal.wording import moment
from workflows.model import canonical
from workflows.record import LogEntry
from workflows.words import Words, counted, listed_zh

LARGEST = 256 * 1024 * 1024
_VERSIONS: tuple[Column[MadeVersion], ...] = (
    Column(Words("no.", "版本"), lambda one: str(one.number), whole=ALWAYS),
    Column(Words("entry", "条目"), lambda one: str(one.seq), whole=ALWAYS),
    Column(Words("digest", "摘要"), lambda one: one.digest, whole=ALWAYS),
)


@click.command("roster")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.option(
    "--from",
    "source",
    type=click.Choice(("server", "archive")),
    help="Compare the register with these histories, too. 历史来源",
)
@output_option
@json_option
@answering
async def roster_command(
    *, file: Path | None, source: Any, output: Path | None, as_json: bool
) -> None:
    """Verify the log of the roster: who may sign. 核验人员目录

    Each entry is decided again by the messages that people signed, and must come to the same hash. With FILE,
    which -o wrote, it needs nothing else. Without, it is the register's log: its rows of people, keys and
    versions must follow from it, and with --from it must be that of the histories. The digest of each version
    is the one that dossiers name.

    Exit code 0: no problem; 1: problems; 5: something could not be checked.

    \b
    Example:
      pingtai audit roster --from archive
      pingtai audit roster -o roster.jsonl
      pingtai audit roster roster.jsonl
    """
    unchecked: list[Words] = []
    if file is not None:
        log = _read(file)
        wrong = list(roster_faults(log))
    else:
        async with open_engine(patient=True) as engine:
            await note(engine, "roster")
            log = await held_log(engine)
            if not log:
                raise NoRoster
            wrong = list(roster_faults(log))
            if not wrong:
                wrong += await row_faults(engine, log)
        if source:
            await _compare(source, log, wrong, unchecked)
    if output:
        lines = (canonical(one.model_dump(mode="json")) + b"\n" for one in log)
        write_new(output, b"".join(lines))
    code = WRONG if wrong else NOT_CHECKED if unchecked else 0
    if as_json:
        _show_json(log, wrong, unchecked, holds=code == 0)
    else:
        _show(log, wrong, unchecked)
    if code:
        raise click.exceptions.Exit(code)


async def _compare(
    source: Any, log: Sequence[LogEntry], wrong: list[Words], unchecked: list[Words]
) -> None:
    """Hold the register's log against the histories: what they have, it has, and they replay."""
    async with opened(source) as histories:
        reading = await read_roster(histories)
        replayed = await replay_roster(histories)
    found = dict.fromkeys((*reading.problems, *replayed))
    locked = [one for one in found if one.unchecked]
    wrong += (problem.line for problem in found if not problem.unchecked)
    unchecked += (problem.line for problem in locked)
    if locked:
        return
    if not reading.runs:
        where = SOURCE_WORDS[source]
        unchecked.append(
            Words(
                f"there are no histories of the roster ({where.en})",
                f"没有人员目录的历史（{where.zh}）",
            )
        )
        return
    known = {one.seq: one for one in log}
    for seq in differing_entries([known.get(one.seq, one) for one in reading.log], reading.log):
        wrong.append(
            Words(f"entry {seq} is another in the histories", f"第 {seq} 条与历史所载不同")
        )
    missing = [one.seq for one in reading.log if one.seq not in known]
    if missing:
        wrong.append(
            Words(
                f"the register lacks {counted(len(missing), 'entry', 'entries')} from {missing[0]} on",
                f"名册缺第 {missing[0]} 条起共 {len(missing)} 条",
            )
        )


def _read(file: Path) -> list[LogEntry]:
    """The log in a file. Raises BadInput."""
    lines = read_bounded(file, LARGEST).removesuffix(b"\n").split(b"\n")
    try:
        return [LogEntry.model_validate_json(line) for line in lines]
    except ValueError:
        raise BadInput(
            f"{file} is no log of the roster, as `pingtai audit roster -o` writes it",
            f"{file} 不是 `pingtai audit roster -o` 写出的人员目录记录",
        ) from None


def _show(log: Sequence[LogEntry], wrong: Sequence[Words], unchecked: Sequence[Words]) -> None:
    made: list[MadeVersion] = []
    rows: list[tuple[Words, Words]] = [
        (Words("Entries", "记录"), Words.same(f"{len(log):,}")),
        (Words("From", "起止"), Words.same(f"{moment(log[0].at)} – {moment(log[-1].at)}")),
    ]
    if not wrong:
        made = list(versions_of(log))
        signed = made[-1].signed
        root = signed.root
        by = [s.proof.entry for s in signed.signatures if s.proof]
        rows += [
            (Words("Version", "版本"), Words.same(f"{root.version}")),
            (Words("People", "人员"), Words.same(f"{root.leaves:,}")),
            (Words("Root", "根"), Words.same(root.root)),
            (Words("Last hash", "末条哈希"), Words.same(log[-1].hash)),
            (
                Words("Signed by", "签名"),
                Words(
                    ", ".join(f"{one.id} ({one.name})" for one in by),
                    listed_zh(f"{one.id}（{one.name}）" for one in by),
                ),
            ),
        ]
    show(facts(rows))
    if made:
        show(heading(Words("Digests of the versions", "各版本摘要")), table_of(made, _VERSIONS))
    for words in wrong:
        show(f"✗ {say(words)}")
    for words in unchecked:
        show(f"? {say(words)}")
    if wrong:
        show(Words("✗ The roster does NOT hold.", "✗ 人员目录有误。"))
    elif unchecked:
        show(Words("? NOT CHECKED: nothing wrong was found.", "? 未全部核验：未发现错误。"))
    else:
        show(
            Words(
                "✓ Every change was signed as it must be, and leads to this roster.",
                "✓ 每项变更均经应有签名，并得出现行目录。",
            )
        )


def _show_json(
    log: Sequence[LogEntry], wrong: Sequence[Words], unchecked: Sequence[Words], *, holds: bool
) -> None:
    made = [] if wrong else list(versions_of(log))
    root = made[-1].signed.root.model_dump(mode="json") if made else None
    versions = [{"version": one.number, "entry": one.seq, "digest": one.digest} for one in made]
    show_json(
        {
            "holds": holds,
            "entries": len(log),
            "log_hash": log[-1].hash,
            "root": root,
            "versions": versions,
            "problems": [words._asdict() for words in wrong],
            "unchecked": [words._asdict() for words in unchecked],
        }
    )
