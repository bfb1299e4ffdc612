"""`pingtai up` and the staff's commands on it, as a person would use them; killed, and started again."""

import json
import signal
import subprocess
from pathlib import Path

import httpx
import psutil

from tests.rules.builders import actor, decision
from tests.system.processes import (
    EXAMPLES,
    PATIENCE,
    kill_all,
    of_home,
    pingtai,
    stack_of,
    started,
    stop,
)
from worker.temporal_server import temporal_binary

PLATFORM = "bj-water-membrane"
READY = "Ctrl-C stops it."
DISTRICT = ("--actor", "my-01", "--organisation", "密云区科技主管部门", "--district", "miyun")
COMMISSION = ("--actor", "kw-01", "--organisation", "市科委、中关村管委会")
PANEL = tuple(
    word
    for number, field in enumerate(
        ("technology", "industry", "commercialisation", "management", "industry"), start=1
    )
    for word in ("--expert", f"专家{number},{field},外部研究院{number},supported")
)


def test_from_an_application_to_valid_through_a_kill(home: Path) -> None:
    """Apply, decide to `valid`, kill everything with -9, start again: the platform is where it was."""
    with started(home, "up", ready=READY) as up:
        second = pingtai(home, "up")
        assert 2 == second.returncode
        assert "already running" in second.stderr
        doctor = pingtai(home, "doctor")
        assert 0 == doctor.returncode, doctor.stdout
        applied = pingtai(home, "apply", "--file", str(EXAMPLES / PLATFORM / "application.json"))
        assert 0 == applied.returncode, applied.stderr
        for words in (
            ("recommend", PLATFORM, "--outcome", "recommended", "--opinion", "同意", *DISTRICT),
            (
                "inspect",
                PLATFORM,
                "--outcome",
                "passed",
                "--finding",
                "all=satisfactory",
                "--inspector",
                "核查员1（市科委）",
                *COMMISSION,
            ),
            ("opine", PLATFORM, "--outcome", "supported", "--opinion", "同意", *PANEL, *COMMISSION),
        ):
            done = pingtai(home, *words)
            assert 0 == done.returncode, done.stderr
        kill_all(home, up)
        assert [] == of_home(home)
    with started(home, "up", ready=READY) as up:
        numbers = ("--list-number", "2026-1", "--certificate-number", "GX-2026-001")
        listed = pingtai(home, "list", PLATFORM, "--outcome", "included", *numbers, *COMMISSION)
        assert 0 == listed.returncode, listed.stderr
        shown = pingtai(home, "show", PLATFORM)
        assert "valid" in shown.stdout
        assert "\x1b" not in shown.stdout
        assert PLATFORM in pingtai(home, "register", "--stage", "valid").stdout
        assert 0 == stop(up, signal.SIGTERM)
    assert [] == of_home(home)
    later = pingtai(home, "show", PLATFORM)
    assert 0 == later.returncode, later.stderr
    assert "2026-1" in later.stdout
    assert [] == of_home(home)


def test_a_part_that_dies_ends_all_and_says_so(home: Path) -> None:
    """Temporal killed under a running stack: it stops in order, exit code 4; a new one, with a UI, goes on."""
    with started(home, "up", ready=READY) as up:
        psutil.Process(int(stack_of(home)["temporal_pid"])).kill()
        assert 4 == up.wait(PATIENCE)
    assert [] == of_home(home)
    down = pingtai(home, "withdraw", PLATFORM, "--reason", "停办", *COMMISSION)
    assert 4 == down.returncode
    assert "has not been running since" in down.stderr
    assert "Temporal has stopped unexpectedly" in down.stderr
    with started(home, "up", "--ui", ready=READY) as up:
        where = stack_of(home)["ui_url"]
        assert any(f"Web UI       {where}" in log.read_text() for log in home.glob("up-*.log"))
        assert 200 == httpx.get(where, follow_redirects=True).status_code
        assert 0 == stop(up)


def test_every_way_to_be_wrong_has_its_exit_code(home: Path, tmp_path: Path) -> None:
    """0 done, 2 bad input, 3 refused by the rules, 4 unreachable; one or two lines, no traceback."""
    application = json.loads((EXAMPLES / PLATFORM / "application.json").read_text())
    strange = tmp_path / "strange.json"
    strange.write_text(json.dumps({**application, "field": "astrology"}))
    recommend = ("recommend", PLATFORM, "--outcome", "recommended", "--opinion", "同意")
    elsewhere = ("--actor", "x", "--organisation", "海淀区", "--district", "haidian")
    with started(home, "up", ready=READY) as up:
        good = ("apply", "--file", str(EXAMPLES / PLATFORM / "application.json"))
        assert 0 == pingtai(home, *good).returncode
        for code, words, said in (
            (0, good, "first answer"),
            (3, (*recommend, *elsewhere), "§四(一)"),
            (3, ("list", PLATFORM, "--outcome", "not_included", *COMMISSION), "Awaited now"),
            (2, ("apply", "--file", str(strange)), "§三(二)"),
            (2, ("show", "nobody"), "nobody"),
        ):
            answer = pingtai(home, *words)
            assert code == answer.returncode, (words, answer.stdout, answer.stderr)
            assert said in answer.stdout + answer.stderr
            assert "Traceback" not in answer.stderr
            assert len(answer.stderr.splitlines()) <= 4
        temporal(home, "recommendation", {"decision_id": "wrong", "actor": {}})
        ours = actor("district", district="miyun")
        case = {"platform_id": PLATFORM, "term": 1}
        right = decision("recommendation", "right", "2026-11-23", actor=ours, case=case)
        temporal(home, "recommendation", right)
        shown = json.loads(pingtai(home, "show", PLATFORM, "--json").stdout)
        assert "inspection" == shown["terms"][0]["stage"]
        refused = [line["entry"] for line in shown["log"] if line["entry"]["kind"] == "refused"]
        assert ["wrong"] == [entry["decision_id"] for entry in refused]
        assert "actor.id" in refused[0]["reason"]
        assert 0 == stop(up, signal.SIGINT)
    unreachable = pingtai(home, *recommend, *DISTRICT, TEMPORAL_ADDRESS="127.0.0.1:9")
    assert 4 == unreachable.returncode
    assert "Traceback" not in unreachable.stderr


def temporal(home: Path, signal_name: str, content: object) -> None:
    """Send a signal by Temporal's own command line, and wait a moment until it is heard."""
    address = stack_of(home)["temporal_address"]
    where = (temporal_binary(), "workflow", "--address", address)
    workflow_id = ("--workflow-id", f"platform:{PLATFORM}")
    words = (*where, "signal", *workflow_id, "--name", signal_name, "--input", json.dumps(content))
    subprocess.run(words, check=True, capture_output=True, timeout=PATIENCE)
    query = (*where, "query", *workflow_id, "--type", "state")
    subprocess.run(query, check=True, capture_output=True, timeout=PATIENCE)
