"""What the demo shows at its end: the register, a line for each platform, and whether all came true."""

from dataclasses import dataclass
from datetime import UTC, datetime

from temporalio.client import Client

from db.queries import RegisterQueries
from db.reading import LARGEST_PAGE
from starter.client.visibility import runs_of
from starter.terminal.language import say, word
from starter.terminal.screen import heading, show, table
from workflows.contract import platform_workflow_id
from workflows.lifecycle import ASSESSMENT, PLATFORM
from workflows.lifecycle_rows import NOTED
from workflows.periods import last_day
from workflows.vocabulary import District, Kind, Stage
from workflows.words import Words


@dataclass(frozen=True)
class Checks:
    """What was checked: arrows taken of how many, and what went otherwise than the files say."""

    arrows: int
    taken: int
    missing: tuple[str, ...]


async def check_arrows(queries: RegisterQueries) -> Checks:
    """Hold the register's logs against the lifecycle tables: was every arrow taken?"""
    walked = await queries.arrows()
    missing, total = [], 0
    for lifecycle in (PLATFORM, ASSESSMENT):
        for start, trigger, arrow in lifecycle.arrows():
            if trigger in NOTED:
                continue  # no example changes the roster, or loses its engine
            total += 1
            if not any(
                way.lifecycle == lifecycle.name
                and (way.name, way.outcome) == (trigger.name, arrow.outcome)
                and start in (None, way.stage_before)
                # Back where its decision was awaited: no stage that the table could name.
                and (
                    trigger.name == Kind.SET_ASIDE
                    or way.stage_after == (arrow.to or way.stage_before)
                )
                for way in walked
            ):
                goal = arrow.to or "the same stage"
                missing.append(
                    f"{lifecycle.name}: {start or 'any stage'} -> {goal} by {arrow.outcome}"
                )
    return Checks(total, total - len(missing), tuple(missing))


async def show_register(queries: RegisterQueries) -> None:
    """The register, as `pingtai register` keeps it."""
    columns = (
        say("Platform", "平台"),
        say("District", "所在区"),
        say("Term", "期"),
        say("Stage", "阶段"),
        say("List", "名单"),
        say("Valid until", "有效期至"),
    )
    rows = [
        (
            row.platform_id,
            word(row.district, District),
            str(row.term),
            word(row.stage, Stage),
            row.list_number or "",
            last_day(row.valid_until).isoformat() if row.valid_until else "",
        )
        for row in await queries.register(limit=LARGEST_PAGE)
    ]
    show(heading(Words("The register", "平台名册")), table(columns, rows, whole=(0, 4, 5)))


async def show_lives(queries: RegisterQueries, client: Client) -> datetime:
    """A line for each platform: how each term ended, how many days it took, how many events.

    Returns the latest moment at which one of them stands.
    """
    columns = (
        say("Platform", "平台"),
        say("How its terms ended", "各期结果"),
        say("Days", "天数"),
        say("Entries", "记录"),
        say("Events", "事件"),
    )
    rows = []
    latest = datetime.min.replace(tzinfo=UTC)
    for row in await queries.register(limit=LARGEST_PAGE):
        card = await queries.platform(row.platform_id)
        assert card is not None  # noqa: S101 - it stands in the register
        times = [line.entry.at for line in card.log]
        first, last = min(times), max(times)
        latest = max(latest, last)
        rows.append(
            (
                row.platform_id,
                ", ".join(word(term.stage, Stage) for term in card.terms),
                f"{(last - first).days:,}",
                str(len(card.log)),
                f"{await _events(client, row.platform_id):,}",
            )
        )
    show(heading(Words("The lives", "各平台历程")), table(columns, rows, whole=(0, 2, 3, 4)))
    return latest


async def _events(client: Client, platform_id: str) -> int:
    """How many events the histories of a platform and its assessments hold, over all runs."""
    base = platform_workflow_id(platform_id)
    events = 0
    async for run in runs_of(client, base, children=True):
        # The list knows the length of an open run's history only once it has closed.
        handle = client.get_workflow_handle(run.id, run_id=run.run_id)
        events += run.history_length or (await handle.describe()).history_length
    return events


async def signed_words(queries: RegisterQueries) -> Words:
    """How many decisions were signed by those who took them, and how many by two."""
    async with queries.source.connect() as reading:
        (row,) = await reading.fetch(_SIGNED)
    return Words(
        f"{row['signed']} of {row['decisions']} decisions signed by their officers,"
        f" {row['twice']} of them by two",
        f"{row['decisions']} 项决定中 {row['signed']} 项由经办人签名，其中 {row['twice']} 项经会签",
    )


_SIGNED = """SELECT count(*) AS decisions, count(*) FILTER (WHERE said ? 'signatures') AS signed,
count(*) FILTER (WHERE jsonb_array_length(said -> 'signatures') = 2) AS twice
FROM log_entries WHERE kind = 'decision'"""
