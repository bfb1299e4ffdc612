"""The key by which a person signs: chosen or made at `pingtai login`, and shown to whoever asks for it."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from starter.desk.profile import Profile, ProfileSigning
from starter.desk.profile_file import profile_path
from starter.errors import BadInput, NotAllowed, PingtaiError
from starter.terminal.screen import Said, complain, facts, heading, show, write_line
from workflows.words import Words

if TYPE_CHECKING:
    from starter.client.key_standing import KeyStanding, Standing
    from workflows.roster_entries import RosterEntry
    from workflows.ssh_signatures import PublicKey

ANY = "any"
"""`--agent` without a fingerprint: the only key that the agent holds."""

KEY_OPTIONS = (
    click.option(
        "--key",
        "key",
        metavar="FILE",
        help="Sign with this key: OpenSSH, Ed25519. 签名密钥文件",
    ),
    click.option(
        "--agent",
        "agent",
        metavar="[FINGERPRINT]",
        is_flag=False,
        flag_value=ANY,
        help="Sign with a key of your SSH agent. 使用 SSH 代理程序中的密钥",
    ),
    click.option(
        "--new-key", "new_key", is_flag=True, help="Make a new signing key. 生成新签名密钥"
    ),
)


def chosen_key(
    said: Mapping[str, str | None],
    person: str,
    *,
    new: bool,
    first: bool,
    entry: "RosterEntry | None" = None,
) -> ProfileSigning | None:
    """Return the key that the flags say; None where they say nothing of it.

    `entry`: how the roster has the person; of an example person the key is here.

    `new`: make one. `first`: the profile is written anew, so it gets one, too: the one that was made for
    this person before, or else a new one.

    Raises:
        BadInput: the key cannot be used, or the flags say several.
        NotSent: the agent does not answer.
    """
    file, fingerprint = said.get("key"), said.get("agent")
    if sum((bool(file), bool(fingerprint), new)) > 1:
        raise BadInput(
            "give one of --key, --agent and --new-key", "--key、--agent、--new-key 只能用其一"
        )
    if fingerprint:
        return _of_agent(fingerprint)
    if file:
        from starter.signing.key_files import read_key_file  # noqa: PLC0415 - needs cryptography

        path = Path(file).expanduser().absolute()
        read_key_file(path)
        return ProfileSigning(key_file=str(path))
    if entry and not new:
        from starter.commands.example_person import example_key  # noqa: PLC0415 - few are in the roster

        if example := example_key(entry):
            return example
    return ProfileSigning(key_file=str(_made(person, new=new))) if new or first else None


def _made(person: str, *, new: bool) -> Path:
    """A key file beside the profile: one that is there is taken again, unless a `new` one is wanted."""
    from starter.signing.key_files import make_key, read_key_file  # noqa: PLC0415

    number = 1
    while True:
        name = f"{person}.key" if number == 1 else f"{person}-{number}.key"
        path = profile_path().with_name(name)
        try:
            make_key(path)
        except FileExistsError:
            if not new:
                read_key_file(path)
                return path
            number += 1
        else:
            return path


def _of_agent(fingerprint: str) -> ProfileSigning:
    from starter.signing.agent import AgentSigner, agent_keys, no_keys  # noqa: PLC0415

    if fingerprint != ANY:
        return ProfileSigning(agent=AgentSigner.of(fingerprint).key.fingerprint())
    held = agent_keys()
    if not held:
        raise no_keys()
    if len(held) > 1:
        several = BadInput(
            "your SSH agent holds several keys. Say which: --agent FINGERPRINT",
            "SSH 代理程序中有多个密钥，请指明：--agent 指纹",
        )
        for one in held:
            several.add_note(f"{one.key.fingerprint()}  {one.comment}")
        raise several
    return ProfileSigning(agent=held[0].key.fingerprint())


def public_line(signing: ProfileSigning) -> str:
    """Return the public part of a key, as it stands in the roster.

    Raises:
        PingtaiError: the key is not there, or cannot be used.
    """
    from starter.signing.opening import open_signer  # noqa: PLC0415 - needs cryptography

    return open_signer(signing).key.openssh()


def key_facts(profile: Profile) -> list[tuple[Said, object]]:
    """Where a profile's key is."""
    signing = profile.signing
    if signing is None:
        return []
    agent = Words(f"SSH agent: {signing.agent}", f"SSH 代理程序：{signing.agent}")
    return [(Words("signs with", "签名密钥"), signing.key_file or agent)]


_PUBLIC = Words(
    "Public key, for the keepers of the roster to enter", "公钥（须报人员目录管理人员登记）"
)
_ENTERED = Words("Public key", "公钥")
_ANOTHERS = Words(
    "This key signs for nobody else. If you are that person: pingtai login --id ID. If you are not, make a key"
    " of your own: pingtai login --new-key",
    "该密钥不能为他人签名。您即该人员的，请以其编号登记：pingtai login --id 编号；不是的，请新制本人密钥："
    "pingtai login --new-key",
)


def refuse_key_of_another(profile: Profile) -> None:
    """Refuse a key that the roster has in another person's entry; where it cannot be asked, nothing is refused.

    Raises:
        NotAllowed: it is another person's.
    """
    if profile.signing is None:
        return
    from starter.client.key_standing import Standing  # noqa: PLC0415 - only who has a key

    asked = _standing(profile)
    if asked and asked[0] is Standing.ANOTHER_PERSONS and (why := asked[1].objection):
        raise NotAllowed(
            f"{why.en}. Nothing was saved. {_ANOTHERS.en}", f"{why.zh}。未保存。{_ANOTHERS.zh}"
        )


def show_public_line(profile: Profile, *, enters: bool = False) -> None:
    """Show the public part of a profile's key, on a line of its own that can be copied; or why not.

    `enters`: its person is entered in the roster of a system that is there to be tried.
    """
    if profile.signing is None:
        return
    try:
        line = public_line(profile.signing)
    except PingtaiError as error:
        complain(error.words)
        return
    from starter.client.key_standing import Standing  # noqa: PLC0415 - only who has a key

    asked = _standing(profile, enters=enters)
    entered = asked and asked[0] in (Standing.CAN_SIGN, Standing.NOT_YET, Standing.ANOTHER_PERSONS)
    later = _entered_later(profile) if asked and asked[1].in_no_entry else None
    show(heading(_ENTERED if entered or later else _PUBLIC))
    write_line(line)
    if later:
        complain(later)
    elif asked:
        _tell_standing(profile, *asked)


def _entered_later(profile: Profile) -> Words | None:
    from starter.commands.example_person import entered_later  # noqa: PLC0415 - seldom needed

    return entered_later(profile)


def _tell_standing(profile: Profile, standing: "Standing", found: "KeyStanding") -> None:
    """Say how the key stands in the roster, and what speaks against it; nothing where no roster is set up."""
    from starter.client.key_standing import Standing, in_no_entry  # noqa: PLC0415 - only who has a key

    if standing is not Standing.NO_ROSTER:
        entry = found.proof.entry if found.proof else None
        named = entry and " ".join(dict.fromkeys((entry.id, entry.name)))
        who = named and Words(f" ({named})", f"（{named}）")
        en, zh = standing.words
        show(facts([(_ROSTER, Words(en + (who.en if who else ""), zh + (who.zh if who else "")))]))
    if found.objection:
        complain(found.objection)
    if standing is Standing.ANOTHER_PERSONS:
        complain(_ANOTHERS)
    elif found.in_no_entry:
        complain(in_no_entry(profile.id))
    if found.proof:
        _tell_other_roles(profile, found.proof.entry)


def _tell_other_roles(profile: Profile, entry: "RosterEntry") -> None:
    """Say in which of the profile's roles the roster does not have its person."""
    other = [
        one for one in profile.roles if (one.role, one.district) != (entry.role, entry.district)
    ]
    if other:
        complain(
            Words(
                f"The roster has {profile.id} as {entry.role} only. To act as"
                f" {', '.join(one.role for one in other)} take another id",
                f"人员目录中 {profile.id} 的身份仅为“{entry.role.zh}”；以"
                f"“{'”“'.join(one.role.zh for one in other)}”身份办理须另用编号",
            )
        )


_ROSTER = Words("in the roster", "人员目录")


def _standing(profile: Profile, *, enters: bool = False) -> "tuple[Standing, KeyStanding] | None":
    """How a profile's key stands, in one word and whole; None: it cannot be read now."""
    import asyncio  # noqa: PLC0415 - only who has a key needs these

    from starter.client.key_standing import key_standing, standing_in_words  # noqa: PLC0415
    from starter.desk.reach import open_roster_questions  # noqa: PLC0415
    from starter.signing.opening import open_signer  # noqa: PLC0415

    async def standing(key: "PublicKey") -> "KeyStanding":
        async with open_roster_questions() as roster:
            found = await key_standing(roster, profile.id, key)
            if enters and found.in_no_entry:
                from starter.commands.example_person import entered  # noqa: PLC0415 - seldom needed

                if await entered(profile, key):
                    return await key_standing(roster, profile.id, key)
            return found

    with suppress(PingtaiError):
        assert profile.signing, "its line was shown"  # noqa: S101
        key = open_signer(profile.signing).key
        found = asyncio.run(standing(key))
        return standing_in_words(found, key, datetime.now(UTC)), found
    return None


def key_as_json(profile: Profile) -> dict[str, str | None] | None:
    """A profile's key for programs: where it is, its public part, and how it stands in the roster.

    Null for what cannot be read now.
    """
    if profile.signing is None:
        return None
    line = None
    with suppress(PingtaiError):
        line = public_line(profile.signing)
    asked = _standing(profile) if line else None
    standing = str(asked[0]) if asked else None
    return {**profile.signing.model_dump(mode="json"), "public_key": line, "standing": standing}
