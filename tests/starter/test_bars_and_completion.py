"""Bars of a chart, and the scripts that complete commands: what needs no register."""

import pytest
from click.testing import CliRunner

from starter.commands import COMMANDS, stats
from starter.terminal.lazy_group import LazyGroup


@pytest.mark.parametrize(("number", "length"), [(0, 0), (1, 1), (50, 15), (99, 30), (100, 30)])
def test_a_bar(number: int, length: int) -> None:
    """A bar is as long as its share of the largest; what is not nothing can be seen."""
    assert length == len(stats.bar(number, 100))


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(shell: str) -> None:
    """Each shell gets a script that asks pingtai."""
    root = LazyGroup(listed=COMMANDS)
    result = CliRunner().invoke(root, ["completion", shell], prog_name="pingtai")
    assert "_PINGTAI_COMPLETE" in result.stdout


def completed(environment: dict[str, str]) -> str:
    """What a shell is answered."""
    root = LazyGroup(listed=COMMANDS)
    result = CliRunner(env=environment).invoke(
        root, prog_name="pingtai", complete_var="_PINGTAI_COMPLETE"
    )
    assert 0 == result.exit_code
    return str(result.output)
