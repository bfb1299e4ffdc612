"""`pingtai audit digest sign`: sign the digests that are not signed yet."""

from pathlib import Path

import click

from audit.anchoring.digest_signing import KEY, configured_signer, sign_missing
from starter.client.register_access import open_engine
from starter.commands.options import json_option
from starter.commands.own_signature import signing_person
from starter.desk.profile import ProfileSigning, read_profile
from starter.errors import BadInput
from starter.signing.opening import open_signer
from starter.signing.signer import Signer
from starter.terminal.command_runner import answering
from starter.terminal.screen import complain, show, show_json
from workflows.words import Words, counted


@click.command("sign")
@click.option(
    "--key",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Sign with this key instead (OpenSSH, Ed25519). 改用此密钥",
)
@json_option
@answering
async def sign_command(key: Path | None, as_json: bool) -> None:
    """Sign the digests that are not signed yet. 签署摘要

    With the key in PINGTAI_DIGEST_KEY, by which workers sign each new digest themselves; where none is
    set, with your own (`pingtai login`). The first time, the newest digest alone: its root stands for
    those before it. `ssh-keygen -Y verify -n pingtai-digest` verifies what `digest publish` writes.

    \b
    Example:
      pingtai audit digest sign
    """
    signer = _signer(key)
    async with open_engine(patient=True) as engine:
        days = await sign_missing(engine, signer)
    print_ = signer.key.fingerprint()
    if as_json:
        show_json({"signed": [str(day) for day in days], "key": signer.key.openssh()})
    elif days:
        words = Words(
            f"✓ {counted(len(days), 'digest')} signed, the last of {days[-1]}, with {print_}",
            f"✓ 已签署 {len(days)} 份摘要，最近为 {days[-1]}，密钥 {print_}",
        )
        show(words)
    else:
        complain(Words("Nothing to sign.", "没有待签署的摘要"))


def _signer(key: Path | None) -> Signer:
    if key is not None:
        return open_signer(ProfileSigning(key_file=str(key)), signing_person())
    if configured := configured_signer():
        return configured
    profile = read_profile()
    if profile is None or profile.signing is None:
        raise BadInput(
            f"There is no key to sign with: set {KEY}, give --key, or run `pingtai login`.",
            f"没有可用于签署的密钥：请设置 {KEY}、给出 --key，或运行 pingtai login",
        )
    return open_signer(profile.signing, signing_person())
