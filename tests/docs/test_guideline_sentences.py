"""The guideline sentence by sentence: none of the source is missing, and each command exists."""

import re

import pytest

from worker.documents import ROOT
from worker.guideline_sentences import Sentence, sentence_table, sentences
from worker.main import pingtai
from workflows.lifecycle import ASSESSMENT, PLATFORM

SOURCE = ROOT / "docs" / "guideline-2023-25.txt"
SIGNS = str.maketrans(",:()", "，：（）")
ALL = sentences()


def of_the_source() -> list[str]:
    """The sentences of the parts 一 to 六, in their order; a heading belongs to what it stands before."""
    body = SOURCE.read_text(encoding="utf-8").partition("一、")[2]
    lines = [line.strip() for line in body.splitlines()[1:] if line.strip()]
    found: list[str] = []
    for line in lines:
        if re.match(r"[一二三四五六]、.{4}$", line):
            continue
        numbered = re.sub(r"^[(（][一二三四五][)）]", "", line)
        parts = re.findall(r"[^。]+。?", numbered)
        if numbered != line and len(parts) > 1 and len(parts[0]) < 22:
            parts = [parts[0] + parts[1], *parts[2:]]
        found += [part.strip().translate(SIGNS) for part in parts]
    return found


def test_no_sentence_is_missing() -> None:
    """The source has traditional characters: where both scripts have the same one, it stands at its place."""
    source = of_the_source()
    assert len(source) == len(ALL)
    for theirs, ours in zip(source, ALL, strict=True):
        assert len(theirs) == len(ours.text), ours.text
        alike = sum(a == b for a, b in zip(theirs, ours.text, strict=True))
        assert alike * 2 > len(theirs), ours.text


@pytest.mark.parametrize("one", [one for one in ALL if one.commands], ids=lambda one: one.text[:12])
def test_each_command_exists(one: Sentence) -> None:
    """By its name, with its option where one is named."""
    for named in one.commands:
        command = pingtai.get_command(None, named.split()[0])  # type: ignore[arg-type]
        assert command, named


def test_each_step_stands_at_a_sentence() -> None:
    """No step of the tables is without ground; who decides it, and until when, is the table's."""
    told = {stage for one in ALL for stage in one.stages}
    steps = {
        step.stage for table in (PLATFORM, ASSESSMENT) for step in table.steps if not step.ended
    }
    assert steps == told
    table = sentence_table()
    assert "所在区（逾期后：市科委、中关村管委会）" in table
    assert "20 个工作日" in table
