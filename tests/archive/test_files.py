"""Histories in files, in each form that they come in."""

import gzip
import json
from pathlib import Path

import pytest

from audit.archive.event_json import STARTED, compact
from audit.archive.file_archive import FileHistories, read_history
from starter.errors import BadInput
from tests.archive.samples import PLATFORM, RECORDED, all_of, part, recorded


async def test_a_folder_is_read_in_order_and_by_platform() -> None:
    """All recorded runs, one platform's together; its own runs before its assessments', as they started."""
    files = FileHistories([RECORDED])
    histories = await all_of(files)
    assert len(list(RECORDED.glob("*.json.gz"))) == len(histories)
    order = [(one.platform_id, one.workflow_id, one.started_at) for one in histories]
    assert sorted(order) == order
    own = await all_of(files, PLATFORM)
    assert [0, 0, 1] == [one.year for one in own]
    assert {PLATFORM} == {one.platform_id for one in own}
    assert all(one.closed_at for one in own)


async def test_plain_json_of_temporals_own_tools_is_read(tmp_path: Path) -> None:
    """`temporal workflow show --output json`: whose it is stands in the first event."""
    history = recorded()
    file = tmp_path / "shown.json"
    file.write_text(json.dumps(history.data, indent=2))
    read = read_history(file)
    assert (history.workflow_id, history.run_id) == (read.workflow_id, read.run_id)
    assert (history.started_at, history.closed_at) == (read.started_at, read.closed_at)
    assert file.read_bytes() == read.content
    assert "1.35.0" == read.sdk


async def test_of_one_run_the_longest_history_counts(tmp_path: Path) -> None:
    """Taken down while it was open, and again later: read once."""
    history = recorded()
    for name, one in (("b", part(history, 5)), ("a", history), ("c", part(history, 9))):
        (tmp_path / f"{name}.json.gz").write_bytes(gzip.compress(one.content))
    assert [history.content] == [one.content for one in await all_of(FileHistories([tmp_path]))]


async def test_two_histories_of_one_run_are_refused(tmp_path: Path) -> None:
    """As long as each other, but not the same: one of them is not what happened, and both are named."""
    history = recorded()
    (tmp_path / "one.json").write_bytes(history.content)
    (tmp_path / "two.json").write_bytes(history.content.replace(b"pingtai", b"pingtaj"))
    with pytest.raises(BadInput, match=r"one\.json and .*two\.json are different"):
        await all_of(FileHistories([tmp_path]))


@pytest.mark.parametrize("events", [5, 9])
async def test_a_longer_history_that_does_not_go_on_from_a_shorter_is_refused(
    tmp_path: Path, events: int
) -> None:
    """What was taken down while the run was open is a witness: a later history must say the same."""
    history = recorded()
    changed = history.content.replace(b"pingtai", b"pingtaj", 1)
    assert changed.index(b"pingtaj") < len(part(history, 5).content)
    (tmp_path / "one.json").write_bytes(part(history, events).content)
    (tmp_path / "two.json").write_bytes(changed)
    with pytest.raises(BadInput, match=r"one\.json and .*two\.json are different"):
        await all_of(FileHistories([tmp_path]))


async def test_the_json_of_another_tool_is_no_other_history(tmp_path: Path) -> None:
    """Enums by their short names, as older tools wrote them: what they say is compared."""
    history = recorded()
    said = part(history, 7).content.decode()
    for event in history.data["events"][:7]:
        name = str(event["eventType"])
        short = name.removeprefix("EVENT_TYPE_").title().replace("_", "")
        said = said.replace(f'"eventType":"{name}"', f'"eventType":"{short}"')
    (tmp_path / "one.json").write_text(said)
    (tmp_path / "two.json").write_bytes(history.content)
    [read] = await all_of(FileHistories([tmp_path]))
    assert history.content == read.content


async def test_a_task_that_the_server_dropped_is_no_other_history(tmp_path: Path) -> None:
    """A task that was scheduled for an update that was refused is not there any more later."""
    history = part(recorded(), 20)
    count = len(history.data["events"])
    assert count == 20
    for events in range(1, count):
        shorter = part(history, events).data["events"]
        later = {"eventId": str(events + 1), "eventType": "EVENT_TYPE_WORKFLOW_TASK_SCHEDULED"}
        content = compact({"events": [*shorter, {**later, "eventTime": shorter[-1]["eventTime"]}]})
        (tmp_path / "one.json").write_bytes(content)
        (tmp_path / "two.json").write_bytes(history.content)
        if events + 1 < count:
            [read] = await all_of(FileHistories([tmp_path]))
            assert history.content == read.content


def _begun(about: str, then: str = "") -> bytes:
    """A history whose first event says this of its beginning; then another event."""
    first = f'{{"eventTime": "2026-01-01T00:00:00Z", "{STARTED}": {about}}}'
    return f'{{"events": [{", ".join(one for one in (first, then, first) if one)}]}}'.encode()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("no.json", b"{"),
        ("no.json", b"[]"),
        ("no.json", b'{"events": []}'),
        ("no.json", b'{"events": [{"eventId": "1"}]}'),
        ("no.json", b'{"history": {"events": [1]}, "workflow_id": 3}'),
        ("no.json", b"[" * 100_000),
        ("no.json", _begun("3")),
        ("no.json", _begun("{}", "3")),
        ("no.json", _begun('{"workflowId": 3, "originalExecutionRunId": "r"}')),
        ("no.json", b"\xff\xfe"),
        ("no.json.gz", b"no gzip"),
        ("no.json.gz", gzip.compress(b"{}", mtime=0)[:-4]),
    ],
)
def test_what_is_no_history_is_named(tmp_path: Path, name: str, content: bytes) -> None:
    """Never a traceback: the file's name and what is wrong with it."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadInput, match=r"no\.json"):
        read_history(tmp_path / name)


def test_another_workflow_is_no_history_of_ours(tmp_path: Path) -> None:
    """A history of somebody else's workflow is refused, and so is a file that is not there."""
    history = recorded()
    other = history.content.replace(history.workflow_id.encode(), b"order:17")
    (tmp_path / "other.json").write_bytes(other)
    with pytest.raises(BadInput, match="order:17"):
        read_history(tmp_path / "other.json")
    with pytest.raises(BadInput, match=r"missing\.json"):
        read_history(tmp_path / "missing.json")
