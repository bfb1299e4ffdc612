"""Names in a row: parted so that a name with a 、 or a comma of its own is read as one."""

import re
from pathlib import Path

import pytest

from starter.commands.notation import findings, texts
from starter.errors import BadInput
from workflows.vocabulary import IndicatorGroup, InspectionItem
from workflows.words import listed, listed_zh

ROOT = Path(__file__).parents[2]
OK = {"finding": "satisfactory"}


def test_a_name_with_a_comma_of_its_own_is_one() -> None:
    """In both languages; plain names are parted as before."""
    assert ("A, B", "甲、乙") == (listed(["A", "B"]).en, listed_zh(["甲", "乙"]))
    assert ("A, of B; C", "甲、乙；丙") == (
        listed(["A, of B", "C"]).en,
        listed_zh(["甲、乙", "丙"]),
    )
    groups = listed_zh(one.zh for one in IndicatorGroup)
    assert len(IndicatorGroup) == len(groups.split("；"))


def test_names_are_parted_in_one_place() -> None:
    """Nothing else puts Chinese names in a row."""
    own = ROOT / "workflows" / "words.py"
    folders = ("workflows", "activities", "db", "starter", "audit", "worker")
    sources = [path for name in folders for path in (ROOT / name).rglob("*.py") if path != own]
    joins = re.compile(r"""["']、["']\)*\.join\(""")
    assert [] == [str(path) for path in sources if joins.search(path.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("rest", ["all", "其余", "全部", "others"])
def test_those_not_named_are_called_as_in_tables(rest: str) -> None:
    """By each word that a heading may have."""
    found = findings([f"{rest}=符合"], None, InspectionItem, scored=False)
    assert dict.fromkeys(map(str, InspectionItem), OK) == found


def test_the_error_names_the_word_for_those_not_named() -> None:
    """Where there is one: each item of a report has its own text."""
    with pytest.raises(BadInput) as error:
        findings(["某些=符合"], None, InspectionItem, scored=False)
    assert "未列明的各项：“其余”" in error.value.words.zh
    assert "all: those not named" in error.value.words.en
    with pytest.raises(BadInput) as error:
        texts(["某些=正常"], None, IndicatorGroup)
    assert "其余" not in error.value.words.zh
    with pytest.raises(BadInput) as error:
        texts(["其余=正常"], None, IndicatorGroup)
    assert "各项目须分别说明，“其余=…”" in error.value.words.zh
