"""The command `pingtai`: each folder owns its commands; here they are put together."""

import gc
import os
import sys
import traceback

import click

from audit.commands import AUDIT, REBUILD
from starter.commands import COMMANDS
from starter.terminal.lazy_group import Listed
from starter.terminal.process_exit import leave
from starter.terminal.program import Program

_OURS = (
    Listed(
        "up", "Run the whole system on this machine. 启动本机系统", "worker.operator_commands:up"
    ),
    Listed(
        "status",
        "Show what runs on this machine, and where. 查看本机系统状态",
        "worker.stack_commands:status",
    ),
    Listed("stop", "Stop the system on this machine. 停止本机系统", "worker.stack_commands:stop"),
    Listed(
        "backup",
        "Back up the whole installation while it runs. 备份",
        "worker.backup.backup_command:backup",
    ),
    Listed(
        "restore",
        "Restore a backup, and check what came of it. 恢复",
        "worker.backup.backup_command:restore",
    ),
    Listed(
        "recover",
        "Go on with terms that Temporal has lost, from their logs. 据记录接续",
        "audit.commands.recover:recover_command",
    ),
    Listed(
        "move",
        "Move open terms to another Temporal, while people decide. 迁移",
        "worker.moving.move_command:move_command",
    ),
    Listed(
        "worker",
        "Run a worker against any Temporal and PostgreSQL. 启动工作进程",
        "worker.operator_commands:worker",
    ),
    Listed("serve", "Serve the HTTP API. 启动 HTTP 接口", "worker.serve:serve"),
    Listed(
        "codec-server",
        "Decrypt payloads for Temporal's Web UI and command line. 解密服务",
        "worker.codec_server:codec_server",
    ),
    Listed(
        "payload-keys",
        "Show or add the keys that encrypt what Temporal keeps. 载荷密钥",
        "worker.payload_keys:payload_keys",
    ),
    Listed(
        "erase",
        "Erase a term whose retention is over, as two officers. 删除到期期次",
        "audit.commands.erase:erase_group",
    ),
    Listed(
        "seed",
        "Fill an empty system with example platforms dated to today. 以示例平台填充空系统",
        "worker.seed.seed_command:seed",
    ),
    Listed(
        "demo",
        "Play the example platforms from application to end. 全程演示",
        "worker.demo.demo_command:demo",
    ),
    Listed(
        "doctor",
        "Check the running system and say what to do. 检查运行中的系统",
        "worker.operator_commands:doctor",
    ),
)
# `register rebuild` reads histories, which is for `audit`, and `starter` does not import `audit`.
_STAFF = (one._replace(more=(REBUILD,)) if one.name == "register" else one for one in COMMANDS)


@click.group(
    cls=Program,
    listed=(*_OURS, *_STAFF),
    commands={"audit": AUDIT},
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="pingtai", help="Show the version and exit. 显示版本")
def pingtai() -> None:
    """Beijing's common technology platforms as durable workflows. 北京市共性技术平台。

    \b
    Example:
      pingtai up
      pingtai apply --file examples/bj-riscv-soc/application.json
      pingtai show bj-riscv-soc
    """


def main() -> None:
    # What is imported lives to the end: by default the collector goes through it dozens of times, a tenth of
    # a short command's time. No command of ours that asks once or twice makes as many objects as this.
    gc.set_threshold(200_000, 20, 20)
    # Nothing of ours is a plugin of pydantic's; to look for one goes through all that is installed.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    # Else httpx loads its own command line, with highlighters that take longer than a call by HTTP.
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
    try:
        pingtai(standalone_mode=True)
    except SystemExit as end:
        leave(end.code if isinstance(end.code, int) else int(end.code is not None))
    except BaseException:
        traceback.print_exc()  # a mistake of ours: shown whole, and ended as everything ends
        leave(1)


if __name__ == "__main__":
    main()
