"""The auditors' commands: `pingtai audit …`, a file for each."""

import click

from audit.commands.archive import archive_command

AUDIT = click.Group(
    "audit",
    help="See what was decided, and prove that the record is whole. 审计\n\n\b\nExample:\n"
    "  pingtai audit archive --now",
    short_help="See what was decided, and prove that the record is whole. 审计",
)
"""The group; each part adds its commands here."""

for command in (archive_command,):
    AUDIT.add_command(command)
