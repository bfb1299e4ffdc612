"""How many functions of ours a decision runs through, from the command's callback to the sending of it.

`python -m bench.decision_stops [--names]`. `pingtai recommend` is run as from a shell, with every field a flag,
once to Temporal and once by HTTP. Temporal's client and httpx are replaced by stand-ins that end the run
when the decision reaches them. Each function that was called until then counts once: those of starter/
and db/ as stops of whoever reads, those of workflows/ (the rules, which both sides share) apart.

Bodies of modules and classes, comprehensions, lambdas, and what is called while a module is imported are
no stops. `--names` writes them in the order of their first calls.
"""

import inspect
import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from types import CodeType, FrameType, SimpleNamespace
from typing import Any

import click.core
import httpx
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

ROOT = Path(__file__).parents[1]
OURS = tuple(
    str(ROOT / one) for one in ("activities", "audit", "db", "starter", "worker", "workflows")
)
PLATFORM = "bj-riscv-soc"
ARGUMENTS = (
    *("recommend", PLATFORM, "--outcome", "recommended", "--opinion", "同意推荐。"),
    *(
        "--actor",
        "haidian-kw-01",
        "--organisation",
        "海淀区科技主管部门",
        "--district",
        "haidian",
        "--yes",
    ),
)
_ANONYMOUS = ("<lambda>", "<listcomp>", "<genexpr>", "<dictcomp>", "<setcomp>")


class Sent(BaseException):
    """The decision has reached the library that sends it."""

    def __init__(self) -> None:
        sys.setprofile(None)
        super().__init__()


def _is_stop(frame: FrameType) -> bool:
    code, caller = frame.f_code, frame.f_back
    if caller is None or caller.f_code.co_name == "<module>" or code.co_name in _ANONYMOUS:
        return False
    return bool(code.co_flags & inspect.CO_NEWLOCALS) and code.co_filename.startswith(OURS)


class _Handle:
    """A workflow of a first term, as far as a client looks at it before it sends a decision."""

    id, run_id = f"platform:{PLATFORM}", "run-1"
    workflow_type, task_queue, close_time, status = "Platform", "pingtai", None, None
    data_converter = pydantic_data_converter
    raw_info = SimpleNamespace(status=1)
    raw_description = SimpleNamespace(pending_children=())

    async def describe(self, **_: Any) -> Any:
        return self

    async def fetch_history_events(self, **_: Any) -> AsyncIterator[Any]:
        text = (ROOT / "examples" / PLATFORM / "application.json").read_text(encoding="utf-8")
        payloads = await pydantic_data_converter.encode([json.loads(text)])
        yield SimpleNamespace(
            event_type=EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
            workflow_execution_started_event_attributes=SimpleNamespace(
                input=SimpleNamespace(payloads=payloads)
            ),
        )

    async def execute_update(self, *_: Any, **__: Any) -> None:
        raise Sent


async def _connect(*_: Any, **__: Any) -> Any:
    return SimpleNamespace(
        data_converter=pydantic_data_converter, get_workflow_handle=lambda *_, **__: _Handle()
    )


async def _request(_: Any, method: str, *__: Any, **___: Any) -> None:
    if method == "GET":  # the platform's id is looked up before the command is called
        raise LookupError(method)
    raise Sent


def stops() -> list[str]:
    """What is called for a decision until it is sent, each once, as `file: function`."""
    from worker.main import pingtai  # noqa: PLC0415 - what it loads is replaced before

    called: dict[CodeType, None] = {}

    def note(frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and _is_stop(frame):
            called.setdefault(frame.f_code)

    invoke = click.core.Context.invoke

    def invoked(context: click.Context, *args: Any, **more: Any) -> Any:
        if context.info_name == ARGUMENTS[0]:
            sys.setprofile(note)
        return invoke(context, *args, **more)

    click.core.Context.invoke = invoked  # type: ignore[method-assign]
    try:
        pingtai(ARGUMENTS, standalone_mode=False)
    except Sent:
        return [f"{Path(one.co_filename).relative_to(ROOT)}: {one.co_qualname}" for one in called]
    finally:
        click.core.Context.invoke = invoke  # type: ignore[method-assign]
    raise AssertionError("it was not sent")


def main() -> None:
    """Count both ways, each in a home of its own."""
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"PINGTAI_HOME": home, "TEMPORAL_ADDRESS": "127.0.0.1:1", "HOME": home}
        Client.connect = _connect  # type: ignore[method-assign]
        httpx.AsyncClient.request = _request  # type: ignore[assignment, method-assign]
        for way, settings in (
            ("Temporal", {}),
            ("HTTP", {"PINGTAI_URL": "http://127.0.0.1:1", "PINGTAI_KEY": "ptk_0_x"}),
        ):
            os.environ |= settings
            called = stops()
            rules = [one for one in called if one.startswith("workflows")]
            print(f"{way}: {len(called) - len(rules)} stops, and {len(rules)} of the rules")
            if "--names" in sys.argv:
                print("\n".join(f"  {one}" for one in called))


if __name__ == "__main__":
    main()
