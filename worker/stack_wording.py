"""Where the parts of a local stack listen, and how one looks after it, in words."""

from pathlib import Path

from db.url import redacted
from starter.client.local_stack import LocalStack
from starter.errors import PingtaiError
from starter.terminal.language import say
from starter.terminal.screen import in_lines
from workflows.words import Words

OFF = Words("off (pingtai up --ui)", "未启动（pingtai up --ui）")
RUNNING = Words("Pingtai is running.", "平台系统已启动。")


def where_it_listens(stack: LocalStack, home: Path) -> str:
    """A line for each part, and for where its data and its log are."""
    lines = [
        say(RUNNING),
        f"  Temporal     {stack.temporal_address}  (namespace default, queue pingtai)",
        f"  Web UI       {stack.ui_url or say(OFF)}",
        f"  PostgreSQL   {redacted(stack.database_url)}",
        f"  {say('Data', '数据')}         {home}",
    ]
    if stack.log:
        lines.append(f"  {say('Log ', '日志')}         {stack.log}")
    if clash := clash_of(stack):
        lines += in_lines(say(clash))
    return "\n".join(lines)


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


def why_it_ended(error: Exception) -> Words:
    """Why a stack stops that nobody asked to stop, for those who look later."""
    if isinstance(error, PingtaiError):
        return error.words
    why = " ".join(str(error).split())[:300]
    return Words(
        f"its worker failed ({type(error).__name__}: {why}). Run `pingtai up` again",
        f"worker 发生故障（{type(error).__name__}：{why}）。请重新运行 pingtai up",
    )
