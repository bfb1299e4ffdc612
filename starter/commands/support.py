"""`pingtai support`: support that valid platforms were given: record it, list it."""

import click

from starter.commands.decision_commands import command_of
from starter.commands.forms_by_kind import FORMS
from starter.commands.support_list import list_command
from workflows.vocabulary import Kind

support_command = click.Group(
    "support",
    commands={"record": command_of(FORMS[Kind.SUPPORT]), "list": list_command},
    help="Support given to valid platforms. 支持记录 §四\n\n\b\nExample:\n  pingtai support record"
    " bj-water-membrane --support tax --given-on 2026-05-01 \\\n      --title '研发费用加计扣除'",
)
"""The group."""
