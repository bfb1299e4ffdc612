"""What speaks against a mandate before it is signed or kept: on its days it would be refused for the same."""

import base64
from datetime import datetime

from starter.desk.kept_mandates import KeptMandate
from starter.desk.known_people import unknown_people
from starter.errors import BadInput, NotAllowed
from workflows.periods import beijing_date
from workflows.roster_entries import RosterEntry, objection_to_key
from workflows.signed_mandates import MANDATE_NAMESPACE
from workflows.ssh_signatures import BadSignature, PublicKey, signer_of
from workflows.words import Words


def key_of(mandate: KeptMandate) -> PublicKey:
    """Return the key that signed a mandate.

    Raises:
        BadInput: its signature is none of what it says.
    """
    try:
        signature = base64.b64decode(mandate.sshsig, validate=True)
        return signer_of(signature, mandate.form(), MANDATE_NAMESPACE)
    except BadSignature as error:
        why = error.words
    except ValueError:
        why = Words("it is no base64", "不是 base64")
    raise BadInput(
        f"the mandate's signature does not hold ({why.en}): persons, days and kinds of decision are what was"
        f" signed, or nothing is. Have {mandate.principal} sign it anew (pingtai mandate sign)",
        f"委托书签名无效（{why.zh}）：人员、日期、事项均须与签名时一致。请由 {mandate.principal} 重新签署"
        "（pingtai mandate sign）",
    )


async def check_mandate(mandate: KeptMandate, key: PublicKey, at: datetime) -> None:
    """Look whether a mandate can be of use; where there is no roster, by itself alone.

    Raises:
        BadInput: by its persons and days it is none.
        NotAllowed: its persons do not stand in the roster as they must.
        Unreachable: the register does not answer.
    """
    if mandate.principal == mandate.substitute:
        raise BadInput("you cannot be your own substitute", "不能由本人代本人办理")
    if mandate.last_day < mandate.first_day:
        raise BadInput(
            f"the last day ({mandate.last_day}) lies before the first ({mandate.first_day})",
            f"代理末日（{mandate.last_day}）早于首日（{mandate.first_day}）",
        )
    if mandate.last_day < (day := beijing_date(at)):
        raise BadInput(
            f"its days are over: until {mandate.last_day}, and today is {day}",
            f"委托期限已过：至 {mandate.last_day}，今日为 {day}",
        )
    from starter.roster.roster_access import open_roster_people  # noqa: PLC0415 - after what needs no server

    async with open_roster_people() as roster:
        people = await roster.named([mandate.principal, mandate.substitute])
        if unknown := await unknown_people(roster, (mandate.principal, mandate.substitute)):
            raise NotAllowed(unknown)
    if not people:
        return
    principal, substitute = people[mandate.principal], people[mandate.substitute]
    if why := objection_to_key(principal, key, at):
        raise NotAllowed(why)
    if _office(principal) != _office(substitute):
        raise NotAllowed(
            f"{principal.id} and {substitute.id} are not of one role and body: a mandate would not hold",
            f"{principal.id} 与 {substitute.id} 身份、单位不同：委托书无效",
        )
    ended = substitute.last_day
    if ended and ended < mandate.first_day:
        raise NotAllowed(
            f"{substitute.id} is in the roster until {ended} only",
            f"{substitute.id} 的任职至 {ended} 止",
        )


def _office(entry: RosterEntry) -> tuple[str, str | None, str | None]:
    return entry.role, entry.district, entry.platform_id
