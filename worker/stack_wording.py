"""Where the parts of a local stack listen, and how one looks after it, in words."""

from pathlib import Path

from db.url import redacted
from starter.client.local_stack import LocalStack
from starter.terminal.language import say
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
        lines.append(f"  {say('Log', '日志')}          {stack.log}")
    if clash := clash_of(stack):
        lines.append(say(clash))
    return "\n".join(lines)


def clash_of(stack: LocalStack) -> Words | None:
    """Why Temporal is not at its usual port; None when it is."""
    if stack.clash is None:
        return None
    en, zh = stack.clash
    at = stack.temporal_address
    return Words(
        f"Note: {en}, so Temporal is at {at} this time.", f"注意：{zh}，本次 Temporal 使用 {at}。"
    )
