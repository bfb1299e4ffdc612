"""The batches that the desk's document shows are good ones, and both say the same."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from starter.desk.profile import Profile, ProfileRole, write_profile
from worker.seed.sample_cases import SAMPLES
from workflows.vocabulary import District, Role

Run = Callable[..., Result]
Sent = list[tuple[str, dict[str, Any]]]

DESK = Path(__file__).parents[2] / "docs" / "desk.md"
EXAMPLE = re.compile(r"<!-- example: (\S+) -->\n```\w+\n(.*?)```", re.DOTALL)


@pytest.fixture
def examples() -> list[str]:
    """The examples, written under their names."""
    found = EXAMPLE.findall(DESK.read_text(encoding="utf-8"))
    for name, text in found:
        Path(name).write_text(text, encoding="utf-8")
    return [name for name, _ in found]


def test_both_examples_are_the_same_decisions(
    pingtai: Run, sent: Sent, examples: list[str]
) -> None:
    """Each line fits its model, whoever has the roles; as JSON and as CSV they are the same decisions."""
    district = ProfileRole(role=Role.DISTRICT, organisation="密云区科委", district=District.MIYUN)
    commission = ProfileRole(role=Role.COMMISSION, organisation="市科委")
    write_profile(Profile(id="kw-01", roles=(district, commission)))
    assert ["decisions.jsonl", "decisions.csv"] == examples
    said = []
    for name in examples:
        result = pingtai("decide", "--file", name, "--at-once", "1")
        assert 0 == result.exit_code, result.output
        said.append([json.dumps(one, sort_keys=True) for one in sent])
        sent.clear()
    assert said[0] == said[1]
    assert 2 == len(said[0])


def test_the_platforms_of_the_desk_s_document_are_those_that_seed_makes() -> None:
    """Who reads it beside a seeded system can run its commands."""
    named = set(re.findall(r"\bbj-[a-z-]+", DESK.read_text(encoding="utf-8")))
    assert named <= {sample.platform_id for sample in SAMPLES}
