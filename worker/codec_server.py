"""`pingtai codec-server`: payloads in the clear for Temporal's Web UI and command line.

A process of its own, not a route of `serve`: that is reached by many, with keys of the register that say who
may do what; this answers everything to whoever has its one key, needs no register, and belongs beside the
browser of the few who look into Temporal.
"""

import re
import secrets
from pathlib import Path

import click

from starter.errors import BadInput
from starter.terminal.command_runner import answering
from starter.terminal.language import say
from starter.terminal.screen import complain, write_line
from worker.log_setup import set_up_logs
from worker.settings import load_settings
from worker.stopping import stopping, until_stopped
from workflows.words import Words

_ADDRESS = "127.0.0.1:8281"
_KEY = re.compile(r"[A-Za-z0-9_-]{24,200}")
_ORIGIN = re.compile(
    r"https?://[A-Za-z0-9.-]{1,253}(?::[0-9]{1,5})?|https?://\[[0-9A-Fa-f:]+\](?::[0-9]{1,5})?"
)


@click.command("codec-server")
@click.option(
    "--address",
    metavar="HOST:PORT",
    default=_ADDRESS,
    show_default=True,
    help="Where to listen. 监听地址",
)
@click.option(
    "--key-file",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="The key of those who call it; made if there is no file. 调用密钥文件（没有则生成）",
)
@click.option(
    "--origin",
    "origins",
    multiple=True,
    metavar="URL",
    help="A page that may call it, such as http://127.0.0.1:8233. 允许调用的网页来源",
)
@answering
async def codec_server(address: str, key_file: Path, origins: tuple[str, ...]) -> None:
    """Decrypt payloads for Temporal's Web UI and command line. 解密服务

    Needs PINGTAI_PAYLOAD_KEYS. Whoever has the key in the file reads everything. It speaks plain HTTP: TLS
    and access from outside are the task of a reverse proxy. See docs/encryption.md.

    \b
    Example:
      pingtai codec-server --key-file ~/codec.key --origin http://127.0.0.1:8233
      temporal workflow show --workflow-id platform:bj-riscv-soc \\
        --codec-endpoint http://127.0.0.1:8281 --codec-auth "Bearer $(cat ~/codec.key)"
    """
    # Only this command needs them, and every other would wait for them to be imported.
    from starter.encryption.encrypted_converter import configured_keys  # noqa: PLC0415
    from starter.encryption.key_errors import unusable  # noqa: PLC0415
    from starter.service.codec_app import make_codec_app  # noqa: PLC0415
    from starter.service.serving import is_loopback, listener, serving, url_of  # noqa: PLC0415

    settings = load_settings()
    keys = configured_keys()
    if keys is None:
        raise unusable("not set: there is nothing to decrypt with", "未设置，没有可用于解密的密钥")
    for origin in origins:
        if not _ORIGIN.fullmatch(origin):
            raise BadInput(
                f"--origin: {origin!r} is no origin of a page, such as http://127.0.0.1:8233",
                f"--origin：“{origin}”不是网页来源，应如 http://127.0.0.1:8233",
            )
    key = _key(key_file)
    with listener(address, "--address HOST:PORT") as listening, stopping() as stop:
        set_up_logs(settings)
        if not is_loopback(listening):
            complain(
                Words(
                    "Other machines can reach it, and it answers everything in the clear, over plain HTTP:"
                    " put a reverse proxy with TLS in front of it.",
                    "其他机器可以访问，且以明文 HTTP 返回全部内容：请在前面设置带 TLS 的反向代理。",
                )
            )
        async with serving(make_codec_app(keys, key, origins), listening) as running:
            write_line(
                say(
                    f"Decrypts at {url_of(listening)}, for who has the key in {key_file}. Ctrl-C stops it.",
                    f"解密服务已启动：{url_of(listening)}，调用密钥见 {key_file}。按 Ctrl-C 停止。",
                )
            )
            await until_stopped(stop, running)
    write_line(say("Stopped.", "已停止。"))


def _key(path: Path) -> str:
    """The key in the file; a new one where there is no file.

    Raises:
        BadInput: it cannot be read, others may read it, or it holds no key.
    """
    from starter.secret_files import read_secret, write_secret  # noqa: PLC0415

    try:
        key = read_secret(path).decode("ascii", "replace").strip()
    except FileNotFoundError:
        key = secrets.token_urlsafe(32)
        write_secret(path, f"{key}\n".encode())
    if not _KEY.fullmatch(key):
        raise BadInput(
            f"{path} holds no key: one line of 24 to 200 letters, digits, - and _",
            f"{path} 中没有密钥：应为一行 24 至 200 个字母、数字、- 和 _",
        )
    return key
