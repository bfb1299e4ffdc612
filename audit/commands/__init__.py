"""The auditors' commands: `pingtai audit …`, a file for each, loaded when it is called."""

from starter.terminal.lazy_group import LazyGroup, Listed


def _command(name: str, short_help: str, kind: str = "command") -> Listed:
    return Listed(name, short_help, f"audit.commands.{name}:{name}_{kind}")


AUDIT = LazyGroup(
    "audit",
    help="See what was decided, and verify that the record is complete. 审计\n\n\b\nExample:\n"
    "  pingtai audit archive --now\n"
    "  pingtai audit dossier bj-riscv-soc -o bj-riscv-soc.zip\n"
    "  pingtai audit verify bj-riscv-soc.zip",
    short_help="See what was decided, and verify that the record is complete. 审计",
    listed=(
        _command("archive", "Show the archive of histories, or archive now. 归档"),
        _command("timeline", "Show all events of a platform, in all terms and years. 时间线"),
        _command("state", "Show a platform as it was at a moment or after an entry. 历史状态"),
        _command("diff", "Show what changed between two moments or entries. 状态差异"),
        _command(
            "reconcile", "Compare the register with the logs, and the logs with the histories. 核对"
        ),
        _command("replay", "Execute histories again with the installed code, and compare. 重放"),
        _command("dossier", "Export a platform's whole record as one verifiable file. 平台档案"),
        _command("verify", "Verify a dossier, a proof or digests, offline. 核验"),
        _command(
            "digest",
            "Make, list, export and check the daily digests of logs. 每日摘要",
            "group",
        ),
        _command("prove", "Prove that a platform's logs are part of a day's digest. 存证证明"),
        _command(
            "witness",
            "Check published digests against those seen before, and cosign them. 见证",
        ),
        _command("roster", "Verify the log of the roster: who may sign. 核验人员目录"),
        _command(
            "receipt",
            "Look up whether the record still contains what receipts acknowledge. 核对回执",
        ),
        _command("access", "List who viewed or exported records. 查阅记录", "group"),
    ),
)

WRONG = 1
"""Exit code: something does not hold, was left out, or is missing."""
NOT_CHECKED = 5
"""Exit code: no problem was found, but something could not be checked. That is not "complete"."""

REBUILD = _command(
    "rebuild", "Rebuild the register from histories, into an empty database. 重建名册"
)
"""Of the group `register`."""
