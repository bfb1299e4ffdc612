"""`pingtai login` and `logout`: say once who you are, and in which roles you act."""

from pathlib import Path
from typing import Any

import click

from starter.commands.login_form import asked, asked_person
from starter.commands.organisation_check import known_to_system
from starter.commands.roster_person import as_entered, known_person
from starter.commands.signing_key import (
    KEY_OPTIONS,
    chosen_key,
    key_as_json,
    key_facts,
    refuse_key_of_another,
    show_public_line,
)
from starter.commands.word_choice import WordChoice
from starter.desk.profile import (
    Profile,
    ProfileRole,
    ProfileService,
    read_profile,
    remove_profile,
    write_profile,
)
from starter.desk.profile_file import profile_path
from starter.desk.service_address import checked_url, read_key
from starter.errors import BadInput
from starter.terminal import wording
from starter.terminal.command_runner import answered
from starter.terminal.language import say
from starter.terminal.named_fields import NamedFields
from starter.terminal.screen import (
    ALWAYS,
    Column,
    Said,
    at_terminal,
    complain,
    facts,
    heading,
    show,
    show_json,
    table_of,
)
from starter.terminal.table_words import district_cell
from workflows.actors import Actor
from workflows.model import InvalidMessage, parse
from workflows.name_comparison import same_name
from workflows.vocabulary import District, Role
from workflows.words import Words

_WHOLE = ("person", "role", "organisation")
"""Flags that say together who one is: a profile is written anew."""
_OF_ROLE = {
    "name": "called",
    "role": "role",
    "organisation": "organisation",
    "district": "district",
    "credit_code": "credit_code",
}
"""The fields of a role, and the flags that say them."""
_FLAGS = {
    name: f"--{name}" for name in ("id", "lang", "role", "organisation", "district", "name")
} | {"credit_code": "--credit-code"}


class _OwnRole(WordChoice):
    """The role of who decides; others look for theirs in vain."""

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:
        """Say it also to those who need none."""
        complaint = super().get_invalid_choice_message(value, ctx).rstrip(".。")
        return say(Words(". ", "。")).join((complaint, say(_NO_ROLE)))


_NO_ROLE = Words(
    "Roles are for those who decide. Auditors need none, and no profile: pingtai audit --help",
    "身份仅供办理决定的人员使用；审计人员无须登记：pingtai audit --help",
)


@click.command("login")
@click.option("--id", "person", metavar="ID", help="Your id. 人员编号")
@click.option("--role", type=_OwnRole(Role), help="Your role. 身份")
@click.option("--organisation", metavar="TEXT", help="Your organisation. 单位")
@click.option(
    "--district",
    type=WordChoice(District),
    metavar="DISTRICT",
    help="District staff only: your district. 所在区",
)
@click.option(
    "--credit-code",
    metavar="CODE",
    help="Your organisation's unified social credit code, if it has one. 统一社会信用代码",
)
@click.option("--name", "called", metavar="NAME", help="Name of this role for --as. 身份名称")
@click.option("--lang", type=click.Choice(["en", "zh"]), help="Answer in this language. 输出语言")
@click.option(
    "--url",
    metavar="URL",
    help="Use this service from now on (docs/http.md); '' to stop. 服务地址",
)
@click.option(
    "--key-file", metavar="FILE", help="File with its key, readable only by you. 密钥文件"
)
@KEY_OPTIONS[0]
@KEY_OPTIONS[1]
@KEY_OPTIONS[2]
@click.option("--add", is_flag=True, help="Add a role to the profile. 增加身份")
@click.option(
    "--new-organisation",
    "new",
    is_flag=True,
    help="Keep an organisation that resembles a known one. 使用新单位名称",
)
@click.option("--show", "only_show", is_flag=True, help="Show the profile. 查看")
@click.option("--json", "as_json", is_flag=True, help="With --show: as JSON. 以 JSON 输出")
def login_command(
    *,
    add: bool,
    new: bool,
    new_key: bool,
    only_show: bool,
    as_json: bool,
    **said: str | None,
) -> None:
    """Save who you are, so that no command needs it again. 登记本人身份

    Saved in your own profile file. At a terminal, prompts for missing values. One person may have several
    roles: your first role is the default, unless another of them takes the decision or --as names one.
    A profile saves typing; it is not authentication. With a profile, a flag changes just that field: of the
    role that --name or --role names, otherwise of the first. Organisations are compared with those that the
    system knows.

    The first login makes a signing key: a file that only you can read, beside the profile, which keeps its
    path. --key or --agent takes a key that you have, hardware keys too. To protect a file with a
    passphrase: `ssh-keygen -p -f FILE`.

    Where the roster knows you, --id alone is enough. In a system with the example roster, login enters you in
    it, and --id with one of the example people takes theirs, key included (`pingtai roster list`).

    \b
    Example:
      pingtai login --id my-01 --role district --district miyun --organisation 密云区科技主管部门
      pingtai login --add --role commission --organisation 市科委、中关村管委会
      pingtai login --organisation 密云区科学技术和信息化局 --new-organisation
      pingtai login --url https://pingtai.example.org --key-file ~/.config/pingtai/key
      pingtai login --agent
      pingtai login --show
    """
    with answered():
        if only_show or as_json:
            _show(as_json)
        else:
            _login(said, add=add, new=new, new_key=new_key)


@click.command("whoami")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON. 以 JSON 输出")
def whoami_command(as_json: bool) -> None:
    """Show who you are, your roles, and the public key for the roster. 查看本人身份

    \b
    Example:
      pingtai whoami
    """
    with answered():
        _show(as_json)


@click.command("logout")
def logout_command() -> None:
    """Remove the profile. 删除本人身份

    Your signing key's file stays where it is.

    \b
    Example:
      pingtai logout
    """
    with answered():
        if remove_profile():
            show(Words("The profile was removed.", "个人配置已删除。"))
        else:
            show(Words("There is no profile.", "没有个人配置。"))


def _login(said: dict[str, str | None], *, add: bool, new: bool, new_key: bool) -> None:
    bare = not (add or new_key or any(map(_given, said.values())))
    if bare and at_terminal():  # the roster may know the rest
        said = said | {"person": asked_person()}
    entry = None if add else known_person(said)
    if entry:
        said = said | as_entered(entry)
    whole = bare or all(said[name] for name in _WHOLE)
    # A profile that is written anew is not read before: it may be the one that cannot be read.
    anew = whole and not (add or entry or _given(said["url"]) or said["key_file"])
    old = None if anew else read_profile()
    before = old if add else None
    if add and before is None:
        raise BadInput(
            "There is no profile to --add to. First run: pingtai login",
            "尚无个人配置，无法增加身份（--add）。请先运行：pingtai login",
        )
    if before and said["person"] not in (None, before.id):
        raise BadInput(
            f"--id {said['person']}: the profile belongs to {before.id}; remove it first (pingtai logout)",
            f"--id {said['person']}：个人配置属于 {before.id}，请先删除（pingtai logout）",
        )
    changes = old and not (add or whole)
    profile = (
        _changed(said, old)
        if changes and old
        else _new_profile(said, before, old, known=entry is not None)
    )
    profile = profile if new else known_to_system(profile, old)
    # Another person's key is not taken along.
    other = whole and old is not None and old.id != profile.id
    signing = chosen_key(said, profile.id, new=new_key, first=old is None or other, entry=entry)
    made = profile.model_copy(update={"signing": signing or (old.signing if old else None)})
    if said["key"] or said["agent"] or (old and signing is None and old.id != made.id):
        refuse_key_of_another(made)
    _keep(made)


def _given(flag: str | None) -> bool:
    """Whether a flag was given; an empty one says something, too."""
    return flag is not None


def _new_profile(
    said: dict[str, str | None], before: Profile | None, old: Profile | None, *, known: bool
) -> Profile:
    """The profile that the flags and the answers say; with one `before` that one with one more role.

    `known`: the roster says who it is, and nothing is asked.
    """
    answers = dict(said) | ({"person": before.id} if before else {})
    if at_terminal() and not known:
        answers = asked(answers)
    role = {field: answers[flag] for field, flag in _OF_ROLE.items() if answers[flag]}
    kept = before.model_dump(mode="json", exclude_none=True) if before else {}
    return _checked(
        {
            "id": answers["person"],
            "lang": answers["lang"] or (old.lang if old else None),
            "service": _service(said, old),
            "roles": [*kept.get("roles", ()), role],
        }
    )


def _changed(said: dict[str, str | None], old: Profile) -> Profile:
    """The profile with just what the flags say changed, of the role that they mean."""
    number = _meant(said, old)
    roles = [role.model_dump(mode="json", exclude_none=True) for role in old.roles]
    role = {field: said[flag] for field, flag in _OF_ROLE.items() if said[flag]}
    if said["role"] and said["role"] != Role.DISTRICT:
        roles[number].pop("district", None)
    named = said["organisation"]
    if named and not same_name(named, old.roles[number].organisation):
        roles[number].pop("credit_code", None)  # it is that of the other one
    roles[number] |= role
    return _checked(
        {
            "id": said["person"] or old.id,
            "lang": said["lang"] or old.lang,
            "service": _service(said, old),
            "roles": roles,
        }
    )


def _meant(said: dict[str, str | None], old: Profile) -> int:
    """The number of the role that --name names, or else --role; otherwise the first."""
    for flag in ("called", "role"):
        word = said[flag]
        found = [number for number, role in enumerate(old.roles) if word and role.goes_by(word)]
        if len(found) == 1:
            return found[0]
    return 0


def _checked(raw: dict[str, Any]) -> Profile:
    service = raw["service"]
    raw["service"] = service.model_dump(exclude_none=True) if service else None
    for role in raw["roles"]:
        try:  # each by itself: inside a profile its fields would be named by their place in it
            parse(ProfileRole, role, "profile")
        except InvalidMessage as error:
            raise NamedFields(error, Actor, _FLAGS) from None
    try:
        return parse(Profile, {key: value for key, value in raw.items() if value}, "profile")
    except InvalidMessage as error:
        raise NamedFields(error, Actor, _FLAGS) from None


def _service(said: dict[str, str | None], old: Profile | None) -> ProfileService | None:
    """The service that the profile is to name: as it was, but for what the flags say.

    Raises:
        BadInput: the URL cannot be used, the key file cannot be read, or it is for no service.
    """
    before = old.service if old else None
    url, file = said["url"], said["key_file"]
    if url == "":
        return None
    # Another service's key is not shown to this one.
    new = checked_url(url, "--url") if url else before.url if before else None
    same = before is not None and before.url == new
    kept = before.key_file if before and same else None
    if file:
        kept = str(Path(file).expanduser().absolute())
        read_key(Path(kept))
    if new is None and file:
        raise BadInput("--key-file needs --url, too", "--key-file 须与 --url 一并使用")
    return ProfileService(url=new, key_file=kept) if new else None


def _keep(profile: Profile) -> None:
    path = write_profile(profile)
    rows = (*_of_service(profile), *key_facts(profile))
    show(facts([(Words("saved in", "已保存至"), path), *rows]))
    _show_roles(profile)
    show_public_line(profile, enters=True)


def _of_service(profile: Profile) -> list[tuple[Said, object]]:
    """The service that the profile names, and the file of its key; nothing where it names none."""
    service = profile.service
    if service is None:
        return []
    return [
        (Words("service", "服务地址"), service.url),
        (Words("key file", "密钥文件"), service.key_file),
    ]


def _show(as_json: bool) -> None:
    profile = read_profile()
    if as_json:
        show_json(
            profile.model_dump(mode="json") | {"signing": key_as_json(profile)} if profile else None
        )
    elif profile is None:
        complain(
            Words(
                "There is no profile yet. Run: pingtai login", "尚无个人配置。请运行：pingtai login"
            )
        )
    else:
        rows: list[tuple[Said, object]] = [
            (Words("file", "文件"), profile_path()),
            (Words("id", "编号"), profile.id),
            (Words("language", "语言"), profile.lang),
            *_of_service(profile),
            *key_facts(profile),
        ]
        show(facts(rows))
        _show_roles(profile)
        show_public_line(profile)


def _show_roles(profile: Profile) -> None:
    title = Words("Roles; the first is the default", "身份（默认使用首个身份）")
    show(heading(title), table_of(profile.roles, _ROLES))


_ROLES: tuple[Column[ProfileRole], ...] = (
    Column("--as", lambda role: role.shown, whole=ALWAYS),
    Column(Words("role", "身份"), lambda role: wording.who(role.role)),
    Column(Words("organisation", "单位"), lambda role: role.organisation),
    Column(
        wording.DISTRICT,
        lambda role: district_cell(role.district) if role.district else None,
    ),
    Column(Words("credit code", "统一社会信用代码"), lambda role: role.credit_code),
)
