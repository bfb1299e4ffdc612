"""A list of names, a platform a line: its numbers, headings and wrong lines."""

import pytest

from starter.commands.batch.plain_list import Names
from starter.errors import BadInput


def test_names_take_their_certificates_by_number() -> None:
    """A prefix numbers those that have none of their own; remarks are passed over."""
    text = "# list\np-1\np-2  C-9 # kept\n\np-3 a b\n"
    entries = Names({"kind": "listing"}, "B-").read(text)
    assert [("p-1", "B-001"), ("p-2", "C-9")] == [tuple(e.given.values()) for e in entries[:2]]
    assert entries[2].problem
    assert Names({}, None).read("p-1\n")[0].problem


@pytest.mark.parametrize(
    "heading", ["平台编号", "platform", "平台编号 证书编号", "platform  certificate_number"]
)
def test_a_list_may_have_a_heading(heading: str) -> None:
    """It is no line of the list, and takes no number of it."""
    entries = Names({"kind": "listing"}, "B-").read(f"# 名单\n{heading}\np-1\np-2\n")
    assert [("p-1", "B-001"), ("p-2", "B-002")] == [tuple(e.given.values()) for e in entries]


@pytest.mark.parametrize(
    "heading", ["平台编号,证书编号", "platform,certificate_number", "证书编号 平台编号"]
)
def test_the_heading_of_a_table_is_refused_before_anything(heading: str) -> None:
    """What would be read column by column otherwise is no list of names."""
    with pytest.raises(BadInput, match="--format csv"):
        Names({"kind": "listing"}, "B-").read(f"{heading}\np-1\n")


def test_a_line_that_is_no_platform_uses_up_no_number() -> None:
    """It is told as everywhere, and the next line has the next number."""
    entries = Names({"kind": "listing"}, "B-").read("p-1\n氢能\n'p-9'\np-2\n")
    assert ["B-001", "", "", "B-002"] == [one.given["certificate_number"] for one in entries]
    assert entries[1].problem
    assert entries[1].problem.zh.startswith("“氢能”不是平台编号")


def test_a_corrected_list_gives_no_number_twice() -> None:
    """Who is in the list keeps the number, wherever the line stands now; new ones go on from the last."""
    listed = {"p-1": "B-001", "p-3": "B-003", "p-9": "C-9"}
    entries = Names({"kind": "listing"}, "B-", listed).read("p-3\np-2\np-1\np-4\n")
    assert [
        ("p-3", "B-003"),
        ("p-2", "B-004"),
        ("p-1", "B-001"),
        ("p-4", "B-005"),
    ] == [tuple(entry.given.values()) for entry in entries]


def test_another_prefix_asks_for_another_certificate() -> None:
    """Of who is in the list under one of an older prefix, too: the rules refuse it, instead of "done"."""
    entries = Names({"kind": "listing"}, "ZZZ-", {"p-1": "GX-001"}).read("p-1\n")
    assert [("p-1", "ZZZ-001")] == [tuple(entry.given.values()) for entry in entries]
