"""A section of docs/performance.md is put where it stood, or before what is missed."""

import pytest

from bench.sections import renewed

BEFORE, AFTER = "# Performance\n\n", "## What is missed, and why\n\nNothing.\n"


@pytest.mark.parametrize("stood", ["", "## Commands\n\nold\n\n"])
def test_a_section_replaces_the_one_of_its_heading(stood: str) -> None:
    """Twice the same gives the same."""
    new = "## Commands\n\nnew\n"
    once = renewed(BEFORE + stood + AFTER, new)
    assert once == BEFORE + new + "\n" + AFTER == renewed(once, new)
