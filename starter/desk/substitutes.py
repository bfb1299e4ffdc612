"""Acting for somebody who is absent: looked up when a decision is sent, and named in the decision."""

from collections.abc import Callable, Collection
from datetime import date
from typing import TYPE_CHECKING, Any

from starter.desk.kept_mandates import kept_mandates, mandate_of, of_other_days
from starter.desk.reach import open_reads
from workflows.refusal import Refusal, Refused
from workflows.vocabulary import Kind, Role
from workflows.words import Words

if TYPE_CHECKING:
    from db.substitution_queries import SubstitutionRow


async def in_place_of(
    principal_id: str,
    substitute_id: str,
    day: date,
    kind: Kind,
    roles: Collection[Role],
    *,
    tell: Callable[[Words], None],
) -> dict[str, Any]:
    """The `actor` of a decision that a substitute takes: the own id, and the principal's office.

    Of several substitutions of the day the one counts whose role may take this kind of decision. With the
    mandate of the principal, where one is kept here; `tell` hears that one which is kept is of other days.

    Raises:
        Refused: nobody named them for that day.
        Unreachable: the register, where absences are kept, does not answer.
    """
    async with open_reads() as register:
        standing = await register.standing_in(principal_id, substitute_id, day)
    if not standing:
        raise Refused(
            Refusal(
                rule=kind.article,
                en=f"{substitute_id} is not named to act for {principal_id} on {day}: look at"
                " `pingtai absence list`",
                zh=f"{principal_id} 在 {day} 没有委托 {substitute_id} 代为办理：请查看 pingtai absence list",
                stage="",
            )
        )
    fitting = [row for row in standing if row.role in roles]
    row = (fitting or list(standing))[0]
    actor = acting_for(row)
    if mandate := await mandate_of(row):
        actor["acting_for"]["mandate"] = mandate
    elif other := of_other_days([row], kept_mandates()):
        tell(other)
    return actor


def acting_for(row: "SubstitutionRow") -> dict[str, Any]:
    """A substitute as the `actor` of a decision."""
    absence = {
        "principal_id": row.principal_id,
        "first_day": str(row.first_day),
        "last_day": str(row.last_day),
    }
    office = row.principal.model_dump(mode="json", exclude={"id", "acting_for"}, exclude_none=True)
    return {"id": row.substitute_id, **office, "acting_for": absence}
