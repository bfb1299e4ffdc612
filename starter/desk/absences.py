"""Naming a substitute: what it must say, and who may name one for whom."""

from typing import Self

from pydantic import model_validator

from starter.desk.profile import check_district
from workflows.actors import Actor
from workflows.model import Day, Identifier, Message, Remark, wrong
from workflows.refusal import Refusal, Refused
from workflows.vocabulary import Role

RULE = "§四, §六"
"""Who decides what; a substitute decides in the principal's place."""


class Absence(Message):
    """Who acts for whom, from the first to the last of some days (Beijing time), and why."""

    principal: Actor
    substitute: Identifier
    first_day: Day
    last_day: Day
    reason: Remark | None = None

    @model_validator(mode="after")
    def _make_sense(self) -> Self:
        if self.last_day < self.first_day:
            raise wrong("--until lies before --from", "--until 早于 --from")
        if self.substitute == self.principal.id:
            raise wrong("you cannot be your own substitute", "不能由本人代本人办理")
        check_district(self.principal.role, self.principal.district)
        return self


def may_name(person: Actor, principal_id: str) -> None:
    """Let people name their own substitutes, and the commission everybody's.

    Raises:
        Refused: it is somebody else's, and this is not the commission.
    """
    if person.id == principal_id or person.role is Role.COMMISSION:
        return
    raise Refused(
        Refusal(
            rule=RULE,
            en=f"only {principal_id} and the commission say who acts for {principal_id},"
            f" not {person.id}",
            zh=f"只有 {principal_id} 本人和市科委、中关村管委会可指定其代理人，{person.id} 不可",
            stage="",
        )
    )
