"""`pingtai roster`, on a roster in memory: what people sign, what is sent, and what is shown."""

import csv
import json
import re
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from starter.clock import today
from starter.commands.roster.roster_file import COLUMNS, read_people
from starter.commands.roster.roster_template import write_template
from starter.errors import BadInput
from starter.tables.workbook import workbook
from starter.terminal.chosen_language import speaking
from tests.starter.memory_roster import MemoryRoster
from tests.starter.roster_office import Office
from workflows.periods import BEIJING
from workflows.roster_entries import RosterProof, proof_holds
from workflows.signed_roots import SignedRoot
from workflows.vocabulary import District, Role
from workflows.words import Language


def test_two_at_one_desk_set_it_up(office: Office, roster: MemoryRoster) -> None:
    """A key of nobody, and one officer alone, do not."""
    alone = office.run("init", office.officers(), code=3)
    assert "set up by two officers" in alone
    assert "Signed by kw-01. The other officer signs here too, with --sign FILE" in alone
    twice = office.run("init", office.officers(), "--sign", office.key("kw-01"), code=3, lang="zh")
    assert "已签名：kw-01。另一名人员" in twice and "--draft 文件" in twice
    stranger = office.run("init", office.officers(), "--sign", office.key("kw-03"), code=3)
    assert "belongs to none of the people" in stranger
    assert "3 people" in office.run("init", office.officers(), "--sign", office.key("kw-02"))
    assert roster.entries["hd-01"].district is District.HAIDIAN
    assert roster.entries["kw-02"].keys[0].public == office.lines["kw-02"]


def test_whoever_signs_first_says_it(office: Office, roster: MemoryRoster) -> None:
    """In whatever order the table has the officers."""
    office.sit_down("kw-02")
    office.run("init", office.officers(), "--sign", office.key("kw-01"))
    actor = roster.log.log[0].actor
    assert actor
    assert actor.id == "kw-02"


def test_two_apart_set_it_up_by_a_draft(office: Office, roster: MemoryRoster) -> None:
    """The first writes it, the second sends it; who signed cannot be both."""
    draft = str(office.folder / "draft.json")
    assert "signed by one" in office.run("init", office.officers(), "--draft", draft)
    assert not roster.log.seq
    assert "two officers" in office.run("init", "--draft", draft, code=3)
    office.sit_down("kw-02")
    assert "两名人员签名" in office.run("init", "--draft", draft, lang="zh")
    assert roster.log.state.in_force
    no_draft = office.folder / "x.json"
    no_draft.write_text("{}")
    assert "actor" in office.run("init", "--draft", str(no_draft), code=2)


def test_a_draft_that_is_none_or_was_edited(office: Office, roster: MemoryRoster) -> None:
    """One line says so, whatever was written in it."""
    draft = office.folder / "draft.json"
    office.run("init", office.officers(), "--draft", str(draft))
    whole = json.loads(draft.read_text())
    (signature,) = whole["signatures"]
    (first, *others) = whole["items"]
    renamed = {"entry": first["entry"] | {"name": "另一人"}}
    edits: list[tuple[dict[str, Any], int]] = [
        ({"signatures": [{"sshsig": signature["sshsig"]}]}, 3),
        ({"signatures": [signature | {"sshsig": "AAAA"}]}, 3),
        ({"signatures": []}, 2),
        ({"items": [renamed, *others]}, 3),
        ({"items": [first, first, *others]}, 3),
        ({"items": []}, 2),
        ({"root": whole["root"] | {"leaves": 7}}, 3),
        ({"root": None}, 2),
        ({"note": "补充"}, 3),
    ]
    office.sit_down("kw-02")
    for edit, code in edits:
        draft.write_text(json.dumps(whole | edit))
        assert office.run("init", "--draft", str(draft), code=code), edit
    for content in (b"", b"[]", b"\xff", b"{", draft.read_bytes()[:-40]):
        draft.write_bytes(content)
        assert office.run("init", "--draft", str(draft), code=2)
    assert not roster.log.seq


def test_one_adds_another_confirms(opened: Office, roster: MemoryRoster) -> None:
    """What waits is shown first; in a pipe nothing is signed unasked."""
    who = ("--id", "kw-03", "--name", "赵某", "--role", "commission", "--organisation", "市科委")
    said = ("add", *who, "--appointed-by", "人事处", "--key", opened.key("kw-03.pub"))
    assert "waits for officers" in opened.run(*said)
    assert "kw-03" in opened.run("list", "--waiting")
    assert "kw-03" not in opened.run("list")
    assert "cannot confirm" in opened.run("confirm", "--yes", code=3)
    assert "To sign it: --yes" in opened.run("confirm", code=2)
    opened.sit_down("kw-02")
    shown = opened.run("confirm", "--yes", lang="zh")
    assert "新登记" in shown
    assert "已确认并生效" in shown
    assert roster.entries["kw-03"].role is Role.COMMISSION
    assert "Nothing waits" not in opened.run("list")
    assert "nothing waits" in opened.run("confirm", "--yes", code=2)


def test_both_at_one_desk_change_it_at_once(opened: Office, roster: MemoryRoster) -> None:
    """Also what one has signed before: their key is passed over."""
    both = ("--sign", opened.key("kw-02"))
    assert "in force" in opened.run("revoke", "hd-01", "--note", "密钥遗失", *both)
    assert roster.entries["hd-01"].keys[0].revoked
    assert "no key" in opened.run("list", "--role", "district")
    assert "revoked since" in opened.run("show", "hd-01")
    assert "could be revoked" in opened.run("revoke", "hd-01", *both, code=2)
    opened.run("key", "hd-01", opened.lines["kw-03"])
    assert "new key SHA256:" in opened.run("confirm", "--yes", *both)
    assert "can sign" in opened.run("list", "--district", "haidian")
    before = str(today() - timedelta(days=1))
    assert "last day lies before" in opened.run("end", "hd-01", "--on", before, *both, code=3)
    opened.run("end", "hd-01", *both)
    assert roster.entries["hd-01"].last_day == today()
    assert "can sign" in opened.run("list", "--district", "haidian")


def test_a_key_was_lost_before_it_was_noticed(opened: Office, roster: MemoryRoster) -> None:
    """It is revoked from that moment on; without a zone the moment is Beijing's."""
    both = ("--sign", opened.key("kw-02"))
    lost = (datetime.now(BEIJING) - timedelta(days=2)).replace(second=0, microsecond=0)
    opened.run("revoke", "hd-01", "--since", f"{lost:%Y-%m-%dT%H:%M}", *both)
    assert roster.entries["hd-01"].keys[0].revoked == lost
    assert "not a moment" in opened.run("revoke", "kw-02", "--since", "gestern", code=2)


def test_a_key_is_replaced(opened: Office, roster: MemoryRoster) -> None:
    """The old one is revoked with the same signatures."""
    both = ("--sign", opened.key("kw-02"))
    opened.run("key", "hd-01", opened.key("kw-03.pub"), "--replace", *both)
    old, new = roster.entries["hd-01"].keys
    assert (bool(old.revoked), new.revoked) == (True, None)


def test_a_district_enters_its_own_and_it_is_rejected(opened: Office, roster: MemoryRoster) -> None:
    """With a reason, by one officer."""
    opened.sit_down("hd-01", "district", "--district", "haidian")
    row = f"hd-02,孙某,district,海淀区科委,haidian,海淀区科委,{opened.lines['kw-03']}"
    assert "waits for officers" in opened.run("add", opened.table(row))
    assert "officers of the commission confirm" in opened.run("confirm", "--yes", code=3)
    opened.sit_down("kw-02")
    assert "rejected" in opened.run("confirm", "--reject", "未附任命文件")
    assert set(roster.entries) == {"kw-01", "kw-02", "hd-01"}


def test_who_is_not_in_it_changes_nothing(opened: Office) -> None:
    """Nor without a key."""
    opened.sit_down("kw-03")
    assert "belongs to nobody in the roster" in opened.run("end", "hd-01", code=3)
    for typed, lang, near in (
        ("hd-02", "en", "Not in the roster: hd-02. Did you mean hd-01 (王某)?"),
        ("hd-02", "zh", "人员目录中没有 hd-02。是否为 hd-01（王某）？"),
        ("王某", "zh", "人员目录中没有 王某。是否为 hd-01（王某）？"),
        ("zz-9", "en", "Not in the roster: zz-9. All: pingtai roster list"),
    ):
        for said in (("end", typed), ("show", typed), ("proof", typed)):
            assert near in opened.run(*said, code=2, lang=lang)
    assert "Not in the roster: hd-9" in opened.run("show", "hd-9", code=2)


def test_the_proof_holds(opened: Office) -> None:
    """As JSON: the entry, its path and the signed version."""
    found = json.loads(opened.run("proof", "hd-01"))
    proof = RosterProof.model_validate_json(json.dumps(found["proof"]))
    signed = SignedRoot.model_validate_json(json.dumps(found["signed_root"]))
    assert proof_holds(proof, signed.root)
    assert [one["id"] for one in json.loads(opened.run("list", "--json"))] == sorted(
        ("hd-01", "kw-01", "kw-02")
    )


def test_the_list_says_of_which_version_it_is(opened: Office, roster: MemoryRoster) -> None:
    """With the digest that dossiers name, beside the table that programs read."""
    assert roster.log.state.root
    digest = roster.log.state.root.root.digest()
    for lang, words in (("en", f"Version 1, digest {digest}"), ("zh", f"第 1 版，摘要 {digest}")):
        assert words in opened.beside("list", lang=lang)


def test_where_there_is_no_roster_it_is_said(office: Office, roster: MemoryRoster) -> None:
    """Whatever is asked; where there is one, but nobody so, that is said."""
    asked = (("list",), ("list", "--json"), ("list", "--waiting"), ("show", "x"), ("proof", "x"))
    for said in (*asked, ("end", "x"), ("confirm", "--yes")):
        assert "no roster is set up here" in office.run(*said, code=2), said
    assert "尚未设立人员目录" in office.run("list", code=2, lang="zh")
    office.run("init", office.officers(), "--sign", office.key("kw-02"))
    nobody = office.beside("list", "--role", "operator")
    assert "Nobody in the roster is like that" in nobody
    assert "init" not in nobody
    assert office.run("list", "--role", "operator", "--json").strip() == "[]"


def test_the_template_says_what_comes_next(office: Office) -> None:
    """Both ways: it asks nobody whether there is a roster. Its headings are in the reader's language."""
    for lang, first in (("en", "person's id,name,"), ("zh", "人员编号,姓名,")):
        path = str(office.folder / f"{lang}.csv")
        said = office.run("template", path, lang=lang)
        assert f"roster init {path}" in said
        assert f"roster add {path}" in said
        assert Path(path).read_text(encoding="utf-8-sig").startswith(first)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_template_says_how_it_is_filled_in(tmp_path: Path, lang: Language) -> None:
    """In one language: what is required, the words of a cell, and that a document lies beside the table."""
    with speaking(lang):
        write_template(tmp_path / "t.csv")
        write_template(tmp_path / "t.xlsx")
    rows = csv.reader((tmp_path / "t.csv").read_text(encoding="utf-8-sig").splitlines())
    needed, written, example = (dict(zip(COLUMNS, row, strict=True)) for row in [*rows][1:4])
    required = say_in(lang, "required", "必填")
    assert [needed[name].removeprefix("# ") for name in ("id", "role", "appointed_by")] == 3 * [
        required
    ]
    assert needed["first_day"] == needed["document"] == say_in(lang, "optional", "选填")
    assert (
        say_in(lang, "where role is “operator”", "身份为“平台运营单位”时必填")
        in needed["platform_id"]
    )
    assert all(say_in(lang, str(one), one.zh) in written["role"] for one in Role)
    assert all(say_in(lang, str(one), one.zh) in written["district"] for one in District)
    assert say_in(lang, "in the table's folder", "表格所在文件夹") in written["document"]
    assert say_in(lang, "commission", "市科委、中关村管委会") == example["role"]
    sheets = load_workbook(tmp_path / "t.xlsx").worksheets
    read = str([[cell.value for cell in row] for sheet in sheets for row in sheet.iter_rows()])
    assert (lang == "zh") == bool(re.search("[\u4e00-\u9fff]", read))


def say_in(lang: Language, en: str, zh: str) -> str:
    """Of two texts the one in a language."""
    return zh if lang == "zh" else en


def test_one_line_that_does_not_hold(opened: Office) -> None:
    """It is one."""
    said = opened.run("add", opened.table("x 1,A,district,B,haidian,C,"), code=2)
    assert "1 line does not hold" in said


def test_lines_that_do_not_hold_are_named(opened: Office, roster: MemoryRoster) -> None:
    """All of them, and nothing is sent."""
    seq = roster.log.seq
    said = opened.run(
        "add",
        opened.table(
            "x 1,A,district,B,haidian,C,",
            "x-2,A,nobody,B,,C,",
            "x-3,A,district,B,海淀,C,ssh-rsa AA",
        ),
        code=2,
    )
    assert "3 lines do not hold" in said
    for part in ("line 2", "line 3", "line 4"):
        assert part in said
    assert roster.log.seq == seq
    path = opened.folder / "odd.csv"
    path.write_text("id,salary\nx,1\n", encoding="utf-8")
    assert "no such columns: salary" in opened.run("add", str(path), code=2)
    assert "give a file of people" in opened.run("add", code=2)


def test_hundreds_of_rows_of_a_workbook(opened: Office, roster: MemoryRoster) -> None:
    """One message, one signature of each officer."""
    heading = ["id", "姓名", "role", "organisation", "所在区", "appointed by"]
    rows = [[f"hd-{n:03}", "某人", "所在区", "海淀区科委", "海淀区", "人事处"] for n in range(300)]
    path = opened.folder / "many.xlsx"
    path.write_bytes(workbook([("people", [heading, *rows], ())]))
    opened.run("add", str(path), "--sign", opened.key("kw-02"))
    assert len(roster.entries) == 303
    assert roster.log.seq == 2
    page = opened.run("list", "--limit", "2")
    assert len(page.splitlines()) == 3


def test_a_template_as_it_is_has_nobody_in_it(office: Office) -> None:
    """Its rows are examples, which is said in both languages."""
    office.run("template", str(office.folder / "t.csv"))
    said = office.run("init", str(office.folder / "t.csv"), code=2)
    assert "lines that begin with # are examples" in said
    assert "以 # 开头的行为示例" in office.run(
        "init", str(office.folder / "t.csv"), code=2, lang="zh"
    )


def test_a_private_key_is_not_repeated(opened: Office) -> None:
    """What is to be named instead is said; nothing of its content is shown."""
    for lang, said in (("en", "the file .pub beside it"), ("zh", ".pub 文件")):
        refused = opened.run("key", "hd-01", opened.key("hd-01"), code=2, lang=lang)
        assert said in refused and "BEGIN" not in refused


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_the_template_is_read_back(tmp_path: Path, suffix: str) -> None:
    """Its examples are passed over; nothing is written over."""
    target = tmp_path / f"people.{suffix}"
    write_template(target)
    with pytest.raises(BadInput, match="nobody stands in it"):
        read_people(str(target), date(2026, 12, 1))
    with pytest.raises(BadInput, match="is there already"):
        write_template(target)
    assert COLUMNS["public_key"].zh == "公钥"
