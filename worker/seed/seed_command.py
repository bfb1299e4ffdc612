"""`pingtai seed`: an empty system gets examples that people can decide on today."""

from collections.abc import Iterable
from contextlib import nullcontext
from datetime import date

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from sqlalchemy.ext.asyncio import AsyncEngine

from db.home import home
from db.queries import RegisterQueries
from db.roster_queries import newest_root
from starter.client.register_access import open_engine
from starter.client.register_lookups import RegisterLookups
from starter.client.temporal_connection import connect
from starter.clock import today
from starter.desk.reach import directly_only
from starter.errors import BadInput
from starter.roster.example_roster import enter, example_changes
from starter.roster.roster_access import DirectRoster
from starter.terminal.command_runner import answering
from starter.terminal.language import say
from starter.terminal.screen import complain, draws, show, table
from starter.terminal.wording import STAGE, joined, stage
from worker.demo.example_layout import import_example_layout
from worker.demo.example_lives import Example, load_examples
from worker.demo.example_officers import ExampleOfficers
from worker.seed.sample_cases import SAMPLES
from worker.seed.seeding import Seeding
from workflows.vocabulary import Word
from workflows.words import Words, counted, listed_zh

_AS_EXAMPLE = (
    Words(
        "Or be one of the examples, with their key (pingtai roster list):",
        "或使用示例人员的身份和密钥（pingtai roster list）：",
    ),
    "  pingtai login --id commission-07",
)
_BY = "seed"
"""In whose name the layout is imported."""


@click.command()
@click.option(
    "--add", is_flag=True, help="Also where there are other platforms. 已有其他平台时也添加"
)
@answering
async def seed(add: bool) -> None:
    """Fill an empty system with example platforms dated to today. 以示例平台填充空系统

    20 invented platforms: some in each stage, existing ones that are brought in, open assessments, and
    steps that are due on the next working day. Everything that is awaited of them can be decided today.
    Their days end today: what lies in the past was decided on paper. A repeated run sends only what is
    missing. Needs a running system (pingtai up), and takes a few seconds.

    \b
    Example:
      pingtai seed
    """
    directly_only("`pingtai seed`", "填充示例")
    examples = {example.platform_id: example for example in load_examples(None)}
    async with open_engine(patient=True) as engine:
        register = RegisterQueries(engine)
        lookups = RegisterLookups(lambda: nullcontext(register))
        officers = await _officers(examples.values(), engine)
        seeding = await Seeding.connect(register, lookups, officers)
        begun = await seeding.begun_on()
        if begun is None and not add and not await seeding.is_empty():
            raise BadInput(
                "this system has platforms already. To add the examples all the same: pingtai seed --add",
                "系统中已有平台。如仍要添加示例，请运行：pingtai seed --add",
            )
        day = begun or today()
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        screen = Console(stderr=True)
        with Progress(*columns, console=screen, disable=not draws(), transient=True) as progress:
            bar = progress.add_task(say("Seeding …", "填充中 …"), total=len(SAMPLES))
            await seeding.fill(examples, day, lambda: progress.advance(bar))
        directions = await import_example_layout(engine, _BY)
    _tell(seeding, day, directions)


async def _officers(examples: Iterable[Example], engine: AsyncEngine) -> ExampleOfficers | None:
    """The examples' people, entered in the example roster; None where there is no roster: nobody signs.

    Raises:
        BadInput: there is a roster, and it is not the examples' own.
    """
    if await newest_root(engine) is None:
        return None
    changes = await example_changes(DirectRoster(await connect(), engine), home())
    if changes is not None:
        officers = ExampleOfficers(examples, home())
        await enter(changes, list(officers.entries.values()))
        return officers
    raise BadInput(
        "this system has a roster of its own, in which the examples' people do not stand: they cannot sign what"
        " they decide. They can in a new system: PINGTAI_HOME=FOLDER pingtai up",
        "本系统已设立人员目录，示例人员不在其中，其决定无法签名。请在新系统中试用："
        "PINGTAI_HOME=目录 pingtai up",
    )


def _tell(seeding: Seeding, day: date, directions: int) -> None:
    by_stage: dict[Word, list[str]] = {}
    for sample in SAMPLES:
        if sample.platform_id not in seeding.refused:
            by_stage.setdefault(sample.stands, []).append(sample.platform_id)
    for platform_id, why in seeding.refused.items():
        complain(Words(f"{platform_id} was not added: {why.en}", f"{platform_id} 未添加：{why.zh}"))
    if not seeding.sent:
        show(
            Words(
                f"Nothing to add: the examples have been here since {day}.",
                f"无需添加：示例已于 {day} 填充。",
            )
        )
        return
    columns = (STAGE, Words("platforms", "平台"))
    show(table(columns, [(stage(one), joined(ids)) for one, ids in by_stage.items()], whole=(0,)))
    number = sum(map(len, by_stage.values()))
    show(
        "",
        Words(
            f"As on {day}: {counted(number, 'example platform')}."
            f" Imported: {counted(directions, 'direction')}.",
            f"{number} 个示例平台已按 {day} 的情况填充，另导入 {directions} 个布局方向。",
        ),
    )
    soon = [one.platform_id for one in SAMPLES if one.hurried]
    show(
        Words(
            "Nothing is overdue on the first day: a step's days count from when the system took the"
            f" decision before it. Due on the next working day, and then overdue: {', '.join(soon)}.",
            "首日没有逾期事项：各环节期限自系统受理上一项决定时起算。"
            f"下一工作日到期、其后逾期：{listed_zh(soon)}。",
        ),
        Words("To decide, say who you are, and look at what is waiting:", "登记身份并查看待办："),
        "  pingtai login --id hd-01 --role district --district haidian \\",
        "      --organisation 海淀区科技主管部门",
        "  pingtai inbox",
        *(_AS_EXAMPLE if seeding.signs else ()),
    )
