"""The staff's commands; the entry point puts them together with the other folders' own."""

import click

from starter.commands.absence import absence_command
from starter.commands.apply import apply_command
from starter.commands.assessment_forms import ASSESSMENT_FORMS
from starter.commands.completion import completion_command
from starter.commands.decide import decide_command
from starter.commands.decision_commands import command_of
from starter.commands.desk_forms import SET_ASIDE
from starter.commands.importing.command import import_command
from starter.commands.inbox import inbox_command
from starter.commands.keys import keys_command
from starter.commands.layout import layout_command
from starter.commands.listing import list_command
from starter.commands.login import login_command, logout_command
from starter.commands.mechanisms import mechanisms_command
from starter.commands.notices import notices_command
from starter.commands.platform_forms import LIST, PLATFORM_FORMS
from starter.commands.register import register_command
from starter.commands.show import show_command
from starter.commands.stats import stats_command
from starter.commands.support import support_command
from starter.commands.valid import valid_command

_FORMS = (*PLATFORM_FORMS, *ASSESSMENT_FORMS, SET_ASIDE)

COMMANDS: tuple[click.Command, ...] = (
    login_command,
    logout_command,
    inbox_command,
    apply_command,
    import_command,
    *(command_of(form) for form in _FORMS if form is not LIST),
    list_command,
    decide_command,
    support_command,
    absence_command,
    notices_command,
    keys_command,
    show_command,
    register_command,
    valid_command,
    layout_command,
    mechanisms_command,
    stats_command,
    completion_command,
)
"""What staff may do; `list` is a group, because whole lists are published too."""
