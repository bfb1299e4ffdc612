"""The whole examination, point by point."""

import textwrap
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
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

    name: Words
    examine: Callable[[], Awaitable[Finding]]
    temporal: bool = False
    register: bool = False
    makes_tables_known: bool = False
    """Whether it says that tables are missing: points that fail for that reason are then left out."""
    at_work: bool = False
    """Whether it is about a system at work, and not about its data alone."""
    reads_payloads: bool = False
    """Whether it reads what Temporal keeps, which without its key says nothing."""
    good_without_keys: bool = True
    """Whether what it finds good is so where keys are missing: a case that stops later has no problem yet."""


async def examine(
    client: Client, engine: AsyncEngine, *, at_work: bool = True
) -> AsyncIterator[Finding]:
    """Every point in turn; a point that cannot be examined says why.

    Without `at_work` nobody is to work on the cases yet, and that none does is no finding.

    Where Temporal, its namespace, the register or its tables are not there, that is said once, and the
    points that need them are left out. So are those that read what is encrypted with a key that is not here.
    """
    there = _There()
    try:
        if missing := await check_temporal.missing_namespace(client):
            yield missing
            there.temporal = False
    except RPCError as error:
        yield _away("Temporal", Words.same(error.message))
        there.temporal = False
    points = _points(client, engine, at_work=at_work)
    for point in points:
        if there.lacks(point):
            continue
        try:
            found = await point.examine()
        except _FAILURES as error:
            if failed := there.failed(point, error):
                yield failed
            continue
        if there.says(point, found):
            yield found
        if found.key_missing:
            yield check_payload_keys.not_checked(p.name for p in points if p.reads_payloads)


_FAILURES: tuple[type[Exception], ...] = (RPCError, PingtaiError, *database_errors())


@dataclass
class _There:
    """What is there to be asked: each that is not is said once, and the points that need it are left out."""

    temporal: bool = True
    register: bool = True
    tables: bool = True
    readable: bool = True
    """Whether the keys are here of what Temporal keeps."""

    def lacks(self, point: Point) -> bool:
        """Whether something is not there that a point needs."""
        return (
            (point.temporal and not self.temporal)
            or (point.register and not self.register)
            or (point.reads_payloads and not self.readable)
        )

    def says(self, point: Point, found: Finding) -> bool:
        """Take note of what was found; whether it says something."""
        if point.makes_tables_known and found.verdict is Verdict.BAD:
            self.tables = False
        if found.key_missing:
            self.readable = False
        return self.readable or point.good_without_keys or found.verdict is not Verdict.GOOD

    def failed(self, point: Point, error: Exception) -> Finding | None:
        """Say why a point could not be examined; None: that has been said."""
        if isinstance(error, RPCError):
            if error.status not in _TEMPORAL_AWAY:
                return _not_examined(point.name, Words.same(error.message))
            self.temporal = False
            return _away("Temporal", Words.same(error.message))
        if isinstance(error, PingtaiError):
            advice = check_payload_keys.STOPPED if isinstance(error, MissingKey) else _SEE
            return _not_examined(point.name, error.words, advice)
        if point.register and trouble_of(error) in _AWAY:
            self.register = False
            return _away("PostgreSQL", in_words(error))
        if self.tables or trouble_of(error) is not Trouble.NO_TABLES:
            return _not_examined(point.name, in_words(error))
        return None


def _points(client: Client, engine: AsyncEngine, *, at_work: bool) -> tuple[Point, ...]:
    points = (
        Point(
            Words.same("TLS"), lambda: check_temporal.transport(client), temporal=True, at_work=True
        ),
        Point(
            Words("retention", "保留期"),
            lambda: check_temporal.retention(client),
            temporal=True,
        ),
        Point(
            Words("search attributes", "搜索属性"),
            lambda: check_temporal.search_attributes(client),
            temporal=True,
        ),
        Point(
            Words("workers", "工作进程"),
            lambda: check_temporal.workers(client),
            temporal=True,
            at_work=True,
        ),
        Point(
            Words("worker versioning", "工作进程版本"),
            lambda: check_temporal.versioning(client),
            temporal=True,
        ),
        Point(
            Words("payload keys", "载荷密钥"),
            lambda: check_payload_keys.payload_keys(client, engine),
            temporal=True,
            register=True,
        ),
        Point(
            Words("stuck workflows", "异常的流程"),
            lambda: check_cases.stuck(client),
            temporal=True,
            good_without_keys=False,
        ),
        Point(
            Words("paused workflows", "被暂停的流程"),
            lambda: check_cases.paused(client),
            temporal=True,
        ),
        Point(Words("ids of cases", "编号"), lambda: check_cases.strangers(client), temporal=True),
        Point(Words.same("PostgreSQL"), lambda: check_register.postgres(engine), register=True),
        Point(
            Words("tables", "表结构"),
            lambda: check_register.tables(engine),
            register=True,
            makes_tables_known=True,
        ),
        Point(
            Words("register", "名册"),
            lambda: check_register.register_complete(client, engine),
            temporal=True,
            register=True,
        ),
        Point(
            Words("certificate numbers", "证书编号"),
            lambda: check_register.certificate_numbers(engine),
            register=True,
        ),
        Point(Words("records", "记录余量"), lambda: records_have_room(engine), register=True),
        Point(Words("counts", "计数"), lambda: check_register.all_counted(engine), register=True),
        Point(Words("plaques", "牌子"), lambda: check_register.plaques_back(engine), register=True),
        Point(
            Words("open cases", "未结束的程序"),
            lambda: check_cases.open_cases_run(client, engine),
            temporal=True,
            register=True,
        ),
        Point(
            Words("roster workflow", "人员目录流程"),
            lambda: check_roster.roster_runs(client, engine),
            temporal=True,
            register=True,
            reads_payloads=True,
        ),
        Point(
            Words("both parts", "两部分"),
            lambda: check_parts.both_parts(client, engine),
            temporal=True,
            register=True,
            reads_payloads=True,
        ),
        Point(
            Words("one history for each log", "一份记录一份历史"),
            lambda: check_cases.second_lives(client, engine),
            temporal=True,
            register=True,
        ),
        Point(
            Words("archive", "归档"),
            lambda: check_audit_trail.archive(client, engine),
            temporal=True,
            register=True,
        ),
        Point(
            Words("schedule of the archive", "归档的计划任务"),
            lambda: check_audit_trail.archive_schedule(client),
            temporal=True,
        ),
        Point(
            Words("digests", "每日摘要"), lambda: check_audit_trail.digests(engine), register=True
        ),
        Point(
            Words("schedule of the digests", "摘要的计划任务"),
            lambda: check_audit_trail.digest_schedule(client),
            temporal=True,
        ),
        Point(
            Words("roster", "人员目录"),
            lambda: check_roster.whose_roster(client, engine),
            temporal=True,
            register=True,
        ),
        Point(
            Words("digest signatures", "摘要签名"),
            lambda: check_digest_signatures.digest_signatures(engine),
            register=True,
        ),
        Point(
            Words("time stamps", "时间戳"),
            lambda: check_time_stamps.time_stamps(engine),
            register=True,
        ),
        Point(Words("notices", "通知"), check_deliveries.notices_configured),
        Point(Words("outbox", "待发通知"), lambda: check_deliveries.outbox(engine), register=True),
        Point(
            Words("subscriptions", "订阅"),
            lambda: check_deliveries.subscribers(engine),
            register=True,
        ),
        Point(
            Words("names of operators", "单位名称"),
            lambda: check_names.operators_named(engine),
            register=True,
        ),
        Point(Words("calendar", "工作日历"), check_installation.calendar),
        Point(Words("fonts", "字体"), check_installation.fonts),
        Point(Words("packages", "软件包"), check_installation.packages),
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


def _not_examined(name: Words, why: Words, advice: Words = _SEE) -> Finding:
    short = _in_one_line(why)
    return bad(
        Words(f"{name.en}: cannot be examined: {short.en}", f"{name.zh}：无法检查：{short.zh}"),
        advice,
    )


def _in_one_line(words: Words) -> Words:
    return Words._make(textwrap.shorten(text, 300, placeholder=" …") for text in words)
