"""`pingtai demo`: the main job on real input, on a throw-away stack, with time skipped."""

import asyncio
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from db.engine import create_engine
from db.queries import RegisterQueries
from starter.client.register_lookups import RegisterLookups
from starter.terminal.command_runner import answering
from starter.terminal.language import say
from starter.terminal.screen import draws, heading, show, write_line
from worker.demo.clockwork import Clockwork
from worker.demo.example_layout import import_example_layout
from worker.demo.example_lives import NEW_APPLICATION, Example, examples_folder, load_examples
from worker.demo.example_officers import ExampleOfficers, words_of
from worker.demo.player import Player, UnexpectedResult
from worker.demo.report import check_arrows, show_lives, show_register, signed_words
from worker.log_setup import set_up_logs
from worker.settings import load_settings
from worker.stack import RunningStack, local_stack
from worker.stopping import ending_surely, stopping, until_stopped
from worker.temporal_server import TIME_SKIPPING
from workflows.words import Words, counted

_BY = "demo"
"""In whose name the layout is imported."""


@click.command()
@click.option("--keep", is_flag=True, help="Keep everything running at the end. 结束后保持运行")
@click.option(
    "--examples",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Another folder of examples. 示例目录",
)
@answering
@ending_surely
async def demo(keep: bool, examples: Path | None) -> None:
    """Play the example platforms from application to end. 全程演示

    Starts the whole system in a temporary directory, plays all examples at once with time skipped,
    and checks that each ends as its file says and that every lifecycle transition is covered. A folder of
    your own need not cover them all.

    \b
    Example:
      pingtai demo --keep
    """
    settings = load_settings().model_copy(update={"log_level": "ERROR"})
    set_up_logs(settings)
    lives = load_examples(examples)
    folder = Path(tempfile.mkdtemp(prefix="pingtai-demo-"))
    try:
        with stopping() as stop:
            async with local_stack(
                folder, settings, dynamic_config=TIME_SKIPPING, throw_away=True, ui=keep
            ) as stack:
                playing = asyncio.create_task(_play(stack, lives, folder, whole=examples is None))
                stopped = asyncio.create_task(stop.wait())
                await asyncio.wait({playing, stopped}, return_when=asyncio.FIRST_COMPLETED)
                stopped.cancel()
                if not playing.done():
                    playing.cancel()
                    raise SystemExit(130)
                good, latest = playing.result()
                if keep:
                    write_line(_how_to_look(stack, folder, latest.year))
                    await until_stopped(stop, stack.worker)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if not good:
        raise SystemExit(1)


async def _play(
    stack: RunningStack, lives: list[Example], folder: Path, *, whole: bool
) -> tuple[bool, datetime]:
    """Play all lives at the same time and report; whether all came true, and the latest moment in them.

    The people of the examples have keys in a folder, stand in a roster, and sign what they decide.
    `whole`: these are all the examples there are, which together cover the lifecycle tables.
    """
    engine = create_engine(stack.where.database_url)
    try:
        queries = RegisterQueries(engine)
        await import_example_layout(engine, _BY)
        officers = ExampleOfficers(lives, folder)
        roster = await officers.set_up(stack.client)
        mismatches = await _play_all(stack, lives, queries, officers)
        await show_register(queries)
        latest = await show_lives(queries, stack.client)
        arrows = await check_arrows(queries)
        signed = await signed_words(queries)
    finally:
        await engine.dispose()
    ended = len(lives) - len(mismatches)
    missing = arrows.missing if whole else ()
    show(
        heading(Words("The check", "核对")),
        words_of(roster),
        signed,
        *(f"✗ {line}" for line in (*mismatches, *missing)),
        _mark(mismatches)
        + say(
            f"{ended} of {counted(len(lives), 'platform')} ended as expected",
            f"{len(lives)} 个平台中 {ended} 个按预期结束",
        ),
        _mark(missing)
        + say(
            f"{arrows.taken} of {arrows.arrows} lifecycle transitions were covered",
            f"已覆盖流程表 {arrows.arrows} 条路径中的 {arrows.taken} 条",
        ),
    )
    return not mismatches and not missing, latest


def _mark(wrong: Sequence[str]) -> str:
    return "✗ " if wrong else "✓ "


async def _play_all(
    stack: RunningStack, lives: list[Example], queries: RegisterQueries, officers: ExampleOfficers
) -> list[str]:
    clockwork = Clockwork(stack.client)
    mismatches: list[str] = []
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    screen = Console(highlight=False)
    with Progress(*columns, console=screen, disable=not draws(), transient=True) as progress:
        steps = sum(len(term.steps) for life in lives for term in life.life.terms)
        bar = progress.add_task(say("Playing …", "演示中 …"), total=steps)

        async def play(example: Example) -> None:
            player = Player(
                example,
                clockwork,
                lambda: progress.advance(bar),
                RegisterLookups(lambda: nullcontext(queries)),
                officers,
            )
            try:
                await player.play()
            except UnexpectedResult as error:
                mismatches.append(str(error))
            except Exception as error:  # one broken life must not hide the others
                mismatches.append(f"{example.platform_id}: {error!r}")
            about = say(example.life.about.en, example.life.about.zh)
            screen.print(f"· {example.platform_id}: {about}", soft_wrap=not draws(), markup=False)

        await asyncio.gather(*(play(example) for example in lives))
    return mismatches


def _how_to_look(stack: RunningStack, folder: Path, year: int) -> str:
    psql = stack.where.database_url.replace("postgresql+asyncpg", "postgresql")
    return "\n".join(
        (
            "",
            say("Everything is still running. To explore it:", "系统仍在运行，可查看："),
            f"  {say('Web UI  ', '网页界面')}  {stack.where.ui_url}",
            f"  pingtai   export PINGTAI_HOME={folder}; pingtai register; pingtai layout show",
            f"  psql      psql '{psql}'",
            say(
                f"Time was skipped: these cases are in the future, up to {year}, and refuse decisions"
                " of today.",
                f"时间已快进：这些平台处于今后年份（最晚至 {year} 年），不能办理今天的决定。",
            ),
            say(
                "To decide on a new one as one of the example people, signed:",
                "以示例人员身份办理新平台并签名：",
            ),
            f"  pingtai apply --file {examples_folder() / NEW_APPLICATION}",
            "  pingtai login --id haidian-kw-03; pingtai recommend bj-open-firmware",
            say(
                "More to decide on, in a system of your own (without this PINGTAI_HOME): pingtai up; pingtai"
                " seed",
                "更多待办事项，可在自己的系统中办理（不设此 PINGTAI_HOME）：pingtai up；pingtai seed",
            ),
            say("Ctrl-C stops it and deletes the data.", "按 Ctrl-C 停止并清除数据。"),
        )
    )
