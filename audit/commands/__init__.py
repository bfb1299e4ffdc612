"""The auditors' commands: `pingtai audit …`, a file for each."""

import click

from audit.commands.access import access_group
from audit.commands.archive import archive_command
from audit.commands.diff import diff_command
from audit.commands.digest import digest_group
from audit.commands.dossier import dossier_command
from audit.commands.prove import prove_command
from audit.commands.rebuild import rebuild_command
from audit.commands.reconcile import reconcile_command
from audit.commands.replay import replay_command
from audit.commands.state import state_command
from audit.commands.timeline import timeline_command
from audit.commands.verify import verify_command
from starter.commands.register import register_command

AUDIT = click.Group(
    "audit",
    help="See what was decided, and prove that the record is whole. 审计\n\n\b\nExample:\n"
    "  pingtai audit archive --now\n"
    "  pingtai audit dossier bj-riscv-soc -o bj-riscv-soc.zip\n"
    "  pingtai audit verify bj-riscv-soc.zip",
    short_help="See what was decided, and prove that the record is whole. 审计",
)
"""The group; each part adds its commands here."""

for command in (
    archive_command,
    timeline_command,
    state_command,
    diff_command,
    reconcile_command,
    replay_command,
    dossier_command,
    verify_command,
    digest_group,
    prove_command,
    access_group,
):
    AUDIT.add_command(command)

register_command.add_command(rebuild_command)
