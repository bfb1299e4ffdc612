"""The option --from: where an audit reads histories."""

import click

from audit.archive.archive_opening import SOURCES

from_option = click.option(
    "--from",
    "source",
    type=click.Choice(SOURCES),
    default="server",
    show_default=True,
    help="Where the histories are read. 历史来源",
)
