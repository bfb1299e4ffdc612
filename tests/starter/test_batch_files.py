"""Batches on paper: read line by line, made whole, and what was not done written so that it can be mended."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from starter.commands.batch import rejected_lines
from starter.commands.batch.decision_cells import from_cells
from starter.commands.batch.formats import Cells, JsonLines, Written
from starter.commands.batch.preparation import derived_id
from starter.desk.profile import Profile, ProfileRole, write_profile
from starter.errors import BadInput, NoSuchPlatform, Unreachable
from workflows.refusal import Refusal, Refused
from workflows.states import Receipt
from workflows.vocabulary import District, Role

Run = Callable[..., Result]
Sent = list[tuple[str, dict[str, Any]]]

ACTOR = {"id": "op-1", "role": "operator", "organisation": "某单位"}
WITHDRAWAL = {"platform": "p-1", "kind": "withdrawal", "reason": "x", "actor": ACTOR}
DATED = WITHDRAWAL | {"decided_on": "2026-11-24"}

CELLS: tuple[tuple[dict[str, str], dict[str, Any]], ...] = (
    (
        {"kind": "所在区推荐", "outcome": "推荐", "opinion": "同意；支持", "actor.role": "所在区",
         "actor.district": "海淀区", "actor.id": "a"},
        {"outcome": "recommended", "opinion": "同意；支持",
         "actor": {"role": "district", "district": "haidian", "id": "a"}},
    ),
    (
        {"kind": "inspection", "outcome": "passed", "findings.all": "satisfactory",
         "findings.site": "需改进：通风", "corrections": "补充;复测；再测", "note": " n "},
        {"outcome": "passed", "corrections": ["补充", "复测", "再测"], "note": "n"},
    ),
    (
        {"kind": "expert_opinion", "outcome": "supported", "opinion": "可行",
         "panel": "甲,technology,某所,supported；乙,产业,某会,支持"},
        {"outcome": "supported", "opinion": "可行", "panel": [
            {"name": "甲", "field": "technology", "organisation": "某所", "vote": "supported"},
            {"name": "乙", "field": "industry", "organisation": "某会", "vote": "supported"},
        ]},
    ),
    (
        {"kind": "self_report", "outcome": "not_filed", "reason": "逾期"},
        {"outcome": "not_filed", "reason": "逾期"},
    ),
    (
        {"kind": "self_report", "outcome": "已提交", "groups.teams": "稳定",
         "mechanisms": '{"legal_form": "independent"}'},
        {"outcome": "filed", "groups": {"teams": "稳定"}, "mechanisms": {"legal_form": "independent"}},
    ),
    (
        {"kind": "support", "support": "税收", "amount_wan": "12", "title": "t", "given_on": "2026-01-02"},
        {"support": "tax", "amount_wan": 12, "title": "t", "given_on": "2026-01-02"},
    ),
    (
        {"kind": "evaluation", "outcome": "effective", "documents": f"a={'ab' * 32}",
         "findings": "teams=satisfactory@80", "to_mend": ""},
        {"outcome": "effective", "documents": [{"name": "a", "sha256": "ab" * 32}],
         "findings": {"teams": {"finding": "satisfactory", "score": 80}}},
    ),
)  # fmt: skip


@pytest.mark.parametrize(("cells", "expected"), CELLS, ids=lambda cells: cells.get("kind", ""))
def test_cells_are_written_as_flags(cells: dict[str, str], expected: dict[str, Any]) -> None:
    """Chinese words, lists by semicolons, findings a column each, numbers as numbers."""
    made = from_cells({"platform": "p-1", **cells})
    assert "p-1" == made.pop("platform")
    findings = made.pop("findings", None)
    wanted = {key: value for key, value in expected.items() if key != "findings"}
    assert wanted == {key: value for key, value in made.items() if key != "kind"}
    if "findings" in expected:
        assert expected["findings"] == findings
    if cells["kind"] == "inspection":
        assert {"finding": "to_improve", "remark": "通风"} == findings["site"]
        assert 7 == len(findings)


@pytest.mark.parametrize(
    "cells",
    [
        {"kind": "nonsense"},
        {"kind": "inspection", "outcome": "fine"},
        {"kind": "inspection", "findings.site": "fine"},
        {"kind": "inspection", "findings.sight": "satisfactory"},
        {"kind": "expert_opinion", "panel": "甲"},
        {"kind": "self_report", "mechanisms": "{"},
        {"kind": "self_report", "mechanisms": "nowhere.json"},
        {"kind": "review", "actor.role": "boss"},
    ],
)
def test_cells_that_cannot_be_read_are_said(cells: dict[str, str]) -> None:
    """A wrong word is bad input."""
    with pytest.raises(BadInput):
        from_cells({"platform": "p-1", **cells})


def test_json_lines_are_counted_as_an_editor_does() -> None:
    """Empty lines count and say nothing; a line that is no object is told with its number."""
    text = f"\n{json.dumps(WITHDRAWAL)}\r\n\n[1]\n{{\n"
    entries = JsonLines().read(text)
    assert [2, 4, 5] == [entry.number for entry in entries]
    assert [True, False, False] == [entry.problem is None for entry in entries]
    assert {"line": "[1]"} == entries[1].given


def test_rows_are_counted_by_their_lines() -> None:
    """A cell may go over several lines; rows with too many cells are told; empty rows are passed over."""
    text = 'platform,kind,reason\np-1,withdrawal,"a\nb"\n,,\np-2,withdrawal,x,y\np-3,撤回,z\n'
    entries = Cells().read(text)
    assert [2, 5, 6] == [entry.number for entry in entries]
    assert "a\nb" == entries[0].fields["reason"]
    assert entries[1].problem
    assert "withdrawal" == entries[2].fields["kind"]


@pytest.mark.parametrize("text", ["", "kind,reason\n", "platform,platform\n", 'platform\n"a"b\n'])
def test_what_is_no_table_is_bad_input(text: str) -> None:
    """The header names columns, each once, platform among them."""
    with pytest.raises(BadInput):
        Cells().read(text)


def write(rows: list[dict[str, Any]], name: str = "d.jsonl") -> str:
    """Write a batch."""
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    Path(name).write_text("".join(lines), encoding="utf-8")
    return name


def test_the_same_line_is_the_same_decision(pingtai: Run, sent: Sent) -> None:
    """Its id is of its content: not of spaces, the order of fields, or the day on which it is run."""
    reordered = {"reason": " x ", "decided_on": "2026-11-24", **WITHDRAWAL} | {"reason": " x "}
    write([DATED, reordered, {**DATED, "platform": "p-2"}, {**DATED, "reason": "y"}])
    assert 0 == pingtai("decide", "--file", "d.jsonl", "--at-once", "1").exit_code
    by_platform = [(platform, said["decision_id"]) for platform, said in sent]
    assert 4 == len(sent)
    assert by_platform[0][1] == by_platform[1][1]
    assert 3 == len({one for _, one in by_platform})
    platform, said = sent[0]
    assert derived_id(platform, said) == said["decision_id"]
    first = list(sent)
    sent.clear()
    pingtai("decide", "--file", "d.jsonl", "--at-once", "1")
    assert first == sent


def test_a_line_says_its_day_or_the_command_does(pingtai: Run, sent: Sent) -> None:
    """--date is for those that have none; with neither a line is bad, for tomorrow it would be another."""
    write([WITHDRAWAL, DATED])
    result = pingtai("decide", "--file", "d.jsonl")
    assert 2 == result.exit_code
    assert "1  p-1  BAD  date of submission (decided_on): the line has no day" in result.stdout
    two = {name: value for name, value in WITHDRAWAL.items() if name != "reason"}
    write([two])
    said = pingtai("decide", "--file", "d.jsonl").stdout
    assert "the line has no day" in said and "reason" in said, "both in one answer"
    write([WITHDRAWAL, DATED])
    sent.clear()
    assert 0 == pingtai("decide", "--file", "d.jsonl", "--date", "2026-11-20").exit_code
    assert ["2026-11-20", "2026-11-24"] == [said["decided_on"] for _, said in sent]
    assert 2 == pingtai("decide", "--file", "d.jsonl", "--date", "soon").exit_code


def test_who_acts_is_filled_in(pingtai: Run, sent: Sent) -> None:
    """The profile, the environment's and the command's flags are for the lines that do not say."""
    role = ProfileRole(role=Role.OPERATOR, organisation="某公司")
    write_profile(Profile(id="op-9", roles=(role,)))
    anonymous = {key: value for key, value in DATED.items() if key != "actor"}
    write([anonymous, DATED])
    pingtai("decide", "--file", "d.jsonl")
    pingtai("decide", "--file", "d.jsonl", "--actor", "op-8", "--organisation", "另一公司")
    who = [(said["actor"]["id"], said["actor"]["organisation"]) for _, said in sent]
    assert [("op-9", "某公司"), ("op-1", "某单位"), ("op-8", "另一公司"), ("op-1", "某单位")] == who


REFUSED = Refused(Refusal(rule="§四", en="not now", zh="现在不行", stage="valid"))


@pytest.mark.parametrize(
    ("error", "outcome", "code"),
    [
        (REFUSED, "refused", 3),
        (NoSuchPlatform("none", "没有"), "bad", 2),
        (Unreachable("away", "不在"), "not_answered", 4),
        (ConnectionRefusedError("no"), "not_answered", 4),
    ],
)
def test_each_line_has_its_result(
    pingtai: Run, answers: dict[str, Any], error: Exception, outcome: str, code: int
) -> None:
    """Said in JSON for programs, with the reason in both languages; the line is set apart with it."""
    answers["decide"] = error
    write([DATED])
    result = pingtai("decide", "--file", "d.jsonl", "--json")
    assert code == result.exit_code
    told = json.loads(result.stdout)
    assert (outcome, "p-1", "withdrawal", 1) == tuple(
        told[key] for key in ("result", "platform", "kind", "line")
    )
    assert told["problem"]["en"] and told["problem"]["zh"]
    kept = json.loads(Path("d.refused.jsonl").read_text(encoding="utf-8"))
    assert kept["problem"] in " ".join(told["problem"].values())
    answers["decide"] = Receipt.model_validate(RECEIPT | {"set_aside_by": None}, strict=False)
    assert 0 == pingtai("decide", "--file", "d.refused.jsonl").exit_code


RECEIPT = {
    "decision_id": "d",
    "platform_id": "p-1",
    "term": 1,
    "seq": 2,
    "at": "2026-11-24T01:00:00Z",
    "kind": "withdrawal",
    "outcome": "withdrawn",
    "stage": "withdrawn",
    "said_sha256": "0" * 64,
    "repeated": True,
    "set_aside_by": "d-9",
}


def test_done_before_and_set_aside_since(pingtai: Run, answers: dict[str, Any]) -> None:
    """A repeated line that counts no longer is told apart, with what to do: nothing is decided by it."""
    answers["decide"] = Receipt.model_validate(RECEIPT, strict=False)
    write([DATED])
    result = pingtai("decide", "--file", "d.jsonl")
    assert 3 == result.exit_code
    assert "set aside since, by d-9" in result.stdout
    assert "give the line a decision_id of its own" in result.stdout
    assert Path("d.refused.jsonl").exists()


def test_what_was_set_apart_before_is_kept(pingtai: Run, answers: dict[str, Any]) -> None:
    """A file of refused lines may be half mended: it is never written over unless it was named."""
    answers["decide"] = REFUSED
    write([DATED])
    for _ in range(2):
        pingtai("decide", "--file", "d.jsonl")
    pingtai("decide", "--file", "d.jsonl", "--refused", "named.jsonl")
    pingtai("decide", "--file", "d.jsonl", "--refused", "named.jsonl")
    names = sorted(path.name for path in Path().iterdir() if "jsonl" in path.name)
    assert ["d.jsonl", "d.refused-2.jsonl", "d.refused.jsonl", "named.jsonl"] == names
    for refused in ("d.jsonl", "./d.jsonl", "nowhere/x.jsonl"):
        assert 2 == pingtai("decide", "--file", "d.jsonl", "--refused", refused).exit_code


def test_two_who_run_the_same_file_keep_apart_what_they_leave(
    pingtai: Run, answers: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that another took while lines were sent is left to it, and the next one is used."""
    answers["decide"] = REFUSED
    write([DATED])
    taken, free = Path("d.refused.jsonl"), rejected_lines._free

    def just_before_the_other(file: str, form: Written) -> Path | None:
        found = free(file, form)
        if not taken.exists():
            taken.write_text("another's", encoding="utf-8")
        return found

    monkeypatch.setattr(rejected_lines, "_free", just_before_the_other)
    assert 3 == pingtai("decide", "--file", "d.jsonl").exit_code
    assert "another's" == taken.read_text(encoding="utf-8")
    assert "p-1" in Path("d.refused-2.jsonl").read_text(encoding="utf-8")


def test_half_a_character_is_one_bad_line(pingtai: Run, sent: Sent) -> None:
    """A lone surrogate fits no file: the line is bad and told, kept escaped, and the others go."""
    Path("d.jsonl").write_text(
        json.dumps(DATED | {"reason": "\ud800"}) + "\n" + json.dumps(DATED | {"platform": "p-\ud800"}) + "\n"
        + json.dumps(DATED),
        encoding="utf-8",
    )  # fmt: skip
    for more in ((), ("--json",)):
        assert 2 == pingtai("decide", "--file", "d.jsonl", *more).exit_code
    assert ["p-1", "p-1"] == [platform for platform, _ in sent]
    kept = Path("d.refused.jsonl").read_text(encoding="utf-8").splitlines()
    assert ["\ud800", "x"] == [json.loads(line)["reason"] for line in kept]


def test_standard_input_and_chinese_spreadsheets(pingtai: Run, sent: Sent) -> None:
    """JSON lines and CSV by a pipe; GBK is understood where it is not UTF-8."""
    pingtai("decide", "--file", "-", stdin=json.dumps(DATED))
    row = "platform,kind,decided_on,reason,actor.id,actor.role,actor.organisation\n"
    row += "p-1,撤回,2026-11-24,调整,op-1,平台运营单位,某公司\n"
    for encoding in ("gb18030", "utf-8-sig"):
        result = pingtai("decide", "--file", "-", "--format", "csv", stdin=row.encode(encoding))
        assert 0 == result.exit_code, result.output
    Path("d.csv").write_bytes(row.encode("gb18030"))
    pingtai("decide", "--file", "d.csv")
    assert ["x", "调整", "调整", "调整"] == [said["reason"] for _, said in sent]


def test_a_spreadsheet_s_refused_rows(pingtai: Run, answers: dict[str, Any], sent: Sent) -> None:
    """The same columns with what was filled in and the problem; sent again it is the same decision."""
    answers["decide"] = REFUSED
    Path("d.csv").write_text("platform,kind,reason\np-1,withdrawal,调整\n", encoding="utf-8")
    flags = ("--date", "2026-11-24", "--actor", "op-1", "--organisation", "某单位")
    assert 3 == pingtai("decide", "--file", "d.csv", *flags).exit_code
    text = Path("d.refused.csv").read_text(encoding="utf-8")
    assert text.startswith("\ufeff")
    [row] = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    assert "not now (§四)." == row["problem"]
    assert 3 == pingtai("decide", "--file", "d.refused.csv").exit_code
    assert sent[0] == sent[1]


def test_a_file_that_is_no_batch(pingtai: Run, sent: Sent) -> None:
    """Missing, empty, or a folder: bad input, and nothing is sent."""
    Path("empty.jsonl").write_text("\n\n")
    for file in ("nowhere.jsonl", "empty.jsonl", "."):
        assert 2 == pingtai("decide", "--file", file).exit_code
    assert [] == sent


def test_a_list_is_still_decided_one_by_one(pingtai: Run, sent: Sent) -> None:
    """`list PLATFORM` is as it was; `list publish` takes a CSV too, and answers for what is wrong in it."""
    flags = ("--outcome", "included", "--list-number", "2026-1", "--certificate-number", "B-1")
    who = ("--actor", "kw-1", "--organisation", "市科委")
    assert 0 == pingtai("list", "p-1", *flags, *who).exit_code
    assert 0 == pingtai("list", *flags, *who, "p-2").exit_code
    Path("p.csv").write_text("platform,certificate_number\np-3,B-3\np-4,\n")
    result = pingtai("list", "publish", "--number", "2026-1", "--file", "p.csv", *who)
    assert 2 == result.exit_code
    assert ["p-1", "p-2", "p-3"] == [platform for platform, _ in sent]
    assert [("2026-1", "B-1")] * 2 + [("2026-1", "B-3")] == [
        (said["list_number"], said["certificate_number"]) for _, said in sent
    ]
    assert "publish" in pingtai("list", "--help").stdout
    assert 2 == pingtai("list").exit_code


@pytest.mark.parametrize("name", ["d.csv", "d.jsonl"])
def test_refused_lines_leave_who_acts_to_the_profile(
    pingtai: Run, answers: dict[str, Any], sent: Sent, name: str
) -> None:
    """The right person runs the refused file as themselves; an unanswered line stays what it was."""
    [commission, district] = [
        Profile(
            id=f"{role}-1", roles=(ProfileRole(role=role, organisation="某单位", district=where),)
        )
        for role, where in ((Role.COMMISSION, None), (Role.DISTRICT, District.HAIDIAN))
    ]
    if name == "d.csv":
        head, row = (
            "平台编号,事项,结论,推荐意见,决定日期\n",
            "p-1,所在区推荐,推荐,同意,2026-11-24\n",
        )
        Path(name).write_text(head + row, encoding="utf-8")
    else:
        write([{"platform": "p-1", "kind": "recommendation", "outcome": "recommended",
                "opinion": "同意", "decided_on": "2026-11-24"}])  # fmt: skip
    write_profile(commission)
    answers["decide"] = REFUSED
    assert 3 == pingtai("decide", "--file", name).exit_code
    refused = Path(name).stem + ".refused" + Path(name).suffix
    kept = Path(refused).read_text(encoding="utf-8")
    assert "commission" not in kept and "decision_id" not in kept
    write_profile(district)
    answers["decide"] = Unreachable("away", "不在")
    pingtai("decide", "--file", refused)
    assert {
        "id": "district-1",
        "role": "district",
        "organisation": "某单位",
        "district": "haidian",
    } == (sent[-1][1]["actor"])
    [unanswered] = Path().glob("d.refused-2.*")
    assert "district-1" in unanswered.read_text(encoding="utf-8")
