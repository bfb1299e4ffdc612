"""The auditors' commands: `pingtai audit …`, a file for each, loaded when it is called."""

from starter.terminal.lazy_group import LazyGroup, Listed


def _command(name: str, short_help: str, kind: str = "command") -> Listed:
    return Listed(name, short_help, f"audit.commands.{name}:{name}_{kind}")


AUDIT = LazyGroup(
    "audit",
    help="See what was decided, and prove that the record is whole. 审计\n\n\b\nExample:\n"
    "  pingtai audit archive --now\n"
    "  pingtai audit dossier bj-riscv-soc -o bj-riscv-soc.zip\n"
    "  pingtai audit verify bj-riscv-soc.zip",
    short_help="See what was decided, and prove that the record is whole. 审计",
    listed=(
        _command("archive", "How the archive stands; archive now. 归档"),
        _command("timeline", "All that happened, event by event. 时间线"),
        _command("state", "Where a platform stood, at a moment or entry. 历史状态"),
        _command("diff", "What changed between two moments or entries. 状态差异"),
        _command("reconcile", "Compare the register with the histories. 核对"),
        _command("replay", "Execute histories again; say what does not agree. 重放"),
        _command("dossier", "All of a platform in one file, with its proof. 平台档案"),
        _command("verify", "Check a dossier, a proof or digests, offline. 核验"),
        _command("digest", "One number a day stands for all logs. 每日摘要", "group"),
        _command("prove", "That a platform's logs stand in a day's digest. 存证证明"),
        _command("access", "Who looked at what. 查阅记录", "group"),
    ),
)

WRONG = 1
"""The exit code where something does not hold, was left out, or was not there at all."""
NOT_CHECKED = 5
"""The exit code where nothing was found, and something could not be checked: that is not "whole"."""

REBUILD = _command("rebuild", "Rebuild the register from histories. 重建名册")
"""Of the group `register`."""
