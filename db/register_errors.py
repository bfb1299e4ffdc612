"""What can go wrong with the register; each message says what to do about it."""

from workflows.errors import BadInput, PingtaiError, Unreachable


class RegisterConflict(PingtaiError):
    """Another history has written entries of the same log; trying again cannot help.

    The name of this class is a part of the contract: it is the type of the error that a workflow gets.
    """

    def __init__(
        self,
        platform_id: str,
        term: int,
        year: int,
        seq: int,
        workflow_id: str,
        *,
        second_life: bool = False,
    ) -> None:
        """`year` is 0 for the platform's own log; `seq` is the first entry that differs.

        `second_life`: the whole log is another one, from its first entry on.
        """
        self.platform_id = platform_id
        self.term = term
        self.year = year
        self.seq = seq
        self.workflow_id = workflow_id
        self.second_life = second_life
        log = f"assessment of year {year}" if year else "the platform's own log"
        log_zh = f"第 {year} 年考核" if year else "平台自身记录"
        what = f"entry {seq} of workflow {workflow_id} does not fit the register"
        what_zh = f"流程 {workflow_id} 的第 {seq} 条与名册不符"
        if second_life:
            what = f"workflow {workflow_id} lives this term a second time, from its entry {seq} on"
            what_zh = f"流程 {workflow_id} 自第 {seq} 条起重复经历本期"
        super().__init__(
            f"platform {platform_id}, term {term}, {log}: {what}, because another history has written"
            " there. Nothing was written, and trying again cannot help. Which of both is right, people"
            " must say (docs/deployment.md, A term with two histories)",
            f"{platform_id} 第 {term} 期（{log_zh}）：{what_zh}，因为另一份历史已写入。本次未写入，重试无效；"
            "何者为准须由人判定（见 docs/deployment.zh.md“同一期次的两份记录”）",
        )


class NoCursor(BadInput):
    """What was given as a cursor of the feed is none."""


class CursorOfAnotherFeed(BadInput):
    """A cursor of a feed that this register does not have: it was rebuilt, or restored from a backup."""


class SchemaTooNew(Unreachable):
    """The database was migrated by a newer program than this one."""

    def __init__(self, revision: str, head: str) -> None:
        """`revision` is the database's, `head` the newest that this program knows."""
        self.revision = revision
        super().__init__(
            f"the register's tables are at revision {revision}, which this program does not know"
            f" (its newest is {head}): run the newer program, or restore a backup",
            f"名册数据库的表为版本 {revision}，本程序尚不支持（最新支持 {head}）：请运行新版程序，或恢复备份",
        )


class StatementPooling(Unreachable):
    """The pooler before the database gives out connections for single statements: no transaction can be."""

    def __init__(self) -> None:
        super().__init__(
            "pgbouncer's pool_mode = statement allows no transactions, which the register needs: set"
            " pool_mode = transaction (or session) for this database",
            "pgbouncer 的 pool_mode = statement 不支持名册所需的事务：请为此数据库设置 pool_mode ="
            " transaction（或 session）",
        )


class InvalidDatabaseUrl(BadInput):
    """DATABASE_URL cannot be used; the message never holds a password."""


class EmbeddedPostgresError(Unreachable):
    """The embedded PostgreSQL did not start or stop; the message ends with its log's last lines."""


class ErasureConflict(RegisterConflict):
    """Another history has written the log of an erasure, or entries before are missing."""

    def __init__(self, seq: int) -> None:
        """`seq` is the entry that does not fit."""
        PingtaiError.__init__(
            self,
            f"the log of the erasure differs from the register's at entry {seq}: nothing was written",
            f"删除记录第 {seq} 条与名册不符，本次未写入",
        )
        self.seq = seq


class RosterConflict(RegisterConflict):
    """Another history has written the roster's log, or entries before are missing."""

    def __init__(self, seq: int) -> None:
        """`seq` is the entry that does not fit."""
        PingtaiError.__init__(
            self,
            f"the roster's log differs from the register's at entry {seq}: another roster was set up, or the"
            " register lacks entries before it. Nothing was written (docs/roster.md)",
            f"人员目录第 {seq} 条与名册不符：设立了另一目录，或名册缺少此前条目。"
            "本次未写入（见 docs/roster.zh.md）",
        )
        self.seq = seq
