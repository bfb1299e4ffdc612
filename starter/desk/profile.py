"""Who sits at this desk: one person's id and roles, kept in a file of theirs, so that no call repeats them.

It says who one is and proves nothing: role and district decide what is offered, the rules what is taken.
"""

import json
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from starter.desk.own_files import write_own_toml
from starter.desk.profile_file import profile_content, profile_path
from starter.error_reasons import reason_of
from starter.errors import BadInput
from workflows.actors import Actor
from workflows.credit_codes import CreditCode
from workflows.model import Identifier, Message, Name, parse, wrong
from workflows.vocabulary import District, Role
from workflows.words import Words, listed_zh


def check_district(role: Role, district: District | None) -> None:
    """Raise `wrong` unless a district is given for district staff, and for nobody else."""
    if role is Role.DISTRICT and district is None:
        raise wrong(
            "the district (district) is missing: district staff say theirs",
            "缺少所在区（district）：区工作人员须写明",
        )
    if role is not Role.DISTRICT and district is not None:
        raise wrong(
            "a district (district) is said by district staff only",
            "所在区（district）仅区工作人员填写",
        )


class ProfileRole(Message):
    """A role that a person acts in: for which organisation, and district staff for which district."""

    name: Identifier | None = None
    """What `--as` calls it, where a person has the same role twice."""
    role: Role
    organisation: Name
    district: District | None = None
    credit_code: CreditCode | None = None
    """Of the organisation: where a case's body has one, too, that decides, however names are written."""

    @model_validator(mode="after")
    def _of_a_district(self) -> Self:
        check_district(self.role, self.district)
        return self

    @property
    def called(self) -> str:
        """Its name, or else the role's."""
        return self.name or str(self.role)

    @property
    def shown(self) -> Words:
        """How people are shown it: by its name, or else the role in words; `--as` takes both."""
        return Words.same(self.name) if self.name else Words(str(self.role), self.role.zh)

    def goes_by(self, word: str) -> bool:
        """Whether `--as WORD` may mean it: by its name, or by the role in English or Chinese."""
        return word in (self.name, self.role, self.role.zh)


class ProfileService(Message):
    """The service by which a person's commands work (`starter.desk.service_address`); never the key itself."""

    url: str = Field(min_length=1, max_length=500)
    key_file: str | None = Field(default=None, min_length=1, max_length=4_000)


class ProfileSigning(Message):
    """Where the key is by which a person signs: a file, or their SSH agent. Never the key itself."""

    key_file: str | None = Field(default=None, min_length=1, max_length=4_000)
    agent: str | None = Field(default=None, pattern=r"^SHA256:[A-Za-z0-9+/]{43}$")
    """The key's fingerprint, as `ssh-add -l` shows it."""

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.key_file is None) is (self.agent is None):
            raise wrong("give key_file or agent", "须填写 key_file 或 agent 之一")
        return self


class Profile(Message):
    """A person: an id, and one role or several. The first is the one that counts when none is said."""

    id: Identifier
    lang: Literal["en", "zh"] | None = None
    service: ProfileService | None = None
    signing: ProfileSigning | None = None
    roles: tuple[ProfileRole, ...] = Field(min_length=1, max_length=20)

    @model_validator(mode="after")
    def _told_apart(self) -> Self:
        called = [role.called for role in self.roles]
        twice = sorted({name for name in called if called.count(name) > 1})
        if twice:
            raise wrong(
                f"two roles are called {', '.join(twice)}: give one a name of its own",
                f"有两个身份同名（{listed_zh(twice)}）：请另起名称（name）",
            )
        return self

    def role(self, called: str | None = None) -> ProfileRole:
        """The role that `--as` names; without, the first.

        Raises:
            BadInput: the profile has none of this name, or several that it may mean.
        """
        if called is None:
            return self.roles[0]
        exact = [role for role in self.roles if role.called == called]
        found = exact or [role for role in self.roles if role.goes_by(called)]
        if len(found) == 1:
            return found[0]
        shown = [role.shown for role in self.roles]
        en, zh = ", ".join(one.en for one in shown), "；".join(one.zh for one in shown)
        none = Words("has no such role", "没有此身份")
        if found:
            none = Words("has several such roles", "有多个此身份")
        raise BadInput(
            f"--as {called}: the profile {none.en}; it has {en}",
            f"--as {called}：个人配置中{none.zh}；现有：{zh}",
        )

    def actor(self, role: ProfileRole) -> Actor:
        """The person in one of the roles, as decisions name who takes them."""
        return Actor(
            id=self.id,
            role=role.role,
            organisation=role.organisation,
            district=role.district,
            credit_code=role.credit_code,
        )


def read_profile() -> Profile | None:
    """The profile of whoever runs this; None when there is none yet.

    Raises:
        BadInput: it cannot be read, or is no TOML.
        InvalidMessage: a field does not fit; the file is named.
    """
    path = profile_path()
    content = profile_content(path)
    if content is None:
        return None
    return parse(Profile, json.dumps(content, default=str, ensure_ascii=False), str(path))


def write_profile(profile: Profile) -> Path:
    """Keep a profile, readable for its owner only; answers where.

    Raises:
        BadInput: it cannot be written.
    """
    path = profile_path()
    write_own_toml(path, profile.model_dump(mode="json", exclude_none=True))
    return path


def remove_profile() -> bool:
    """Forget the profile; False when there was none.

    Raises:
        BadInput: it cannot be removed.
    """
    path = profile_path()
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise BadInput(
            f"{path} cannot be removed: {reason_of(error).en}",
            f"无法删除 {path}：{reason_of(error).zh}",
        ) from None
    return True
