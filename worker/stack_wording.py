"""Where the parts of a local stack listen, and how one looks after it, in words."""

from pathlib import Path

from rich.cells import cell_len

from db.url import redacted
from starter.client.local_stack import LocalStack
from starter.encryption.key_errors import MissingKey
from starter.errors import PingtaiError
from starter.roster.roster_origin import EXAMPLE, RosterOrigin
from starter.terminal.language import say
from starter.terminal.screen import in_lines
from workflows.words import Words

WORKER = Words("worker", "工作进程")
WEB_UI = Words("Web UI", "网页界面")
OFF = Words("off (pingtai up --ui)", "未启动（pingtai up --ui）")
RUNNING = Words("Pingtai is running.", "平台系统已启动。")
ROSTER = Words("Roster", "人员目录")
ROSTERS = {
    RosterOrigin.EXAMPLE: EXAMPLE,
    RosterOrigin.NONE: Words(
        "none yet; two officers set it up: pingtai roster init",
        "尚未设立，由两名人员设立：pingtai roster init",
    ),
}
"""What is said of a roster that is not the commission's own."""
_NAME = 13
"""Columns of the names of the parts, with what separates them."""


def where_it_listens(stack: LocalStack, home: Path) -> str:
    """A line for each part, and for where its data and its log are."""
    temporal = Words(
        f"{stack.temporal_address}  (namespace default, queue pingtai)",
        f"{stack.temporal_address}（命名空间 default，队列 pingtai）",
    )
    parts: list[tuple[Words, Words | str]] = [
        (Words.same("Temporal"), temporal),
        (WEB_UI, stack.ui_url or OFF),
        (Words.same("PostgreSQL"), redacted(stack.database_url)),
        (Words("Data", "数据"), str(home)),
    ]
    if stack.roster in ROSTERS:
        parts.append((ROSTER, ROSTERS[RosterOrigin(stack.roster)]))
    if stack.log:
        parts.append((Words("Log", "日志"), str(stack.log)))
    lines = [say(RUNNING), *(_beside(say(name), text) for name, text in parts)]
    for notice in (missing_key_of(stack), clash_of(stack)):
        lines += in_lines(say(notice)) if notice else []
    if apart := apart_of(stack):
        lines += in_lines(say(Words(f"Attention: {apart.en}", f"注意：{apart.zh}")))
    return "\n".join(lines)


def _beside(name: str, text: Words | str) -> str:
    """A name, and what is said of it, in columns of the terminal."""
    return (
        f"  {name}{' ' * (_NAME - cell_len(name))}{say(text) if isinstance(text, Words) else text}"
    )


def clash_of(stack: LocalStack) -> Words | None:
    """Why Temporal is not at its usual port; None when it is."""
    if stack.clash is None:
        return None
    en, zh = stack.clash
    at = stack.temporal_address
    how_long = Words("from now on", "今后") if stack.clash_lasts else Words("this time", "本次")
    return Words(
        f"Note: {en}, so Temporal is at {at} {how_long.en}.",
        f"注意：{zh}，{how_long.zh} Temporal 使用 {at}。",
    )


def missing_key_of(stack: LocalStack) -> Words | None:
    """Say that open cases are encrypted with a key that the stack does not have; None when it has them."""
    if not stack.missing_key:
        return None
    en, zh = MissingKey(stack.missing_key).words
    return Words(
        f"Attention: open cases are {en}, then pingtai stop and pingtai up. Until then they stop, and new"
        " applications are kept in the clear (docs/encryption.md).",
        f"注意：未结束的程序{zh}，再执行 pingtai stop 和 pingtai up。此前有关程序停止办理，新的申请以明文保存"
        "（见 docs/encryption.zh.md）。",
    )


def apart_of(stack: LocalStack) -> Words | None:
    """That one part has nothing of what the other has; None where that was not so at the start."""
    if stack.apart is None:
        return None
    en, zh = stack.apart
    return Words(f"{en}.", f"{zh}。")


def why_it_ended(error: Exception) -> Words:
    """Why a stack stops that nobody asked to stop, for those who look later."""
    if isinstance(error, PingtaiError):
        return error.words
    why = " ".join(str(error).split())[:300]
    return Words(
        f"its worker failed ({type(error).__name__}: {why}). Run `pingtai up` again",
        f"工作进程发生故障（{type(error).__name__}：{why}）。请重新运行 pingtai up",
    )
