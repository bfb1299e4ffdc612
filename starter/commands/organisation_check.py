"""Asking back for an organisation that the system does not know, where it resembles one that it does."""

from starter.commands.guided.prompts import sure
from starter.desk.known_organisations import is_known, known_organisations, nearly
from starter.desk.profile import Profile, ProfileRole
from starter.errors import BadInput
from starter.terminal.language import say
from starter.terminal.screen import at_terminal, complain
from workflows.vocabulary import Role
from workflows.words import Words, listed_zh


def known_to_system(profile: Profile, old: Profile | None) -> Profile:
    """Return a profile whose roles that are not in the old one have been compared with the register.

    At a terminal the person chooses between what was typed and what is known.

    Raises:
        BadInput: an organisation resembles a known one, and nobody is there to be asked.
    """
    before = old.roles if old else ()
    roles = tuple(role if role in before else _compared(role) for role in profile.roles)
    return profile.model_copy(update={"roles": roles})


_FEW = 5
"""Known offices that are named: of operators there are hundreds, and another's name is no help."""


def _unknown(role: ProfileRole, known: list[str]) -> Words:
    name, listed = role.organisation, known if role.role is not Role.OPERATOR else []
    en, zh = "", ""
    if 0 < len(listed) <= _FEW:
        en = f" It names {', '.join(listed)}."
        zh = f"已有记录的单位：{listed_zh(listed)}。"
    return Words(
        f"No case names the organisation {name} yet.{en}", f"系统中尚无单位“{name}”的记录。{zh}"
    )


def _compared(role: ProfileRole) -> ProfileRole:
    name = role.organisation
    known = known_organisations(role.role, role.district)
    near = nearly(name, known, role.role)
    if not near:
        if known and not is_known(name, known):
            complain(_unknown(role, known))
        return role
    if not at_terminal():
        raise BadInput(
            f"No case names the organisation {name}. Did you mean {' or '.join(near)}?"
            " To keep it all the same: --new-organisation",
            f"系统中没有单位“{name}”。是否为“{'”或“'.join(near)}”？如确需使用，请加 --new-organisation",
        )
    question = Words(
        f"No case names the organisation {name}. Use {near[0]} instead?",
        f"系统中没有单位“{name}”。是否改用“{near[0]}”？",
    )
    chosen = near[0] if sure(say(question), default=True) else name
    return role.model_copy(update={"organisation": chosen})
