"""`pingtai up` and the staff's commands on it, as a person would use them; killed, and started again."""

import json
import subprocess
from pathlib import Path

import httpx
import psutil

from starter.client.local_stack import read_stack
from starter.clock import today
from tests.rules.builders import actor, decision
from tests.system.processes import (
    EXAMPLES,
    PATIENCE,
    kill_all,
    listeners,
    of_home,
    pingtai,
    stack_of,
    started,
)
from worker.ports import LOOPBACK
from worker.temporal_server import temporal_binary

PLATFORM = "bj-water-membrane"
READY = "Ctrl-C stops it."
RECOMMEND = ("recommend", PLATFORM, "--outcome", "recommended", "--opinion", "同意")
DISTRICT = ("--actor", "my-01", "--organisation", "密云区科技主管部门", "--district", "miyun")
COMMISSION = ("--actor", "kw-01", "--organisation", "市科委、中关村管委会")
PANEL = tuple(
    word
    for number, field in enumerate(
        ("technology", "industry", "commercialisation", "management", "industry"), start=1
    )
    for word in ("--expert", f"专家{number},{field},外部研究院{number},supported")
)
FINDINGS = ("--finding", "all=satisfactory", "--inspector", "核查员1（市科委）")


def test_from_an_application_to_valid_through_a_kill(home: Path, tmp_path: Path) -> None:
    """Apply, decide to `valid`, kill everything with -9 in between: the platform is where it was.

    The second time Temporal alone is killed: everything stops in order, exit code 4, and it is said why.
    """
    with started(home, "up", ready=READY) as up:
        nobody_else_reads(home, up.pid)
        second = pingtai(home, "up")
        assert 2 == second.returncode
        assert "already running" in second.stderr
        doctor = pingtai(home, "doctor")
        assert 0 == doctor.returncode, doctor.stdout
        every_way_to_be_wrong_has_its_exit_code(home, tmp_path)
        what_others_signal_is_heard(home)
        for words in (
            ("inspect", PLATFORM, "--outcome", "passed", *FINDINGS, *COMMISSION),
            ("opine", PLATFORM, "--outcome", "supported", "--opinion", "同意", *PANEL, *COMMISSION),
        ):
            done = pingtai(home, *words)
            assert 0 == done.returncode, done.stderr
        kill_all(home, up)
        assert [] == of_home(home)
    with started(home, "up", "--ui", ready=READY) as up:
        where = stack_of(home)["ui_url"]
        assert any(f"Web UI       {where}" in log.read_text() for log in home.glob("up-*.log"))
        assert 200 == httpx.get(where, follow_redirects=True).status_code
        numbers = ("--list-number", "2026-1", "--certificate-number", "GX-2026-001")
        listed = pingtai(home, "list", PLATFORM, "--outcome", "included", *numbers, *COMMISSION)
        assert 0 == listed.returncode, listed.stderr
        shown = pingtai(home, "show", PLATFORM)
        assert "valid" in shown.stdout
        assert "\x1b" not in shown.stdout
        assert PLATFORM in pingtai(home, "register", "--stage", "valid").stdout
        psutil.Process(int(stack_of(home)["temporal_pid"])).kill()
        assert 4 == up.wait(PATIENCE)
    assert [] == of_home(home)
    down = pingtai(home, "withdraw", PLATFORM, "--reason", "停办", *COMMISSION)
    assert 4 == down.returncode
    assert "has not been running since" in down.stderr
    assert "Temporal has stopped unexpectedly" in down.stderr
    unreachable = pingtai(home, *RECOMMEND, *DISTRICT, TEMPORAL_ADDRESS="127.0.0.1:9")
    assert 4 == unreachable.returncode
    assert "Traceback" not in unreachable.stderr
    later = pingtai(home, "show", PLATFORM)
    assert 0 == later.returncode, later.stderr
    assert "2026-1" in later.stdout
    assert [] == of_home(home)


def nobody_else_reads(home: Path, up: int) -> None:
    """The whole process tree listens on loopback alone; data, sockets and logs are their owner's.

    No address of a Web UI is named without `--ui`.
    """
    where = read_stack(home)
    assert where
    said = next(home.glob("up-*.log")).read_text()
    assert "pingtai up --ui" in said
    assert "http://" not in said
    found = listeners(up)
    assert int(where.temporal_address.rpartition(":")[2]) in {port for _, port in found}
    assert {LOOPBACK} == {host for host, _ in found}
    ours = [path for path in home.rglob("*") if not path.match("up-*.log")]
    open_to_others = [path for path in ours if path.lstat().st_mode & 0o077]
    assert [] == [path for path in open_to_others if not closed(path, home)]
    assert 0o600 == (home / "temporal" / "temporal.sqlite").stat().st_mode & 0o777


def closed(path: Path, home: Path) -> bool:
    """Whether a directory above it, inside the home, lets nobody else pass; the home itself may, as root's."""
    above = [parent for parent in path.parents if parent.is_relative_to(home) and parent != home]
    return any(not parent.stat().st_mode & 0o077 for parent in above)


def every_way_to_be_wrong_has_its_exit_code(home: Path, folder: Path) -> None:
    """0 done, 2 bad input, 3 refused by the rules; one or two lines, no traceback."""
    application = json.loads((EXAMPLES / PLATFORM / "application.json").read_text())
    strange = folder / "strange.json"
    strange.write_text(json.dumps({**application, "field": "astrology"}))
    elsewhere = ("--actor", "x", "--organisation", "海淀区", "--district", "haidian")
    good = ("apply", "--file", str(EXAMPLES / PLATFORM / "application.json"))
    for code, words, said in (
        (0, good, PLATFORM),
        (0, good, "first answer"),
        (3, (*RECOMMEND, *elsewhere), "§四(一)"),
        (3, ("list", PLATFORM, "--outcome", "not_included", *COMMISSION), "Awaited now"),
        (2, ("apply", "--file", str(strange)), "§三(二)"),
        (2, ("show", "nobody"), "nobody"),
    ):
        answer = pingtai(home, *words)
        assert code == answer.returncode, (words, answer.stdout, answer.stderr)
        assert said in answer.stdout + answer.stderr
        assert "Traceback" not in answer.stderr
        assert len(answer.stderr.splitlines()) <= 4


def what_others_signal_is_heard(home: Path) -> None:
    """By Temporal's own command line: what cannot be read is told in the log, what can be is taken."""
    temporal(home, "recommendation", {"decision_id": "wrong", "actor": {}})
    ours = actor("district", district="miyun")
    case = {"platform_id": PLATFORM, "term": 1}
    right = decision("recommendation", "right", str(today()), actor=ours, case=case)
    temporal(home, "recommendation", right)
    shown = json.loads(pingtai(home, "show", PLATFORM, "--json").stdout)
    assert "inspection" == shown["terms"][0]["stage"]
    refused = [line["entry"] for line in shown["log"] if line["entry"]["kind"] == "refused"]
    assert ["wrong"] == [entry["decision_id"] for entry in refused]
    assert "actor.id" in refused[0]["reason"]


def temporal(home: Path, signal_name: str, content: object) -> None:
    """Send a signal by Temporal's own command line, and wait a moment until it is heard."""
    address = stack_of(home)["temporal_address"]
    where = (temporal_binary(), "workflow", "--address", address)
    workflow_id = ("--workflow-id", f"platform:{PLATFORM}")
    words = (*where, "signal", *workflow_id, "--name", signal_name, "--input", json.dumps(content))
    subprocess.run(words, check=True, capture_output=True, timeout=PATIENCE)
    query = (*where, "query", *workflow_id, "--type", "state")
    subprocess.run(query, check=True, capture_output=True, timeout=PATIENCE)
