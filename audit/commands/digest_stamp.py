"""`pingtai audit digest stamp`: ask for the missing time stamps now."""

import click

from audit.anchoring.stamping import CERTIFICATES, URL, configured_authority, stamp_missing
from starter.client.register_access import open_engine
from starter.commands.options import json_option
from starter.errors import BadInput
from starter.terminal.command_runner import answering
from starter.terminal.screen import complain, show, show_json
from workflows.words import Words, counted


@click.command("stamp")
@json_option
@answering
async def stamp_command(as_json: bool) -> None:
    """Ask for the missing time stamps now. 时间戳

    Of the digests after the newest one that has a time stamp; the first time, of the newest digest. A
    schedule does so each hour where PINGTAI_TIMESTAMP_URL and PINGTAI_TIMESTAMP_CERTIFICATES are set.
    The authority learns a hash and nothing else.

    \b
    Example:
      pingtai audit digest stamp
    """
    authority = configured_authority()
    if authority is None:
        raise BadInput(
            f"No time-stamping authority is set: set {URL} and {CERTIFICATES}.",
            f"未设置时间戳服务机构：请设置 {URL} 和 {CERTIFICATES}",
        )
    async with open_engine(patient=True) as engine:
        done = await stamp_missing(engine, authority)
    days = done.days
    if as_json:
        trouble = done.trouble.words._asdict() if done.trouble else None
        show_json({"stamped": [str(day) for day in days], "trouble": trouble})
    elif days:
        last, host = days[-1], authority.host
        words = Words(
            f"✓ {host}: {counted(len(days), 'digest')} time-stamped, the last of {last}",
            f"✓ {host}：已为 {len(days)} 份摘要签发时间戳，最近为 {last}",
        )
        show(words)
    elif done.trouble is None:
        complain(Words("Every digest since the first stamp has one.", "各份摘要均已有时间戳"))
    if done.trouble:
        raise done.trouble
