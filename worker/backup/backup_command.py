"""`pingtai backup` and `pingtai restore`."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import click

from db.home import home
from db.url import database_url
from starter.client.temporal_connection import configured_host
from starter.commands.options import json_option
from starter.terminal.command_runner import answering
from starter.terminal.screen import Said, complain, facts, show, show_json
from starter.terminal.whole_number import WholeNumber
from starter.terminal.wording import moment
from worker.backup.backup_file import ENGINE, REGISTER, Manifest, open_backup
from worker.backup.examine_restored import examine_restored
from worker.backup.making import Made, make_backup
from worker.backup.restoring import Restored, restore_backup
from worker.doctor.finding import Finding, Verdict
from worker.doctor.show_findings import show_findings
from workflows.words import Words, counted

_MEGABYTE = 1_000_000


@click.command("backup")
@click.argument(
    "folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False, resolve_path=True)
)
@click.option(
    "--keep",
    type=WholeNumber(1),
    metavar="N",
    help="Remove this installation's oldest backups beyond N. 保留份数",
)
@click.option(
    "--without-keys",
    is_flag=True,
    help="Leave out the keys that encrypt payloads. 不含载荷密钥",
)
@json_option
@answering
async def backup(folder: Path, keep: int | None, without_keys: bool, as_json: bool) -> None:
    """Back up the whole installation while it runs. 备份

    One file of mode 0600: the register, Temporal's histories, the archive, keys and settings, with the
    SHA-256 of each. It is checked before it gets its name; when the disk is full, or the process is
    killed, the earlier backups are as they were. What is not ours to copy is said.

    \b
    Example:
      pingtai backup backups --keep 14
    """
    made = await make_backup(folder, home(), keep=keep, keys=not without_keys)
    if as_json:
        show_json(_plain(made))
        return
    show(facts(_made_rows(made)))
    if made.half_made:
        complain(
            Words(
                f"Removed: {counted(made.half_made, 'half-made backup')} of runs that were cut off.",
                f"已清除中断的备份 {made.half_made} 份。",
            )
        )
    for en, zh in made.manifest.left_out:
        complain(Words(f"Not in this backup: {en}.", f"不在本备份中：{zh}。"))


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--replace", is_flag=True, help="Keep what is in the home aside. 原有数据另行保留")
@click.option("--check", is_flag=True, help="Only check the backup; restore nothing. 仅核验备份")
@answering
async def restore(file: Path, replace: bool, check: bool) -> None:
    """Restore a backup, and check what came of it. 恢复

    Into PINGTAI_HOME, which must be empty; nothing may run there. All of the backup is checked first. At
    the end `doctor` looks at it, without a worker: no case moves and nobody is notified before
    `pingtai up`. Exit code 1: something needs attention.

    \b
    Example:
      pingtai restore /backup/pingtai/pingtai-20261130T020000Z.zip --check
      pingtai restore /backup/pingtai/pingtai-20261130T020000Z.zip
    """
    if check:
        with open_backup(file) as opened:
            await asyncio.to_thread(opened.verify)
            show(facts(_manifest_rows(file, opened.manifest)))
        show(Words("✓ The backup is whole.", "✓ 备份完整。"))
        return
    found = await restore_backup(file, home(), replace=replace)
    show(facts(_restored_rows(found)))
    for line in found.by_hand:
        complain(line)
    for en, zh in found.manifest.left_out:
        complain(Words(f"The backup does not have: {en}.", f"备份中没有：{zh}。"))
    findings = await _examined(found.manifest)
    show_findings(findings)
    show(Words("To start it: pingtai up", "启动：pingtai up"))
    if any(finding.verdict is Verdict.BAD for finding in findings):
        raise click.exceptions.Exit(1)


async def _examined(manifest: Manifest) -> list[Finding]:
    """What `doctor` finds in the parts that are here; nothing works on the cases meanwhile."""
    both = manifest.has(ENGINE) and manifest.has(REGISTER) and not manifest.external_register
    if not both or database_url() or configured_host():
        complain(
            Words(
                "One part is not on this machine: run `pingtai doctor` when both run.",
                "有一部分不在本机：请在两部分均运行后运行 pingtai doctor。",
            )
        )
        return []
    return [finding async for finding in examine_restored(home())]


def _made_rows(made: Made) -> Iterator[tuple[Said, object]]:
    yield from _manifest_rows(made.path, made.manifest)
    removed = ", ".join(path.name for path in made.removed)
    yield Words("removed", "已移除"), removed


def _manifest_rows(path: Path, manifest: Manifest) -> Iterator[tuple[Said, object]]:
    yield Words("backup", "备份"), str(path)
    size, packed = manifest.size / _MEGABYTE, path.stat().st_size / _MEGABYTE
    count = len(manifest.files)
    yield (
        Words("content", "内容"),
        Words(
            f"{counted(count, 'file')}, {size:,.1f} MB, packed {packed:,.1f} MB",
            f"{count} 个文件，{size:,.1f} MB，压缩后 {packed:,.1f} MB",
        ),
    )
    yield Words("release", "版本"), manifest.version
    yield Words("register as of", "名册时点"), _at(manifest.register_at)
    yield Words("Temporal as of", "Temporal 时点"), _at(manifest.engine_at)


def _at(when: object) -> str | None:
    return moment(when) if when else None  # type: ignore[arg-type]


def _restored_rows(found: Restored) -> Iterator[tuple[Said, object]]:
    yield Words("restored to", "已恢复到"), str(home())
    yield Words("register as of", "名册时点"), _at(found.manifest.register_at)
    yield Words("Temporal as of", "Temporal 时点"), _at(found.manifest.engine_at)
    yield Words("kept aside", "原有数据"), str(found.aside) if found.aside else None
    for setting, place in found.put:
        yield setting, str(place)


def _plain(made: Made) -> dict[str, object]:
    return {
        "file": str(made.path),
        **made.manifest.model_dump(mode="json"),
        "removed": [str(path) for path in made.removed],
        "half_made_removed": made.half_made,
    }
