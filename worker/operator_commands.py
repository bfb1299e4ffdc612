"""The commands that run the system: `up`, `worker`, `demo`, `doctor`."""

import asyncio
from pathlib import Path

import click

from db.home import home
from starter.client.local_stack import note_unexpected_end
from starter.client.register_access import open_engine
from starter.client.temporal_connection import connect
from starter.client.tracing import tracing
from starter.terminal.command_runner import UNREACHABLE, answering
from starter.terminal.language import say
from starter.terminal.screen import write_line
from worker.delivery_worker import NoticeConfig
from worker.detached_start import LOG, LOG_OPTION, NO_EXAMPLES, start_detached
from worker.doctor.examination import examine
from worker.doctor.finding import Verdict
from worker.doctor.show_findings import show_findings
from worker.log_file import LogFile
from worker.log_setup import set_up_logs
from worker.notice_channels import load_notices
from worker.register_database import register_database
from worker.settings import load_settings
from worker.stack import local_stack
from worker.stack_wording import where_it_listens, why_it_ended
from worker.stopping import ending_surely, stopping, until_stopped
from worker.worker_run import telemetry, worker_running


@click.command()
@click.option("--ui", is_flag=True, help="With Temporal's Web UI. 同时启动 Temporal 网页界面")
@click.option(
    "--detach", is_flag=True, help="In the background; returns when it is ready. 在后台运行"
)
@click.option(
    LOG_OPTION,
    type=click.Path(path_type=Path, dir_okay=False, resolve_path=True),
    metavar="FILE",
    help="Log to this file, which is rotated, instead of standard error. 日志文件",
)
@click.option(
    NO_EXAMPLES,
    "no_examples",
    is_flag=True,
    help="For real work: the first start sets up no example roster. 不设示例人员目录",
)
@answering
@ending_surely
async def up(ui: bool, detach: bool, log: Path | None, *, no_examples: bool) -> None:
    """Run the whole system on this machine. 启动本机系统

    Temporal, PostgreSQL and a worker, on loopback and a socket only; the data is kept under
    PINGTAI_HOME. Ctrl-C stops all of it in order, SIGTERM and SIGHUP, too. With --detach it goes on when the
    terminal is closed, logs to a file, and `pingtai stop` stops it. The Web UI asks nobody who they are:
    whoever uses this machine can decide through it.

    The first start in an empty PINGTAI_HOME sets up an example roster, so that decisions are signed from the
    first on. Its officers' keys lie in PINGTAI_HOME: it is for trying only. For real work start with
    --no-examples, and set the commission's own up: `pingtai roster init`.

    \b
    Example:
      pingtai up
      pingtai up --detach
      pingtai up --no-examples
      pingtai status
      pingtai stop
    """
    settings = load_settings()
    if no_examples:
        settings = settings.model_copy(update={"examples": False})
    if detach:
        more = [*(["--ui"] if ui else []), *([NO_EXAMPLES] if no_examples else [])]
        where = await start_detached(home(), log or home() / LOG, *more)
        write_line(where_it_listens(where, home()))
        write_line(say("To stop it: pingtai stop", "停止：pingtai stop"))
        return
    set_up_logs(settings, LogFile(log) if log else None)
    with stopping() as stop:
        async with local_stack(home(), settings, ui=ui, log=log) as stack:
            write_line(where_it_listens(stack.where, home()))
            if not log:
                write_line(say("Ctrl-C stops it.", "按 Ctrl-C 停止。"))
            watching = asyncio.create_task(stack.part_ended(home()))
            try:
                await until_stopped(stop, stack.worker, watching)
            except Exception as error:
                note_unexpected_end(home(), why_it_ended(error))
                raise
            finally:
                watching.cancel()  # or it would complain of the parts that are stopped now
            write_line(
                say("Stopping in order … (again to hurry)", "正在依次停止 …（再次中断则不再等待）")
            )
    write_line(say("Stopped.", "已停止。"))


@click.command()
@answering
@ending_surely
async def worker() -> None:
    """Run a worker against any Temporal and PostgreSQL. 启动工作进程

    Temporal: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TEMPORAL_TLS_… or a profile of
    Temporal's TOML file (TEMPORAL_PROFILE). PostgreSQL: DATABASE_URL; without it the embedded one.
    Run as many as you like. See docs/deployment.md.

    \b
    Example:
      TEMPORAL_ADDRESS=temporal.internal:7233 \\
      DATABASE_URL=postgresql://pingtai@db.internal/pingtai pingtai worker
    """
    settings = load_settings()
    notices = NoticeConfig(*load_notices(settings.notices))
    set_up_logs(settings)
    with stopping() as stop, tracing("pingtai-worker", on=settings.tracing == "otlp") as plugins:
        client = await connect(runtime=telemetry(settings), plugins=plugins)
        async with (
            register_database(home()) as database,
            worker_running(client, database, settings, notices, audited=True) as running,
        ):
            write_line(
                say(
                    f"A worker is running on the queue pingtai of namespace {client.namespace}.",
                    f"工作进程已启动（命名空间 {client.namespace}，队列 pingtai）。",
                )
            )
            await until_stopped(stop, running)
    write_line(say("Stopped.", "已停止。"))


@click.command()
@answering
async def doctor() -> None:
    """Check the running system and say what to do. 检查运行中的系统

    Exit code 1 if something needs attention, 4 if Temporal or the register does not answer.

    \b
    Example:
      pingtai doctor
    """
    client = await connect()
    async with open_engine(patient=True) as engine:
        findings = [finding async for finding in examine(client, engine)]
    show_findings(findings)
    if any(finding.unreachable for finding in findings):
        raise click.exceptions.Exit(UNREACHABLE)
    if any(finding.verdict is Verdict.BAD for finding in findings):
        raise click.exceptions.Exit(1)
