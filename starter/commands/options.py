"""Options and arguments that several commands have: what a list is narrowed by, a platform's id, a day."""

import asyncio
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

from activities.added_fields import AddedField
from starter.commands.notation import day
from starter.commands.word_choice import WordChoice, chinese_list, known
from starter.desk.did_you_mean import near_words
from starter.desk.platform_names import Holder, Kept, resolve_platform
from starter.desk.reach import open_reads
from starter.terminal.catalogue import made
from starter.terminal.command_runner import NEAR_PLATFORMS, answered
from starter.terminal.language import say
from starter.terminal.screen import complain
from starter.terminal.whole_number import WholeNumber
from workflows.periods import BEIJING
from workflows.vocabulary import District, Field, Stage
from workflows.words import Words

F = TypeVar("F", bound=Callable[..., Any])
Option = Callable[[F], F]

BY_NAME = "starter.by_name"
"""In click's `meta`: the id of the platform that was called by a name."""
WITHIN = 1.0
"""Seconds that somebody who pressed Tab waits at most."""
OFFERED = 50


class FieldWord(WordChoice):
    """A field, in English or Chinese: one that has a name, or one that only the register or the layout has."""

    name = "field"

    def __init__(self) -> None:
        """Know those of the guideline, and those that Beijing's programmes add."""
        super().__init__((*Field, *AddedField))

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The English word, as the register has it.

        Raises:
            click.BadParameter: there is no such field.
            click.exceptions.Exit: whether there is one cannot be asked.
        """
        said = str(value).strip()
        if known(self.vocabulary, said) is None and ctx and not ctx.resilient_parsing:
            with answered():
                if said in asyncio.run(_fields_in_use()):
                    return said
        return super().convert(said, param, ctx)


async def _fields_in_use() -> set[str]:
    """The fields that platforms and the layout have: a policy may add others than those that have a name."""
    async with open_reads(patient=True) as register:
        figures, layout = await register.figures(), await register.layout()
    named = {one.field for one in layout.directions} if layout else set()
    return named | {one.word for one in figures.fields}


class Day(click.ParamType[date]):
    """A day in Beijing, as 2026-05-01, or as people write it."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day."""
        try:
            return value if isinstance(value, date) else date.fromisoformat(day(str(value)))
        except ValueError:
            words = Words(
                f"{value!r} is not a date: use YYYY-MM-DD",
                f"“{value}”不是日期：应为 YYYY-MM-DD",
            )
            self.fail(say(words), param, ctx)


class Moment(click.ParamType[datetime]):
    """A moment, as 2026-12-24T09:00Z; without a zone it is Beijing time."""

    name = "moment"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """The moment."""
        try:
            at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        except ValueError:
            words = Words(
                f"{value!r} is not a moment: use 2026-12-24T09:00Z, or Beijing time without the Z",
                f"“{value}”不是时刻：应为 2026-12-24T09:00Z，或不带 Z 的北京时间",
            )
            self.fail(say(words), param, ctx)
        return at if at.tzinfo else at.replace(tzinfo=BEIJING)


class PlatformId(click.ParamType[str]):
    """A platform's id, completed from the register; an unambiguous name, or part of one, does as well.

    Which platform a name has become is said before the command does anything.
    """

    name = "platform"

    def __init__(self, holder: Holder | None = Holder.REGISTER) -> None:
        """`holder` knows whether there is a platform of an id that the register does not know.

        None: it is only completed; the command itself asks which one is meant (`platform_meant`).
        """
        self._holder = holder

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The id.

        Raises:
            click.exceptions.Exit: several platforms are called so, or none is.
        """
        if self._holder is None or ctx is None or ctx.resilient_parsing:
            return str(value)
        with answered():
            return asyncio.run(platform_meant(str(value), self._holder, ctx, self.kept(ctx)))

    def kept(self, ctx: click.Context) -> Kept | None:
        """Who is asked for an id that the register lacks, before it is taken for a part of a name."""
        return None

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Ids that begin so, with the platforms' names; none where the register does not answer."""
        try:
            return asyncio.run(_offered(incomplete))
        except Exception:  # Tab is no place for an error, whichever it is
            return []


async def platform_meant(
    given: str, holder: Holder, context: click.Context, kept: Kept | None = None
) -> str:
    """The id of the platform that is meant; it is said which one a name has become.

    Raises as `resolve_platform`.
    """
    found = await resolve_platform(given, holder, kept)
    context.meta[NEAR_PLATFORMS] = near_words(found.near)
    if found.name is not None:
        context.meta[BY_NAME] = found.platform_id
        its_id = found.platform_id
        complain(Words(f"{given}: {its_id} ({found.name})", f"{given}：{its_id}（{found.name}）"))
    return found.platform_id


async def _offered(incomplete: str) -> list[CompletionItem]:
    async with asyncio.timeout(WITHIN), open_reads(start=False) as register:
        rows = await register.named_like(incomplete, OFFERED)
    return [CompletionItem(platform_id, help=name) for platform_id, name in rows]


DAY = Day()
MOMENT = Moment()

platform_argument: Option[Any] = click.argument("platform", type=PlatformId())
district_option: Option[Any] = click.option(
    "--district", type=WordChoice(District), metavar="DISTRICT", help="Only this district. 所在区"
)
field_option: Option[Any] = click.option(
    "--field",
    type=FieldWord(),
    metavar="FIELD",
    help=made(
        Words(
            f"Only this field. 领域: {', '.join(Field)}; by a policy also {', '.join(AddedField)}",
            f"只列该领域：{chinese_list(Field)}；政策参数增列的：{chinese_list(AddedField)}",
        )
    ),
)
stage_option: Option[Any] = click.option(
    "--stage",
    type=WordChoice(Stage),
    metavar="STAGE",
    help=made(
        Words(
            f"Only this stage. 阶段: {', '.join(Stage)}",
            f"只列处于该阶段的平台：{chinese_list(Stage)}",
        )
    ),
)
listed_in_option: Option[Any] = click.option(
    "--year",
    type=WholeNumber(2000, 2199),
    metavar="YEAR",
    help="Only platforms listed in this year. 纳入年份",
)
json_option: Option[Any] = click.option(
    "--json", "as_json", is_flag=True, help="Print the answer as JSON. 以 JSON 输出"
)


report_option: Option[Any] = click.option(
    "--file",
    "report",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write all rows to this .xlsx or .csv file. 导出文件",
)


def limit_option(most: int, default: int = 50) -> Option[Any]:
    """The option for how many rows are shown at most."""
    return click.option(
        "--limit",
        type=WholeNumber(1, most),
        default=default,
        show_default=True,
        help="Maximum rows. 最多行数",
    )


def after_option(metavar: str) -> Option[Any]:
    """The option for the next page of a list; `metavar` is what a place in it is."""
    return click.option(
        "--after",
        metavar=metavar,
        help="Next page: the value from the end of the page before. 下一页",
    )
