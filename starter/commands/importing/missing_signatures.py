"""Whether what applications bring in will be signed where their cases demand it: asked of the roster alone."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from starter.commands.batch.lines import Line
from starter.commands.importing.columns import column_of
from starter.commands.importing.import_report import Problem
from starter.desk.profile import read_profile
from starter.desk.reach import open_roster_questions
from workflows.application import PlatformApplication
from workflows.model import parse
from workflows.vocabulary import Authorship
from workflows.words import Words

if TYPE_CHECKING:
    from starter.client.key_standing import KeyStanding
    from starter.desk.profile import Profile

_FIELD = "brought_in"
_ANY_KEY = f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{'A' * 43}"
"""Of nobody: what the roster answers says whether there is one."""


async def missing_signatures(lines: Sequence[Line], *, table: bool) -> list[Problem]:
    """Return the applications that bring in what nobody has signed, and their person's key will not sign.

    Raises:
        PingtaiError: the roster cannot be asked, or the key of the profile cannot be used.
    """
    unsigned = list(_unsigned(lines))
    if not unsigned:
        return []
    profile = read_profile()
    async with open_roster_questions() as roster:
        if await roster.roster_holder(_ANY_KEY) is None:
            return []
        standing = None
        if profile and profile.signing:
            from starter.client.key_standing import key_standing  # noqa: PLC0415 - only who has a key
            from starter.signing.opening import open_signer  # noqa: PLC0415 - as above

            standing = await key_standing(roster, profile.id, open_signer(profile.signing).key)
    field = column_of(_FIELD) if table else _FIELD
    return [
        Problem(line.entry.number, field, why, line.entry.headings)
        for line, person in unsigned
        if (why := _why_not(person, profile, standing))
    ]


def _unsigned(lines: Sequence[Line]) -> Iterator[tuple[Line, str]]:
    """The lines that bring in something unsigned for cases that are to have signatures, and who says it."""
    for line in lines:
        if not line.message.get("brought_in"):
            continue
        form = parse(PlatformApplication, line.message)
        policy, stood = form.policy, form.brought_in
        # Where the policy leaves it open, a new case demands signatures as soon as there is a roster.
        left_open = "authorship" not in policy.model_fields_set
        if (
            stood
            and not stood.signatures
            and (left_open or policy.authorship is Authorship.REQUIRED)
        ):
            yield line, stood.actor.id


def _why_not(
    person: str, profile: "Profile | None", standing: "KeyStanding | None"
) -> Words | None:
    """Say why the key of whoever runs the command will not sign what a person brings in."""
    if profile is None:
        own = Words("you have no profile", "没有个人配置")
    elif profile.id != person:
        own = Words(f"your profile is that of {profile.id}", f"个人配置为 {profile.id}")
    elif standing is None:
        own = Words("your profile has no key", "个人配置中没有密钥")
    else:
        return standing.objection
    return Words(
        f"there is a roster, so {person} signs what is brought in, and {own.en}: {person} runs the import"
        " (`pingtai login`), or it comes signed",
        f"已设立人员目录，转入内容须由 {person} 签名，而{own.zh}：请由 {person} 导入（pingtai login），"
        "或先行签名",
    )
