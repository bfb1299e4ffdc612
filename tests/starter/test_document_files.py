"""Documents are hashed from the files themselves: named by a flag, at a prompt, or in a cell of a table."""

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from starter.client.interface import Applied
from starter.commands import document_files
from starter.commands.document_files import HOW, document, documents_in, sha256_of, with_documents
from starter.errors import BadInput, Unreachable
from tests.rules.builders import application
from workflows.application import PlatformApplication
from workflows.vocabulary import Condition

from .conftest import PretendClient

Run = Callable[..., Result]
Sent = list[tuple[str, dict[str, Any]]]
TYPED = "a" * 64
CONTENT = b"\x00a paper\r\n"
HASHED = hashlib.sha256(CONTENT).hexdigest()
DISTRICT = ("--actor", "hd-1", "--organisation", "海淀区科技主管部门", "--district", "haidian")
RECOMMEND = ("recommend", "p-1", "--outcome", "recommended", "--opinion", "同意。", *DISTRICT)


@pytest.fixture(autouse=True)
def paper() -> Path:
    """A file in the working folder, which is the test's own."""
    path = Path("证明.pdf")
    path.write_bytes(CONTENT)
    return path


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("证明.pdf", "证明.pdf"),
        ("./证明.pdf", "证明.pdf"),
        ("证明.pdf=环评批复", "环评批复"),
        ("环评批复=证明.pdf", "环评批复"),
        (" 环评批复 ＝ 证明.pdf ", "环评批复"),
        ("a=b=证明.pdf", "a=b"),
    ],
)
def test_a_document_is_hashed(given: str, name: str) -> None:
    """With a title or without, on either side."""
    assert document(given) == {"name": name, "sha256": HASHED}


def test_a_hash_may_be_typed_all_the_same() -> None:
    """For a file that is kept elsewhere."""
    assert document(f"批复={TYPED.upper()}") == {"name": "批复", "sha256": TYPED}
    assert document(f"批复={TYPED}", folder=None) == {"name": "批复", "sha256": TYPED}


def test_a_name_that_has_the_sign_between_in_it() -> None:
    Path("a=b.pdf").write_bytes(CONTENT)
    assert document("a=b.pdf") == {"name": "a=b.pdf", "sha256": HASHED}


def test_what_cannot_be_hashed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each by its own reason, in both languages."""
    Path("folder").mkdir()
    os.mkfifo("pipe")
    for given, said in (
        ("missing.pdf", f"there is no such file. Write {HOW.en}"),
        ("批复=missing.pdf", "there is no such file"),
        (f"={TYPED}", "there is no such file"),
        ("", "there is no such file"),
        ("a\x00b", "there is no such file"),
        ("x" * 5000, "there is no such file"),
        ("folder", "is a folder"),
        ("pipe", "is not a file"),
    ):
        with pytest.raises(BadInput) as refused:
            document(given)
        assert said in refused.value.words.en
        assert refused.value.words.zh != refused.value.words.en
    monkeypatch.setattr(document_files, "DOCUMENT_BYTES", len(CONTENT) - 1)
    with pytest.raises(BadInput, match="is larger than 9 bytes"):
        document("证明.pdf")


@pytest.mark.parametrize("change", [b"more", b""])
def test_a_file_that_changes_while_it_is_read(
    paper: Path, monkeypatch: pytest.MonkeyPatch, change: bytes
) -> None:
    """Its hash would be that of no file that ever was."""
    read = document_files._hashed

    def meanwhile(file: Any, path: Path) -> Any:
        found = read(file, path)
        path.write_bytes(change)
        return found

    monkeypatch.setattr(document_files, "_hashed", meanwhile)
    with pytest.raises(BadInput, match="changed while it was read"):
        sha256_of(paper)


def test_what_may_not_be_read(paper: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("starter.commands.document_files.os.open", refuse)
    with pytest.raises(BadInput, match="cannot be read: Permission denied"):
        sha256_of(paper)


def test_a_command_takes_files(pingtai: Run, sent: Sent) -> None:
    """Any command whose message carries documents."""
    done = pingtai(*RECOMMEND, "--document", "证明.pdf", "--document", f"批复={TYPED}")
    assert done.exit_code == 0, done.stderr
    assert sent[-1][1]["documents"] == [
        {"name": "证明.pdf", "sha256": HASHED},
        {"name": "批复", "sha256": TYPED},
    ]
    refused = pingtai(*RECOMMEND, "--document", "missing.pdf", lang="zh")
    assert (refused.exit_code, "missing.pdf" in refused.stderr) == (2, True)
    assert len(sent) == 1


def test_an_application_takes_files(
    pingtai: Run, monkeypatch: pytest.MonkeyPatch, answers: dict[str, Any]
) -> None:
    """For each of its five conditions; the JSON file need not say any hash."""
    handed_in: list[PlatformApplication] = []

    async def apply(_: object, said: PlatformApplication, __: object = None) -> Applied:
        handed_in.append(said)
        return Applied(platform_id="p-1", application_id="a-1", term=1, workflow_id="platform:p-1")

    monkeypatch.setattr(PretendClient, "apply", apply)
    answers["state"] = Unreachable("no worker", "无")
    raw = application(conditions={str(one): {"statement": "符合"} for one in Condition})
    Path("application.json").write_text(json.dumps(raw), "utf-8")
    papers = [f"--document={one}=证明.pdf={one.zh}" for one in list(Condition)[:-1]]
    call = ("apply", "--file", "application.json", "--json", *papers)
    missing = pingtai(*call)
    assert (missing.exit_code, "documents" in missing.stderr) == (2, True)
    done = pingtai(*call, "--document", "开放性=证明.pdf")
    assert done.exit_code == 0, done.stderr
    found = handed_in[0].conditions
    assert {one.documents[0].sha256 for one in found.values()} == {HASHED}
    assert found[Condition.OPENNESS].documents[0].name == "证明.pdf"
    assert found[Condition.LEAD_UNIT_STRENGTH].documents[0].name == "牵头单位实力"
    for wrong in ("证明.pdf", "weather=证明.pdf", "openness", "openness=missing.pdf"):
        assert pingtai(*call, "--document", wrong).exit_code == 2


FOLDER = Path("papers")


@pytest.fixture
def folder(paper: Path) -> Path:
    """A folder with a table's documents, which is not the working folder."""
    (FOLDER / "more").mkdir(parents=True)
    for name in ("环评.pdf", "more/消防.pdf"):
        (FOLDER / name).write_bytes(CONTENT)
    return FOLDER


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("环评.pdf", ["环评.pdf"]),
        ("环评.pdf; more/消防.pdf=消防验收", ["环评.pdf", "消防验收"]),
        ("环评.pdf\n批复＝环评.pdf；", ["环评.pdf", "批复"]),
        (f"环评.pdf; 甲={TYPED}", ["环评.pdf", "甲"]),
        (f"甲;乙={TYPED}; 环评.pdf", ["甲;乙", "环评.pdf"]),
        (f"甲={TYPED}；乙={TYPED}", ["甲", "乙"]),
    ],
)
def test_a_cell_names_files_beside_the_table(folder: Path, cell: str, names: list[str]) -> None:
    found = documents_in(cell, folder)
    assert [one["name"] for one in found] == names
    assert {one["sha256"] for one in found} <= {HASHED, TYPED}


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("证明.pdf", "no such file"),  # it is in the working folder only
        ("../证明.pdf", "only files in the folder of the table"),
        ("批复=../证明.pdf", "only files in the folder of the table"),
        ("/etc/hosts", "only files in the folder of the table"),
        (f"a=12; b={TYPED}", "'a=12'"),
        ("more", "is a folder"),
    ],
)
def test_other_files_are_not_read_for_a_table(folder: Path, cell: str, said: str) -> None:
    """Whoever sends a table must not learn whether a file elsewhere is the one they have."""
    with pytest.raises(BadInput) as refused:
        documents_in(cell, folder)
    assert said in refused.value.words.en


def test_each_wrong_document_of_a_cell_is_named(folder: Path) -> None:
    with pytest.raises(BadInput) as refused:
        documents_in("没有.pdf; 也没有.pdf; ../证明.pdf", folder)
    for words in refused.value.words:
        assert all(name in words for name in ("没有.pdf", "也没有.pdf", "../证明.pdf"))


def test_standard_input_has_no_folder() -> None:
    with pytest.raises(BadInput, match="standard input"):
        documents_in("环评.pdf", None)


def test_decisions_in_a_table_name_files(pingtai: Run, folder: Path, sent: Sent) -> None:
    """Documents, and what a command takes as a file, stand beside the table."""
    heading = "platform,kind,decided_on,outcome,opinion,documents"
    for line in ("环评.pdf; 批复=more/消防.pdf", "missing.pdf"):
        row = f"p-1,区推荐,2026-11-24,推荐,同意。,{line}"
        (folder / "decisions.csv").write_text(f"{heading}\n{row}\n", "utf-8")
        done = pingtai("decide", "--file", "papers/decisions.csv", *DISTRICT)
    assert [one["name"] for one in sent[0][1]["documents"]] == ["环评.pdf", "批复"]
    assert (done.exit_code, len(sent)) == (2, 1)
    assert "missing.pdf" in done.output + done.stderr


@pytest.mark.parametrize(
    "documents", [["环评.pdf", "批复=more/消防.pdf"], "环评.pdf; 批复=more/消防.pdf"]
)
def test_decisions_in_json_name_files(
    pingtai: Run, folder: Path, sent: Sent, documents: object
) -> None:
    """As cells of a table do: files beside them, in a batch and alone; a typed SHA-256 stays."""
    said = {"kind": "recommendation", "decided_on": "2026-11-24", "outcome": "recommended",
            "opinion": "同意。", "documents": documents}  # fmt: skip
    typed = {**said, "documents": [{"name": "甲", "sha256": TYPED}]}
    missing = {**said, "documents": ["没有.pdf", "../证明.pdf"]}
    lines = [{"platform": "p-1", **said}, {"platform": "p-2", **typed}]
    (folder / "decisions.jsonl").write_text("\n".join(map(json.dumps, lines)), "utf-8")
    (folder / "one.json").write_text(json.dumps(said), "utf-8")
    (folder / "bad.jsonl").write_text(json.dumps({"platform": "p-1", **missing}), "utf-8")
    assert 0 == pingtai("decide", "--file", "papers/decisions.jsonl", *DISTRICT).exit_code
    assert 0 == pingtai("recommend", "p-3", "--file", "papers/one.json", *DISTRICT).exit_code
    found = {where: [one["name"] for one in said["documents"]] for where, said in sent}
    names = ["环评.pdf", "批复"]
    assert {"p-1": names, "p-2": ["甲"], "p-3": names} == found
    refused = pingtai("decide", "--file", "papers/bad.jsonl", *DISTRICT)
    assert (2, 3) == (refused.exit_code, len(sent))
    assert all(name in refused.output for name in ("没有.pdf", "only files in the folder"))


def test_applications_in_json_name_files(folder: Path) -> None:
    """At whichever place of the message."""
    raw = application()
    raw["conditions"][Condition.OPENNESS]["documents"] = [
        "环评.pdf",
        {"name": "乙", "sha256": TYPED},
    ]
    found = with_documents(raw, folder)["conditions"][Condition.OPENNESS]["documents"]
    assert [{"name": "环评.pdf", "sha256": HASHED}, {"name": "乙", "sha256": TYPED}] == found
    assert 7 == with_documents({"documents": 7}, folder)["documents"]
