"""`pingtai serve`: the HTTP API as a process."""

import click

from starter.terminal.command_runner import answering
from starter.terminal.language import say
from starter.terminal.screen import complain, write_line
from worker.log_setup import set_up_logs
from worker.settings import load_settings
from worker.stopping import stopping, until_stopped
from workflows.words import Words


@click.command()
@click.option(
    "--address",
    metavar="HOST:PORT",
    help="Where to listen; by default PINGTAI_HTTP_ADDRESS, then 127.0.0.1:8080. 监听地址",
)
@answering
async def serve(address: str | None) -> None:
    """Serve the HTTP API. 启动 HTTP 接口

    It accepts applications and decisions, and answers queries about platforms. Run it beside
    `pingtai up` or workers; it connects to Temporal and PostgreSQL as every command does. While one of
    them does not answer, calls get 503; it reconnects by itself. Keys: `pingtai keys`. It speaks plain
    HTTP: TLS and access from outside are the task of a reverse proxy. See docs/http.md.

    \b
    Example:
      pingtai serve
    """
    # Only this command needs FastAPI, and every other would wait for it to be imported.
    from starter.client.tracing import tracing  # noqa: PLC0415
    from starter.service.app import make_app  # noqa: PLC0415
    from starter.service.backends import ConfiguredBackends  # noqa: PLC0415
    from starter.service.serving import is_loopback, listener, serving, url_of  # noqa: PLC0415

    settings = load_settings()
    with (
        listener(
            address or settings.http_address, "--address HOST:PORT, PINGTAI_HTTP_ADDRESS"
        ) as listening,
        stopping() as stop,
        tracing("pingtai-serve", on=settings.tracing == "otlp") as plugins,
    ):
        set_up_logs(settings)
        if not is_loopback(listening):
            complain(
                Words(
                    "Other machines can reach it, and it speaks plain HTTP: put a reverse proxy with TLS"
                    " in front of it (docs/http.md).",
                    "其他机器可以访问，且为明文 HTTP：请在前面设置带 TLS 的反向代理（docs/http.zh.md）。",
                )
            )
        async with serving(make_app(ConfiguredBackends(plugins)), listening) as running:
            write_line(
                say(
                    f"Pingtai answers at {url_of(listening)}. Ctrl-C stops it.",
                    f"HTTP 接口已启动：{url_of(listening)}。按 Ctrl-C 停止。",
                )
            )
            await until_stopped(stop, running)
    write_line(say("Stopped.", "已停止。"))
