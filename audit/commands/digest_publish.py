"""`pingtai audit digest publish`: write all that others need of digests into a folder."""

from pathlib import Path

import click

from audit.access_log import note
from audit.anchoring.digests import digest_of, listed
from audit.anchoring.publication import (
    changed_since,
    publish_day,
    publish_list,
    published_digests,
)
from audit.anchoring.stamp_rows import stamp_of
from starter.client.register_access import open_engine
from starter.errors import BadInput
from starter.terminal.command_runner import answering
from starter.terminal.screen import show
from workflows.words import Words, counted


@click.command("publish")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@answering
async def publish_command(folder: Path) -> None:
    """Write all that others need of digests into a folder. 公布摘要

    The list of all digests, and for each day its leaves, its statement and its time stamp: what any web
    server can serve, and `pingtai audit witness` reads. The folder is made where it is missing. Files of days
    that are there already are never changed; if the register has another digest of such a day, nothing is
    written.

    \b
    Example:
      pingtai audit digest publish /srv/www/digests
    """
    before, new = published_digests(folder), 0
    async with open_engine(patient=True) as engine:
        await note(engine, "digests published")
        digests = list(await listed(engine))[::-1]
        other = changed_since(before, digests)
        if other:
            raise BadInput(
                f"The digest of {other.day} was published as {other.root}, and the register has another one"
                " or none: nothing was written. See: pingtai audit digest check",
                f"{other.day} 的摘要已公布为 {other.root}，而名册所载不同或已无：未写入任何文件。请运行"
                " pingtai audit digest check",
            )
        for one in digests:
            found = await digest_of(engine, one.day)
            if found is not None:
                new += publish_day(folder, *found, await stamp_of(engine, one.day))
    if not digests:
        raise BadInput(
            "No digests. See: pingtai audit digest make",
            "没有摘要：可用 pingtai audit digest make 生成",
        )
    publish_list(folder, digests)
    last = digests[-1].day
    show(
        Words(
            f"✓ {folder}: {counted(len(digests), 'digest')}, up to {last}; new: {counted(new, 'day')}",
            f"✓ {folder}：{len(digests):,} 份摘要，截至 {last}；新增 {new} 天",
        )
    )
