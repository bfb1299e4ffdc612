"""`pingtai payload-keys`: the master keys with which what Temporal keeps is encrypted."""

import os
from pathlib import Path

import click

from starter.terminal.command_runner import answering
from starter.terminal.screen import facts, show
from workflows.words import Words


@click.command("payload-keys")
@click.option(
    "--new", "name", metavar="NAME", help="Add a key, which encrypts from now on. 新增密钥"
)
@click.option(
    "--file",
    "path",
    type=click.Path(path_type=Path, dir_okay=False, resolve_path=True),
    help="The file of keys; by default PINGTAI_PAYLOAD_KEYS. 密钥文件",
)
@answering
async def payload_keys(name: str | None, path: Path | None) -> None:
    """Show or add the keys that encrypt what Temporal keeps. 载荷密钥

    The newest key wraps the keys of terms from now on; all decrypt. Copy the file to every machine before
    the next start of its worker, and keep a copy elsewhere: what is encrypted is lost with its keys. See
    docs/encryption.md.

    \b
    Example:
      pingtai payload-keys --file /etc/pingtai/payload-keys.json --new 2026-11
      PINGTAI_PAYLOAD_KEYS=/etc/pingtai/payload-keys.json pingtai payload-keys
    """
    # Who does not encrypt loads no cryptography.
    from starter.encryption.encrypted_converter import DIRECTORY_VARIABLE, default_directory  # noqa: PLC0415
    from starter.encryption.key_errors import VARIABLE, unusable  # noqa: PLC0415
    from starter.encryption.master_keys import FileMasterKeys, add_master_key  # noqa: PLC0415

    named = os.environ.get(VARIABLE, "")
    path = path or (Path(named) if named and not named.startswith("python:") else None)
    if path is None:
        raise unusable(
            "no file of keys is named: set it, or give --file",
            "未指定密钥文件：请设置该变量或使用 --file",
        )
    if name is not None:
        add_master_key(path, name)
    keys = FileMasterKeys.read(path)
    directory = os.environ.get(DIRECTORY_VARIABLE) or default_directory(path)
    rows = (
        (Words("File", "密钥文件"), str(path)),
        (Words("Encrypts", "当前加密"), keys.newest),
        (Words("Decrypt", "可解密"), ", ".join(keys.names)),
        (Words("Keys of terms", "期次密钥"), str(directory)),
    )
    show(facts(rows))
