"""Mandates that people were given: kept beside the profile, and attached to what they decide for others.

A file holds the signature alone: the proof that its signer stands in the roster is taken when it is used,
because each version of the roster has others.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from starter.desk.own_files import write_own
from starter.desk.profile_file import profile_path
from starter.error_reasons import reason_of
from starter.errors import BadInput
from starter.tables.file_content import read_bytes
from workflows.field_labels import Label
from workflows.model import Day, Identifier, InvalidMessage, Message, as_sent, parse
from workflows.vocabulary import Kind
from workflows.words import Words

if TYPE_CHECKING:
    from db.substitution_queries import SubstitutionRow

LARGEST = 10_000
"""Bytes of a mandate's file."""
_SUFFIX = ".mandate.json"


class KeptMandate(Message):
    """A mandate as its file has it."""

    principal: Annotated[Identifier, Label("absent person's id", "被代理人编号")]
    substitute: Annotated[Identifier, Label("substitute's id", "代理人编号")]
    first_day: Annotated[Day, Label("first day", "代理首日")]
    last_day: Annotated[Day, Label("last day", "代理末日")]
    kinds: Annotated[tuple[Kind, ...], Label("kinds of decision", "委托事项")] = ()
    sshsig: Annotated[
        str,
        Field(pattern=r"^[A-Za-z0-9+/]+={0,2}$", max_length=2732),
        Label("signature", "签名"),
    ]

    def form(self) -> bytes:
        """Return the bytes that were signed."""
        from workflows.signed_mandates import mandate_form  # noqa: PLC0415

        return mandate_form(
            self.principal, self.substitute, self.first_day, self.last_day, self.kinds
        )

    def is_of_persons(self, row: "SubstitutionRow") -> bool:
        """Whether it is between the persons of a substitution."""
        return (self.principal, self.substitute) == (row.principal_id, row.substitute_id)

    def fits(self, row: "SubstitutionRow") -> bool:
        """Whether it is of a substitution, as the register has it: its days are what was signed."""
        days = (self.first_day, self.last_day) == (row.first_day, row.last_day)
        return days and self.is_of_persons(row)


def mandates_folder() -> Path:
    """Where mandates are kept: beside the profile."""
    return profile_path().with_name("mandates")


def kept_mandates() -> list[KeptMandate]:
    """Return the mandates that are kept, the last day first; a file that is none is passed over."""
    found: list[KeptMandate] = []
    folder = mandates_folder()
    for path in sorted(folder.glob(f"*{_SUFFIX}")) if folder.is_dir() else ():
        try:
            found.append(read_mandate(path))
        except (BadInput, InvalidMessage):
            continue
    return sorted(found, key=lambda one: one.last_day, reverse=True)


def read_mandate(path: Path) -> KeptMandate:
    """Return the mandate in a file.

    Raises:
        BadInput: it cannot be read.
        InvalidMessage: it is none.
    """
    content = read_bytes(str(path), LARGEST, ("it is no mandate", "不是委托书文件"))
    return parse(KeptMandate, content, str(path))


def keep_mandate(mandate: KeptMandate) -> Path:
    """Keep a mandate; one of the same persons and days is replaced. Raises BadInput."""
    name = (
        f"{mandate.principal}-{mandate.first_day}-{mandate.last_day}-{mandate.substitute}{_SUFFIX}"
    )
    path = mandates_folder() / name
    try:
        write_own(path, mandate_text(mandate))
    except OSError as error:
        why = reason_of(error)
        raise BadInput(
            f"{path} cannot be written: {why.en}", f"无法写入 {path}：{why.zh}"
        ) from None
    return path


def mandate_text(mandate: KeptMandate) -> str:
    """Return a mandate as its file has it."""
    return json.dumps(as_sent(mandate), ensure_ascii=False, indent=1) + "\n"


def of_other_days(
    rows: "Sequence[SubstitutionRow]", mandates: Sequence[KeptMandate]
) -> Words | None:
    """Say that mandates are of other days than the substitutions of their persons; None where one fits.

    A decision carries the days of one substitution, and its mandate was signed for exactly those.
    """
    of_persons = [one for one in mandates if any(map(one.is_of_persons, rows))]
    if not of_persons or any(one.fits(row) for one in of_persons for row in rows):
        return None
    signed = dict.fromkeys((one.first_day, one.last_day) for one in of_persons)
    named = dict.fromkeys((row.first_day, row.last_day) for row in rows)
    principal, substitute = of_persons[0].principal, of_persons[0].substitute
    first, last = next(iter(named))
    again = f"pingtai mandate sign {substitute} --from {first} --until {last} -o FILE"
    return Words(
        f"the mandate of {principal} for {substitute} is of {_days(signed, 'en')}, the absence of"
        f" {_days(named, 'en')}: it is not used. Both are of the same days: {principal} signs"
        f" anew ({again}), or names the absence anew",
        f"{principal} 委托 {substitute} 的委托书期间为 {_days(signed, 'zh')}，代理期间为"
        f" {_days(named, 'zh')}，故不予使用。二者须一致：请 {principal} 重新签署（{again}），或重新指定代理",
    )


def _days(periods: Iterable[tuple[date, date]], lang: str) -> str:
    to, joined = (" to ", ", ") if lang == "en" else (" 至 ", "；")
    return joined.join(f"{first}{to}{last}" for first, last in periods)


async def mandate_of(row: "SubstitutionRow") -> dict[str, Any] | None:
    """Return the mandate of a substitution as a decision carries it, with its proof of today.

    None: none is kept, or there is no roster that its signer stands in; where decisions are signed, such a
    one is refused with what to do.
    """
    kept = next((one for one in kept_mandates() if one.fits(row)), None)
    if kept is None:
        return None
    from starter.roster.roster_access import open_roster  # noqa: PLC0415 - only who has a mandate needs it

    async with open_roster() as roster:
        found = await roster.proof(kept.principal)
    if found is None:
        return None
    proof = found[0].model_dump(mode="json", exclude_none=True)
    kinds = {"kinds": [str(kind) for kind in kept.kinds]} if kept.kinds else {}
    return {**kinds, "signature": {"sshsig": kept.sshsig, "proof": proof}}
