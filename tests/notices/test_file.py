"""The file channel: one whole line for each notice, for the owner only."""

import asyncio
import json
import os
import stat
from pathlib import Path

import pytest

from activities.channels.file import FileChannel, _line
from activities.channels.file_rotation import KEPT
from activities.notice_delivery import Undeliverable

from .told import notice, notices


async def test_a_line_for_each_notice(tmp_path: Path) -> None:
    """JSON with both languages, in the order of sending, in a file of mode 0600."""
    path = tmp_path / "notices.jsonl"
    channel = FileChannel(path)
    for one in notices():
        await channel.send(one)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [one.id for one in notices()] == [line["id"] for line in lines]
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)
    line = next(line for line in lines if line["event"] == "overdue")
    assert {
        "id": "p-1:1:0:0:4:commission",
        "number": notice("overdue").number,
        "event": "overdue",
        "role": "commission",
        "district": "haidian",
        "platform": "p-1",
        "at": "2024-01-29T01:30:00.123456Z",
        "title": {
            "zh": "共性技术平台：已逾期，原定 2024-02-24 截止",
            "en": "共性技术平台: overdue, was due 2024-02-24",
        },
    } == {name: value for name, value in line.items() if name != "text"}
    assert {"zh", "en"} == set(line["text"])


async def test_lines_of_many_writers_stay_whole(tmp_path: Path) -> None:
    """Two channels at once, as two workers, never write into each other's lines."""
    path = tmp_path / "notices.jsonl"
    channels = (FileChannel(path), FileChannel(path))
    await asyncio.gather(*(channel.send(one) for channel in channels for one in notices()))
    lines = [json.loads(line)["id"] for line in path.read_text(encoding="utf-8").splitlines()]
    assert sorted(2 * [one.id for one in notices()]) == sorted(lines)


async def test_a_full_disk_leaves_no_half_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line that was written in part is taken back, and the notice is not delivered."""
    path = tmp_path / "notices.jsonl"
    await FileChannel(path).send(notice("overdue"))
    before, write = path.read_bytes(), os.write
    monkeypatch.setattr(os, "write", lambda file, line: write(file, line[:10]))
    with pytest.raises(Undeliverable, match="no room for the whole line"):
        await FileChannel(path).send(notice("listing"))
    assert before == path.read_bytes()


async def test_what_is_no_file_is_not_written(tmp_path: Path) -> None:
    """A folder, a missing folder, a link and a pipe are told apart from a file, and nothing waits."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "target")
    os.mkfifo(tmp_path / "pipe")
    for name in ("folder", "missing/notices.jsonl", "link", "pipe"):
        async with asyncio.timeout(60):
            with pytest.raises(Undeliverable):
                await FileChannel(tmp_path / name).send(notice("overdue"))
    assert not (tmp_path / "target").exists()


async def test_a_large_file_is_rotated_and_nothing_is_lost(tmp_path: Path) -> None:
    """Two channels at once, over several rotations: each file within its bound, every line there once."""
    path = tmp_path / "notices.jsonl"
    line = len(_line(notice("overdue", number=1)).encode())
    channels = (FileChannel(path, 3 * line), FileChannel(path, 3 * line))
    for number in range(6):
        numbered = notice("overdue", number=number)
        await asyncio.gather(*(channel.send(numbered) for channel in channels))
    files = _rotated(path)
    assert [path.name, *(f"{path.name}.{number}" for number in range(1, 4))] == [
        f.name for f in files
    ]
    assert all(0 < file.stat().st_size <= 3 * line for file in files)
    assert all(0o600 == stat.S_IMODE(file.stat().st_mode) for file in files)
    assert 12 == sum(len(file.read_bytes().splitlines()) for file in files)


async def test_the_oldest_goes(tmp_path: Path) -> None:
    """A few rotated files are kept, the newest with the lowest number."""
    path = tmp_path / "notices.jsonl"
    for number in range(9):
        await FileChannel(path, 1).send(notice("overdue", number=number))
    files = _rotated(path)
    assert 1 + KEPT == len(files)
    numbers = [json.loads(file.read_text(encoding="utf-8"))["number"] for file in files]
    assert [8, 7, 6, 5, 4] == numbers


async def test_where_nothing_may_be_renamed_the_file_grows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A notice is worth more than a bound."""
    path = tmp_path / "notices.jsonl"
    monkeypatch.setattr(os, "replace", _refuse)
    for one in notices():
        await FileChannel(path, 1).send(one)
    assert len(notices()) == len(path.read_bytes().splitlines())


def _refuse(*_: object) -> None:
    raise PermissionError


def _rotated(path: Path) -> list[Path]:
    """The file and those that it was before, the newest first."""
    return sorted(path.parent.glob(f"{path.name}*"))
