"""Who sits at this desk: one person's id and roles, kept in a file of theirs, so that no call repeats them.

It says who one is and proves nothing: role and district decide what is offered, the rules what is taken.
"""

import json
import os
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from starter.desk.own_files import read_own, write_own
from starter.errors import BadInput
from workflows.actors import Actor
from workflows.model import Identifier, InvalidMessage, Message, Name, parse, wrong
from workflows.vocabulary import District, Role

LARGEST = 100_000
"""No profile is larger; nothing beyond it is read (bytes)."""


def check_district(role: Role, district: District | None) -> None:
    """Raise `wrong` unless a district is given for district staff, and for nobody else."""
    if (role is Role.DISTRICT) != (district is not None):
        raise wrong(
            "district is required for district staff, and for nobody else",
            "区工作人员须写明所在区（district），其他身份不写",
        )


class ProfileRole(Message):
    """A role that a person acts in: for which organisation, and district staff for which district."""

    name: Identifier | None = None
    """What `--as` calls it, where a person has the same role twice."""
    role: Role
    organisation: Name
    district: District | None = None

    @model_validator(mode="after")
    def _of_a_district(self) -> Self:
        check_district(self.role, self.district)
        return self

    @property
    def called(self) -> str:
        """Its name, or else the role's."""
        return self.name or str(self.role)

    def goes_by(self, word: str) -> bool:
        """Whether `--as WORD` may mean it: by its name, or by the role in English or Chinese."""
        return word in (self.name, self.role, self.role.zh)


class ProfileService(Message):
    """The service by which a person's commands work (`starter.desk.service_address`); never the key itself."""

    url: str = Field(min_length=1, max_length=500)
    key_file: str | None = Field(default=None, min_length=1, max_length=4_000)


class Profile(Message):
    """A person: an id, and one role or several. The first is the one that counts when none is said."""

    id: Identifier
    lang: Literal["en", "zh"] | None = None
    service: ProfileService | None = None
    roles: tuple[ProfileRole, ...] = Field(min_length=1, max_length=20)

    @model_validator(mode="after")
    def _told_apart(self) -> Self:
        called = [role.called for role in self.roles]
        twice = sorted({name for name in called if called.count(name) > 1})
        if twice:
            raise wrong(
                f"two roles are called {', '.join(twice)}: give one a name of its own",
                f"有两个身份同名（{'、'.join(twice)}）：请另起名称（name）",
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
        known = ", ".join(role.called for role in self.roles)
        raise BadInput(
            f"--as {called}: the profile has {'several' if found else 'no'} such roles; it has {known}",
            f"--as {called}：个人配置中{'有多个' if found else '没有'}此身份；现有 {known}",
        )

    def actor(self, role: ProfileRole) -> Actor:
        """The person in one of the roles, as decisions name who takes them."""
        return Actor(
            id=self.id, role=role.role, organisation=role.organisation, district=role.district
        )


def profile_path() -> Path:
    """Where the profile is: PINGTAI_PROFILE, or the platform's place for a user's settings."""
    given = os.environ.get("PINGTAI_PROFILE")
    if given:
        return Path(given).expanduser().absolute()
    import platformdirs  # noqa: PLC0415 - looked up only where nothing says the place

    return platformdirs.user_config_path("pingtai", appauthor=False) / "profile.toml"


def read_profile() -> Profile | None:
    """The profile of whoever runs this; None when there is none yet.

    Raises:
        BadInput: it cannot be read, or is no TOML.
        InvalidMessage: a field does not fit; the file is named.
    """
    path = profile_path()
    content = _content(path)
    if content is None:
        return None
    return parse(Profile, json.dumps(content, default=str, ensure_ascii=False), str(path))


def write_profile(profile: Profile) -> Path:
    """Keep a profile, readable for its owner only; answers where.

    Raises:
        BadInput: it cannot be written.
    """
    import tomli_w  # noqa: PLC0415 - every command reads the profile, one writes it

    path = profile_path()
    content = tomli_w.dumps(profile.model_dump(mode="json", exclude_none=True))
    try:
        write_own(path, content)
    except OSError as error:
        raise BadInput(
            f"{path} cannot be written: {error.strerror}", f"无法写入 {path}：{error.strerror}"
        ) from None
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
            f"{path} cannot be removed: {error.strerror}", f"无法删除 {path}：{error.strerror}"
        ) from None
    return True


def profile_language() -> str | None:
    """The language that the profile asks for; a profile that cannot be read asks for none.

    It is asked for every line that is said, so a file that has not changed is read once.
    """
    path = profile_path()
    try:
        changed = path.stat().st_mtime_ns
    except OSError:
        return None
    return _language(path, changed)


@lru_cache(maxsize=4)
def _language(path: Path, changed: int) -> str | None:
    try:
        content = _content(path)
    except (BadInput, InvalidMessage):
        return None
    said = content.get("lang") if content else None
    return said if isinstance(said, str) else None


def _content(path: Path) -> dict[str, Any] | None:
    try:
        content = read_own(path, LARGEST)
        return None if content is None else tomllib.loads(content.decode("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise BadInput(
            f"the profile {path} cannot be read: {why}. Correct it, or create it again: `pingtai login`",
            f"无法读取个人配置 {path}：{why}。请改正，或以 pingtai login 重写",
        ) from None
