"""What goes wrong is said in one or two lines, in either language, with its exit code."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import pytest
from click.testing import Result
from temporalio.client import WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.service import RPCError, RPCStatusCode

from starter.client.http_client import _silent
from starter.client.rpc_errors import translate_rpc_errors
from starter.errors import MAY_BE_ACCEPTED, BadInput, NoSuchPlatform, NotSent, Unreachable
from starter.terminal.command_runner import answered
from workflows.awaited import Awaited
from workflows.contract import assessment_workflow_id, platform_workflow_id
from workflows.model import invalid
from workflows.refusal import Refusal, Refused
from workflows.vocabulary import Role
from workflows.words import Words

Run = Callable[..., Result]
Sent = list[tuple[str, dict[str, Any]]]

GOOD = ("withdraw", "p-1", "--reason", "x", "--actor", "u", "--organisation", "某单位")
REFUSAL = Refusal(
    rule="§四",
    en="not now",
    zh="现在不行",
    stage="valid",
    awaited=(Awaited(kind="listing", role=Role.COMMISSION, rule="§四(四)"),),
)


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (
            Refused(REFUSAL),
            3,
            {"en": "refused: not now (§四)", "zh": "不予受理：现在不行（《指引》第四部分）"},
        ),
        (
            invalid("withdrawal", "reason", "bad", "不好"),
            2,
            {"en": "reason: bad", "zh": "reason：不好"},
        ),
        (BadInput("bad", "不好"), 2, {"en": "bad", "zh": "不好"}),
        (NoSuchPlatform("none", "没有"), 2, {"en": "none", "zh": "没有"}),
        (Unreachable("away", "不在"), 4, {"en": "away", "zh": "不在"}),
        (ConnectionRefusedError("no"), 4, {"en": "not reachable: no", "zh": "无法访问：no"}),
        (
            RPCError("odd", RPCStatusCode.INTERNAL, b""),
            4,
            {"en": "INTERNAL: odd", "zh": "INTERNAL：odd"},
        ),
    ],
)
def test_each_error_has_its_code(
    pingtai: Run, answers: dict[str, Any], error: Exception, code: int, said: dict[str, str]
) -> None:
    """2 bad input, 3 refused, 4 unreachable; at most two lines on stderr, nothing on stdout."""
    answers["decide"] = error
    for lang, words in said.items():
        vars(error).pop("__notes__", None)
        result = pingtai(*GOOD, lang=lang)
        assert code == result.exit_code
        assert words in result.stderr
        assert "" == result.stdout
        assert len(result.stderr.splitlines()) <= 2


def test_lost_answer_says_how_to_repeat(pingtai: Run, sent: Sent, answers: dict[str, Any]) -> None:
    """A decision that may have been taken can be repeated: its new id and its day are printed."""
    for error, code in ((Unreachable("away", "不在"), 4), (KeyboardInterrupt(), 130)):
        answers["decide"] = error
        result = pingtai(*GOOD)
        assert code == result.exit_code
        decision = sent[-1][1]
        same = f"--id {decision['decision_id']} --date {decision['decided_on']}"
        assert same in result.stderr


def test_nothing_to_repeat_when_nothing_was_sent(pingtai: Run, answers: dict[str, Any]) -> None:
    """Where no connection was made, and where the rules refuse, there is nothing to repeat."""
    answers["connect"] = Unreachable("away", "不在")
    assert "--id" not in pingtai(*GOOD).stderr
    answers.update(connect=None, decide=NotSent("away", "不在"))
    assert "--id" not in pingtai(*GOOD).stderr
    answers.update(decide=Refused(REFUSAL))
    assert "--id" not in pingtai(*GOOD).stderr


def test_missing_parts_name_their_flags(pingtai: Run, sent: Sent) -> None:
    """Who leaves something out is told by which flag, or from where else, it may be given."""
    result = pingtai("recommend", "p-1", lang="zh")
    assert 2 == result.exit_code
    assert "经办人：人员编号（actor.id，--actor，PINGTAI_ACTOR）：缺少此项" in result.stderr
    assert "结论（outcome，--outcome）：缺少此项" in result.stderr
    assert [] == sent


@pytest.mark.parametrize(
    "flags",
    [
        ("inspect", "p-1", "--finding", "site"),
        ("inspect", "p-1", "--finding", "sight=satisfactory"),
        ("inspect", "p-1", "--finding", "site=fine"),
        ("inspect", "p-1", "--finding", "site=satisfactory@90"),
        ("inspect", "p-1", "--finding", "site=to_improve", "--finding", "site=to_improve"),
        ("evaluate", "p-1", "--finding", "site=satisfactory"),
        ("report", "p-1", "--group", "all=x"),
        ("opine", "p-1", "--expert", "甲,technology"),
        ("opine", "p-1", "--expert", "甲,magic,o,supported"),
        ("opine", "p-1", "--outcome", "recommended"),
        ("review", "p-1", "--document", "a=nowhere.pdf"),
        ("review", "p-1", "--document", "a"),
        ("review", "p-1", "--document", "a=."),
        ("review", " ", "--view", "x"),
        ("review", "", "--view", "x"),
        ("revise", "p-1", "--plan", "nowhere.json"),
        ("review",),
        ("apply",),
        ("apply", "--file", "nowhere.json"),
        ("apply", "--file", "."),
        ("register", "--limit", "0"),
    ],
)
def test_wrong_usage_is_two(pingtai: Run, sent: Sent, flags: tuple[str, ...]) -> None:
    """What is not written as it should be is said before anybody is asked."""
    result = pingtai(*flags)
    assert 2 == result.exit_code
    assert result.stderr
    assert [] == sent


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"3",
        b"\xff\xfe",
        b'{"reason": NaN}',
        b"[" * 200_000,
        b'{"a": %s}' % (b"9" * 9_000),
    ],
)
def test_what_is_no_json_object_is_two(pingtai: Run, sent: Sent, content: bytes) -> None:
    """A decision by file must be a JSON object, from a file and from standard input."""
    Path("d.json").write_bytes(content)
    assert 2 == pingtai("withdraw", "p-1", "--file", "d.json").exit_code
    assert 2 == pingtai("withdraw", "p-1", "--file", "-", stdin=content).exit_code
    assert 2 == pingtai("apply", "--file", "-", stdin=content).exit_code
    assert [] == sent


def test_large_files_are_not_read(pingtai: Run) -> None:
    """3 MB are answered at once with 2, and what never ends is read no further than the limit."""
    Path("big.json").write_text(json.dumps({"reason": "x" * 3_000_000}), encoding="utf-8")
    start = time.monotonic()
    for file in ("big.json", "/dev/zero"):
        for command in (("withdraw", "p-1"), ("apply",)):
            result = pingtai(*command, "--file", file)
            assert 2 == result.exit_code
            assert "1,000,000 bytes" in result.stderr
    assert time.monotonic() - start < 60


def test_a_mistake_of_ours_shows_itself(pingtai: Run, answers: dict[str, Any]) -> None:
    """What nobody foresaw is not hidden behind a code."""
    answers["decide"] = LookupError("ours")
    result = pingtai(*GOOD)
    assert isinstance(result.exception, LookupError)


@pytest.mark.parametrize(
    ("message", "expected"),
    [("Namespace nope is not found.", BadInput), ("workflow not found for ID: x", NoSuchPlatform)],
)
def test_a_namespace_that_is_not_there(message: str, expected: type[Exception]) -> None:
    """A wrong namespace is not taken for a platform that was never applied for."""
    with pytest.raises(expected), translate_rpc_errors():
        raise RPCError(message, RPCStatusCode.NOT_FOUND, b"")


@pytest.mark.parametrize(
    ("workflow_id", "en", "zh"),
    [
        (platform_workflow_id("bj-x"), 'No platform "bj-x"', "没有平台“bj-x”"),
        (
            assessment_workflow_id("bj-x", 1, 2),
            'Platform "bj-x" has no open assessment term-1:assessment-2',
            "平台“bj-x”没有进行中的考核（term-1:assessment-2）",
        ),
    ],
)
def test_an_unknown_case_is_named(workflow_id: str, en: str, zh: str) -> None:
    """In the words of every other answer to an id that no platform has."""
    with pytest.raises(NoSuchPlatform) as caught, translate_rpc_errors(workflow_id):
        raise RPCError("workflow not found", RPCStatusCode.NOT_FOUND, b"")
    assert Words(en, zh) == caught.value.words


def test_what_may_be_accepted_is_said_in_one_way() -> None:
    """By Temporal and by HTTP, so that a person or a program learns it once."""
    with pytest.raises(Unreachable) as directly, translate_rpc_errors():
        raise WorkflowUpdateRPCTimeoutOrCancelledError
    silent = _silent("https://example.org", Words.same("timeout"), sent=True)
    for error in (directly.value, silent):
        assert error.words.en.endswith(MAY_BE_ACCEPTED.en)
        assert error.words.zh.endswith(MAY_BE_ACCEPTED.zh)


@pytest.mark.parametrize("status", ["UNKNOWN", "INTERNAL", "ABORTED", "UNAVAILABLE"])
def test_a_call_that_a_server_broke_off(status: str) -> None:
    """A server that is killed while it answers does not answer; that is no mistake of ours."""
    with pytest.raises(Unreachable), translate_rpc_errors():
        raise RPCError("transport error", RPCStatusCode[status], b"")


@pytest.mark.parametrize("went_by_http", [False, True])
def test_what_does_not_work_by_http_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], went_by_http: bool
) -> None:
    """With PINGTAI_URL set, whoever asked Temporal or PostgreSQL in vain learns where the command works."""
    monkeypatch.setenv("PINGTAI_URL", "https://pingtai.example.org")
    loaded = {"starter.client.http_client": sys} if went_by_http else {}
    monkeypatch.setattr(sys, "modules", {**loaded, **_without_http()})
    with pytest.raises(click.exceptions.Exit), answered():
        raise Unreachable("away", "不在")
    assert went_by_http is not ("does not work by HTTP" in capsys.readouterr().err)


def _without_http() -> dict[str, ModuleType]:
    return {name: it for name, it in sys.modules.items() if name != "starter.client.http_client"}
