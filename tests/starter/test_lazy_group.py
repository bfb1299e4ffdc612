"""Commands are loaded when they are called, and then no more than they need."""

import subprocess
import sys

import pytest

from audit.commands import REBUILD
from starter.commands import COMMANDS
from starter.commands.assessment_forms import ASSESSMENT_FORMS
from starter.commands.desk_forms import SET_ASIDE
from starter.commands.platform_forms import PLATFORM_FORMS
from starter.lazy_group import Listed
from worker.main import pingtai
from worker.manual import commands

LISTED = (*COMMANDS, REBUILD)
HEAVY = {"temporalio.client", "sqlalchemy", "rich", "pydantic"}


@pytest.mark.parametrize("listed", LISTED, ids=lambda one: one.name)
def test_what_is_listed_is_there(listed: Listed) -> None:
    """Under the name that it is listed by."""
    assert listed.name == listed.load().name


def test_a_form_is_listed_by_its_own_words() -> None:
    """The line of the list is the form's."""
    said = {one.name: one.short_help for one in COMMANDS}
    forms = (*PLATFORM_FORMS, *ASSESSMENT_FORMS, SET_ASIDE)
    assert {form.name: form.does for form in forms} == {
        form.name: said[form.name] for form in forms
    }


def test_every_command_is_reached() -> None:
    """From the root, with its help, also what one folder adds to a group of another."""
    paths = [context.command_path for context in commands(pingtai)]
    assert {"pingtai audit digest list", "pingtai register rebuild", "pingtai up"} <= set(paths)
    assert len(paths) == len(set(paths))


def loaded(*said: str) -> set[str]:
    """The heavy libraries that a process loads which runs `pingtai` with these arguments."""
    program = (
        f"import sys; from worker.main import pingtai\ntry: pingtai({list(said)!r})\n"
        "except SystemExit: pass\nprint('LOADED', *sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return HEAVY & set(done.stdout.rpartition("LOADED")[2].split())


def test_help_loads_nothing() -> None:
    """The list of commands needs none of them, nor what they need."""
    assert loaded("--help") == loaded("audit", "--help") == loaded("nonsense") == set()


@pytest.mark.parametrize("name", ["show", "inbox", "valid"])
def test_reading_needs_no_temporal(name: str) -> None:
    """What reads the register does not load Temporal's client."""
    assert "temporalio.client" not in loaded(name, "--help")
