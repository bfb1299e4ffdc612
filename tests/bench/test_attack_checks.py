"""What the attack of `bench/attack` looks for is found where it is planted, and nothing else is."""

import io
import json
from pathlib import Path

import pytest
from temporalio.api.enums.v1 import EventType, WorkflowTaskFailedCause
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowExecutionStatus

from bench.attack.commands import MOST_BYTES, Ended
from bench.attack.dossier_files import MANIFEST, Change, Dossier, pack, says_the_same
from bench.attack.dossier_mutations import any_change
from bench.attack.findings import KEPT_OF_A_KIND, Findings, open_findings
from bench.attack.forged import FORGED_SINCE, carried
from bench.attack.history_checks import Run, failed_tasks, faults_in_log, wrong_end
from bench.attack.mutating import mutated, spoilt_bytes
from bench.attack.pace import random_of
from bench.attack.payloads import odd
from bench.attack.report import report
from bench.attack.sockets import status_of
from bench.attack.valid_messages import application, brought_in, decision
from workflows.application import PlatformApplication
from workflows.decisions import MODELS
from workflows.model import parse
from workflows.vocabulary import Kind


def _failed(cause: "WorkflowTaskFailedCause.ValueType") -> HistoryEvent:
    event = HistoryEvent(event_id=4, event_type=EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED)
    event.workflow_task_failed_event_attributes.cause = cause
    event.workflow_task_failed_event_attributes.failure.message = "Failed decoding arguments"
    return event


def test_a_failed_workflow_task_is_found() -> None:
    """By its event and its words; a task that the server gives out again by design is none."""
    planted = _failed(
        WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE
    )
    usual = _failed(WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND)
    other = HistoryEvent(event_type=EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED)
    (found,) = failed_tasks([other, planted, usual])
    assert "event 4" in found
    assert "Failed decoding arguments" in found


@pytest.mark.parametrize(
    ("status", "failure", "wrong"),
    [
        (WorkflowExecutionStatus.RUNNING, "", False),
        (WorkflowExecutionStatus.COMPLETED, "", False),
        (WorkflowExecutionStatus.FAILED, "InvalidApplication", False),
        (WorkflowExecutionStatus.FAILED, "", True),
        (WorkflowExecutionStatus.FAILED, "ValidationError", True),
        (WorkflowExecutionStatus.TERMINATED, "", True),
        (WorkflowExecutionStatus.TIMED_OUT, "", True),
        (WorkflowExecutionStatus.CANCELED, "", True),
    ],
)
def test_a_run_that_ended_as_none_should_is_found(
    status: WorkflowExecutionStatus, failure: str, wrong: bool
) -> None:
    """Failed with clear words is allowed; terminated is not, unless the attack did so itself."""
    run = Run("platform:x", "Platform", status, failure)
    assert wrong is bool(wrong_end(run))
    assert "" == wrong_end(run, frozenset(("platform:x",)))


def test_faults_in_a_log_are_counted_by_what_they_say() -> None:
    """Whose case it was does not make it another fault."""
    lines = [
        json.dumps(
            {
                "event": f"Failed activation on workflow Platform with ID platform:{name}",
                "exception": "Traceback (most recent call last)\n  File x\nTypeError: no",
            }
        )
        for name in ("a", "b")
    ]
    lines += ["x.py:1: RuntimeWarning: coroutine 'run' was never awaited", '{"event": "answered"}']
    found = faults_in_log("\n".join(lines))
    assert {
        ("traceback in a log", "Failed activation: TypeError: no"): 2,
        ("never awaited", "Warning: coroutine 'run' was never awaited"): 1,
    } == dict(found)


def test_a_command_that_takes_too_much_or_breaks_down_is_found() -> None:
    """Memory, time, a traceback in the output or as an exception; a plain refusal is none of these."""
    fine = Ended(("import", "x"), 2, "line 1: field is missing", "", 1.0, 100)
    assert "" == fine.fault
    for code, output, trace, seconds, held in (
        (-9, "", "", 1.0, MOST_BYTES + 1),
        (-9, "", "", 31.0, 1),
        (1, "", "KeyError", 1.0, 1),
        (1, "Traceback (most recent call last):\n", "", 1.0, 1),
    ):
        assert Ended(("import",), code, output, trace, seconds, held).fault


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (b"HTTP/1.1 503 Service Unavailable\r\n\r\n", 503),
        (b"HTTP/1.1 200 OK\r\n\r\n", 200),
        (b"", 0),
        (b"\x00\xff garbage", 0),
    ],
)
def test_the_status_of_an_answer_is_read(answer: bytes, status: int) -> None:
    """Whatever came back, or nothing at all."""
    assert status == status_of(answer)


def test_failures_are_kept_counted_and_told(tmp_path: Path) -> None:
    """A planted 5xx stands in the report and in the file; of very many of a kind only some are kept."""
    findings = open_findings(7, tmp_path)
    assert not findings.failed
    for step in range(KEPT_OF_A_KIND + 5):
        findings.fail(
            "http", "answer 500", "GET /x → mistake \ud800", step=step, reproduce="GET /x"
        )
    assert findings.failed
    assert KEPT_OF_A_KIND == len(findings.failures)
    assert findings.out
    findings.out.close()
    lines = (tmp_path / "failures-7.jsonl").read_text().splitlines()
    assert KEPT_OF_A_KIND == len(lines)
    assert {"attacker": "http", "seed": 7, "what": "answer 500"}.items() <= json.loads(
        lines[0]
    ).items()
    assert f"{KEPT_OF_A_KIND + 5} × http: answer 500" in report(findings)
    assert "0 failures" in report(Findings(7))


def _dossier() -> Dossier:
    manifest = {
        "platform_id": "x",
        "made_by": "a",
        "code": {"workflows_sha256": "0" * 64},
        "guideline": {"number": "1"},
        "format": "f",
        "runs": [{"file": "histories/x/001.json"}],
        "files": [],
    }
    entry = {"seq": 1, "said": {"a": 1}, "previous": "0", "hash": "1"}
    files = {
        MANIFEST: json.dumps(manifest).encode(),
        "states.json": b'[{"stage": "declined"}]',
        "deadlines.json": b"[1]",
        "replay.json": b"[1]",
        "report.en.html": b"<body>declined</body>",
        "histories/x/001.json": b'{"events": [{"eventId": "1"}, {"eventId": "2"}]}',
        "logs/term-1.jsonl": json.dumps(entry).encode() + b"\n",
    }
    return Dossier.of(pack(random_of(1, "test"), files))


def test_a_dossier_that_says_something_else_is_told_from_one_written_otherwise() -> None:
    """Order, white space, who made it and the sums mean nothing; a value, an entry, a name twice do."""
    true = _dossier()

    def says(name: str, content: bytes) -> bool:
        files = {**true.files, name: content}
        return says_the_same(Change("", "", pack(random_of(2, "test"), files), files), true)

    assert says("states.json", b'[ {"stage":\n"declined"} ]')
    manifest = json.loads(true.files[MANIFEST])
    assert says(MANIFEST, json.dumps(manifest | {"made_by": "b", "files": [1]}).encode())
    assert not says(MANIFEST, json.dumps(manifest | {"platform_id": "y"}).encode())
    assert not says("states.json", b'[{"stage": "valid"}]')
    assert not says("states.json", b'[{"stage": "valid", "stage": "declined"}]')
    assert not says("report.en.html", b"<body>valid</body>")
    assert not says("added.txt", b"")
    history = "histories/x/001.json"
    assert says(history, b'{"events": [{"eventId": "1"}, {"eventId": "2", "workerVersion": "x"}]}')
    assert not says(history, b'{"events": [{"eventId": "1"}]}')
    assert not says(history, b'{"events": [{"eventId": "1", "eventId": "1"}, {"eventId": "2"}]}')
    assert not says(history, b'{"events": [{"eventId": "1"}, {"a": {"input": "forged"}}]}')
    assert not says("logs/term-1.jsonl", b"")


def test_changes_of_a_dossier_can_be_repeated_by_their_seed() -> None:
    """Each way to change one works, and the same randomness gives the same change."""
    true, ways = _dossier(), set()
    for seed in range(150):
        change = any_change(random_of(seed, "test"), true, true)
        assert change.content == any_change(random_of(seed, "test"), true, true).content
        ways.add(change.way)
    assert len(ways) > 12


def test_what_is_sent_can_be_repeated_by_its_seed() -> None:
    """Mutations and payloads depend on the seed only, and change what they are given in a copy."""
    form = application("x")
    before = json.dumps(form)
    for seed in range(100):
        one, other = random_of(seed, "messages"), random_of(seed, "messages")
        assert repr(mutated(one, form)) == repr(mutated(other, form))
        assert repr(odd(one, {"a": 1})) == repr(odd(other, {"a": 1}))
        assert spoilt_bytes(one, b"abc" * 99) == spoilt_bytes(other, b"abc" * 99)
    assert before == json.dumps(form)


def test_valid_messages_fit_their_models() -> None:
    """What the model of the attack takes for valid is: each kind from each role that may say it."""
    parse(PlatformApplication, brought_in("x"))
    facts = parse(PlatformApplication, application("x")).model_dump(mode="json")
    random = random_of(1, "test")
    for kind in Kind:
        if kind is not Kind.BRINGING_IN:
            said = decision(random, str(kind), "operator", facts, "d-1")
            assert "d-1" == parse(MODELS[kind], said).decision_id


def test_a_forged_life_claims_what_nobody_said() -> None:
    """It is valid since before the attack, so that whoever believes it is found out by the moment."""
    state = carried(application("x"))["state"]
    assert "valid" == state["stage"]
    assert state["since"] < FORGED_SINCE


def test_the_planted_false_whole_fails_the_run() -> None:
    """Any failure of any attacker makes the whole run fail."""
    out = io.StringIO()
    findings = Findings(1, out)
    findings.count("dossiers", "entry of a log: exit code 1")
    assert not findings.failed
    findings.fail("dossiers", "a false dossier is called whole", "entry 3", step=9)
    assert findings.failed
    assert 9 == json.loads(out.getvalue())["step"]
