"""What can go wrong with the register; each message says what to do about it."""


class RegisterError(Exception):
    """The register cannot do what was asked of it."""


class RegisterConflict(RegisterError):
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
        what = f"entry {seq} of workflow {workflow_id} does not fit the register"
        if second_life:
            what = f"workflow {workflow_id} lives this term a second time, from its entry {seq} on"
        super().__init__(
            f"platform {platform_id}, term {term}, {log}: {what}, because another history has written"
            " there. Nothing was written, and trying again cannot help. Which of both is right, people"
            " must say (docs/deployment.md, Two lives of one term)"
        )


class NoCursor(RegisterError):
    """What was given as a cursor of the feed is none."""


class CursorOfAnotherFeed(RegisterError):
    """A cursor of a feed that this register does not have: it was rebuilt, or restored from a backup."""


class SchemaTooNew(RegisterError):
    """The database was migrated by a newer program than this one."""

    def __init__(self, revision: str, head: str) -> None:
        """`revision` is the database's, `head` the newest that this program knows."""
        self.revision = revision
        super().__init__(
            f"the register's tables are at revision {revision}, which this program does not know"
            f" (its newest is {head}): run the newer program, or restore a backup"
        )


class StatementPooling(RegisterError):
    """The pooler before the database gives out connections for single statements: no transaction can be."""

    def __init__(self) -> None:
        """Say which setting."""
        super().__init__(
            "pgbouncer's pool_mode = statement allows no transactions, which the register needs: set"
            " pool_mode = transaction (or session) for this database"
        )


class InvalidDatabaseUrl(RegisterError):
    """DATABASE_URL cannot be used; the message never holds a password."""


class EmbeddedPostgresError(RegisterError):
    """The embedded PostgreSQL did not start or stop; the message ends with its log's last lines."""
