"""The whole examination, point by point."""

import textwrap
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from db.sqlstate import Trouble, database_errors, in_words, trouble_of
from starter.encryption.key_errors import MissingKey
from starter.errors import PingtaiError
from worker.doctor import (
    check_audit_trail,
    check_cases,
    check_deliveries,
    check_digest_signatures,
    check_installation,
    check_names,
    check_parts,
    check_payload_keys,
    check_register,
    check_roster,
    check_temporal,
    check_time_stamps,
)
from worker.doctor.check_record_sizes import records_have_room
from worker.doctor.finding import Finding, Verdict, bad
from workflows.words import Words

_AWAY = (Trouble.AWAY, Trouble.NO_LOGIN)
_TEMPORAL_AWAY = (RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED)


class Point(NamedTuple):
    """A point of the examination, and which of the two servers it asks."""

    name: str
    examine: Callable[[], Awaitable[Finding]]
    temporal: bool = False
    register: bool = False
    makes_tables_known: bool = False
    """Whether it says that tables are missing: points that fail for that reason are then left out."""
    at_work: bool = False
    """Whether it is about a system at work, and not about its data alone."""


async def examine(
    client: Client, engine: AsyncEngine, *, at_work: bool = True
) -> AsyncIterator[Finding]:
    """Every point in turn; a point that cannot be examined says why.

    Without `at_work` nobody is to work on the cases yet, and that none does is no finding.

    Where Temporal, its namespace, the register or its tables are not there, that is said once, and the
    points that need them are left out.
    """
    temporal = register = tables = True
    try:
        if missing := await check_temporal.missing_namespace(client):
            yield missing
            temporal = False
    except RPCError as error:
        yield _away("Temporal", Words.same(error.message))
        temporal = False
    for point in _points(client, engine, at_work=at_work):
        if (point.temporal and not temporal) or (point.register and not register):
            continue
        try:
            found = await point.examine()
            if point.makes_tables_known and found.verdict is Verdict.BAD:
                tables = False
            yield found
        except RPCError as error:
            if error.status in _TEMPORAL_AWAY:
                temporal = False
                yield _away("Temporal", Words.same(error.message))
            else:
                yield _not_examined(point.name, Words.same(error.message))
        except PingtaiError as error:
            without_key = isinstance(error, MissingKey)
            advice = check_payload_keys.STOPPED if without_key else _SEE
            yield _not_examined(point.name, error.words, advice)
        except database_errors() as error:
            if point.register and trouble_of(error) in _AWAY:
                register = False
                yield _away("PostgreSQL", in_words(error))
            elif tables or trouble_of(error) is not Trouble.NO_TABLES:
                yield _not_examined(point.name, in_words(error))


def _points(client: Client, engine: AsyncEngine, *, at_work: bool) -> tuple[Point, ...]:
    points = (
        Point("TLS", lambda: check_temporal.transport(client), temporal=True, at_work=True),
        Point("retention", lambda: check_temporal.retention(client), temporal=True),
        Point("search attributes", lambda: check_temporal.search_attributes(client), temporal=True),
        Point("workers", lambda: check_temporal.workers(client), temporal=True, at_work=True),
        Point("worker versioning", lambda: check_temporal.versioning(client), temporal=True),
        Point("stuck workflows", lambda: check_cases.stuck(client), temporal=True),
        Point("paused workflows", lambda: check_cases.paused(client), temporal=True),
        Point("ids of cases", lambda: check_cases.strangers(client), temporal=True),
        Point("PostgreSQL", lambda: check_register.postgres(engine), register=True),
        Point(
            "tables",
            lambda: check_register.tables(engine),
            register=True,
            makes_tables_known=True,
        ),
        Point(
            "register",
            lambda: check_register.register_complete(client, engine),
            temporal=True,
            register=True,
        ),
        Point(
            "certificate numbers",
            lambda: check_register.certificate_numbers(engine),
            register=True,
        ),
        Point("records", lambda: records_have_room(engine), register=True),
        Point("inbox", lambda: check_register.inbox_counted(engine), register=True),
        Point("plaques", lambda: check_register.plaques_back(engine), register=True),
        Point(
            "open cases",
            lambda: check_cases.open_cases_run(client, engine),
            temporal=True,
            register=True,
        ),
        Point(
            "roster workflow",
            lambda: check_roster.roster_runs(client, engine),
            temporal=True,
            register=True,
        ),
        Point(
            "both parts",
            lambda: check_parts.both_parts(client, engine),
            temporal=True,
            register=True,
        ),
        Point(
            "one history for each log",
            lambda: check_cases.second_lives(client, engine),
            temporal=True,
            register=True,
        ),
        Point(
            "archive",
            lambda: check_audit_trail.archive(client, engine),
            temporal=True,
            register=True,
        ),
        Point(
            "schedule of the archive",
            lambda: check_audit_trail.archive_schedule(client),
            temporal=True,
        ),
        Point("digests", lambda: check_audit_trail.digests(engine), register=True),
        Point(
            "schedule of the digests",
            lambda: check_audit_trail.digest_schedule(client),
            temporal=True,
        ),
        Point(
            "roster",
            lambda: check_roster.whose_roster(client, engine),
            temporal=True,
            register=True,
        ),
        Point(
            "digest signatures",
            lambda: check_digest_signatures.digest_signatures(engine),
            register=True,
        ),
        Point("time stamps", lambda: check_time_stamps.time_stamps(engine), register=True),
        Point(
            "payload keys",
            lambda: check_payload_keys.payload_keys(client, engine),
            temporal=True,
            register=True,
        ),
        Point("notices", check_deliveries.notices_configured),
        Point("outbox", lambda: check_deliveries.outbox(engine), register=True),
        Point("subscriptions", lambda: check_deliveries.subscribers(engine), register=True),
        Point("names", lambda: check_names.operators_named(engine), register=True),
        Point("calendar", check_installation.calendar),
        Point("fonts", check_installation.fonts),
        Point("packages", check_installation.packages),
    )
    return tuple(point for point in points if at_work or not point.at_work)


def _away(server: str, why: Words) -> Finding:
    """A server does not answer: said once, for all points that need it."""
    found = bad(
        Words(
            f"{server} cannot be reached; the points that need it were not examined",
            f"无法连接 {server}，需要它的各项未检查",
        ),
        _in_one_line(why),
    )
    return found._replace(unreachable=True)


_SEE = Words("see docs/deployment.md", "见 docs/deployment.zh.md")


def _not_examined(name: str, why: Words, advice: Words = _SEE) -> Finding:
    short = _in_one_line(why)
    return bad(
        Words(f"{name}: cannot be examined: {short.en}", f"{name}：无法检查：{short.zh}"),
        advice,
    )


def _in_one_line(words: Words) -> Words:
    return Words._make(textwrap.shorten(text, 300, placeholder=" …") for text in words)
