"""Whose keys sign a change of the roster at this desk: that of the profile, and those that are named."""

from collections.abc import Sequence
from pathlib import Path

import click

from starter.desk.profile import ProfileSigning, read_profile
from starter.signing.opening import open_signer
from starter.signing.signer import Person, Signer
from starter.terminal.catalogue import made
from starter.terminal.language import say
from starter.terminal.screen import at_terminal, complain
from workflows.words import Words

SIGN = click.option(
    "--sign",
    "sign",
    multiple=True,
    metavar="FILE",
    help=made(
        Words(
            "A second officer's key file, where both sit here; repeatable. 第二人密钥",
            "第二人的签名密钥文件（两人同在时使用），可重复。",
        )
    ),
)
NOTE = click.option(
    "--note",
    metavar="TEXT",
    help=made(Words("Anything to add; it is signed, too. 说明", "说明，一并签名。")),
)


def signers(files: Sequence[str]) -> list[Signer]:
    """Return what signs: the profile's key, if it has one, then the files.

    Raises:
        BadInput: a key is not there, or cannot be used.
    """
    person = Person(passphrase=_passphrase if at_terminal() else None, tell=complain)
    profile = read_profile()
    own = [profile.signing] if profile and profile.signing else []
    named = [ProfileSigning(key_file=str(Path(file).expanduser().absolute())) for file in files]
    opened = [open_signer(one, person) for one in (*own, *named)]
    return list({one.key.blob(): one for one in opened}.values())


def _passphrase(question: Words) -> str:
    asked: str = click.prompt(say(question), hide_input=True, default="", show_default=False)
    return asked
