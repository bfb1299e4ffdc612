"""`pingtai audit witness`: check published digests against those seen before, and cosign them."""

from pathlib import Path

import click

from audit.anchoring.publication import Publication
from audit.anchoring.witness_folder import WitnessFolder
from audit.anchoring.witnessing import Witnessed, witness
from audit.commands import WRONG
from starter.commands.options import json_option
from starter.terminal.command_runner import answering
from starter.terminal.language import say
from starter.terminal.screen import facts, show, show_json
from workflows.words import Words, counted


@click.command("witness")
@click.argument("source", metavar="FOLDER|URL")
@click.option(
    "--keep",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Folder for what is seen and signed. 存放目录",
)
@click.option(
    "--key",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    required=True,
    metavar="FILE",
    help="Ed25519 key of OpenSSH; a public one if the agent has the private one. 密钥",
)
@json_option
@answering
async def witness_command(source: str, folder: Path, key: Path, as_json: bool) -> None:
    """Check published digests against those seen before, and cosign them. 见证

    For anyone outside: it needs what `pingtai audit digest publish` writes, as a folder or by HTTP, and
    OpenSSH; no server and no database. Each new digest must go on from the one seen before; no log may
    be shorter, or have another hash. A fork or a second life of a platform is not signed (exit code 1).
    Run it each day.

    \b
    Example:
      pingtai audit witness https://example.org/digests --keep seen --key ~/.ssh/id_ed25519
    """
    publication = Publication(source)
    done = await witness(publication, WitnessFolder(folder), key)
    if as_json:
        plain = {
            "holds": not done.wrong,
            "before": str(done.before) if done.before else None,
            "published": str(done.published.day),
            "signed": [str(day) for day in done.signed],
            "problems": [words._asdict() for words in done.wrong],
        }
        show_json(plain)
    else:
        _show(publication, done)
    if done.wrong:
        raise click.exceptions.Exit(WRONG)


def _show(publication: Publication, done: Witnessed) -> None:
    newest = done.published
    rows = (
        (Words("Published", "公布处"), publication.place),
        (Words("Newest digest", "最新摘要"), Words.same(f"{newest.day} · {newest.root}")),
        (
            Words("Seen before", "先前所见"),
            Words.same(str(done.before)) if done.before else _FIRST,
        ),
    )
    show(facts(rows))
    for words in done.wrong:
        show(f"✗ {say(words)}")
    if done.signed:
        number, last = len(done.signed), done.signed[-1]
        words = Words(
            f"✓ Cosigned: {counted(number, 'digest')}, the last of {last}.",
            f"✓ 已共同签署 {number} 份摘要，最近为 {last}。",
        )
        show(words)
    elif not done.wrong:
        show(Words("✓ Nothing new; all was cosigned before.", "✓ 没有新的摘要，先前均已签署。"))
    if done.wrong:
        show(_REFUSED)


_FIRST = Words("nothing: nothing before this digest is vouched for", "无：此前各日不在见证之内")
_REFUSED = Words(
    "✗ NOT COSIGNED. Keep what was published as evidence, and tell whoever relies on it.",
    "✗ 不予签署。请保留所公布的文件作为证据，并告知相关各方。",
)
