"""Every block of the README and of the documents, typed in as it stands, on one fresh system."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.first_hour.block_runner import Typist
from tests.first_hour.document_blocks import blocks_of
from tests.nobody import be_nobody
from tests.system.processes import EXAMPLES, ROOT, environment, pingtai
from worker.ports import free_port

_PAGES = (page for page in sorted((ROOT / "docs").glob("*.md")) if page.suffixes != [".zh", ".md"])
DOCUMENTS = (ROOT / "README.md", *_PAGES, EXAMPLES / "README.md")
"""The README comes first: its first blocks start the system. The blocks of a page in Chinese are those of the
English one (`tests/docs/test_chinese_pages.py`).
"""


@pytest.fixture
def typist(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Typist]:
    """A reader with an empty home and nobody's settings; what is left running is stopped."""
    be_nobody(monkeypatch, tmp_path)
    http = f"127.0.0.1:{free_port(28_480)}"
    own = {
        "HOME": str(tmp_path),
        "PINGTAI_HTTP_ADDRESS": http,
        "COLUMNS": "80",
        "PINGTAI_EXAMPLES": "",
    }
    for name, value in environment(home, **own).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    typist = Typist(tmp_path, http)
    yield typist
    typist.close()
    assert 0 == pingtai(home, "stop").returncode


def test_what_the_documents_show_works(typist: Typist) -> None:
    """Each block that is not marked otherwise, in order, by one reader; what fails is named with its line."""
    for document in DOCUMENTS:
        typist.open(document)
        for block in blocks_of(document):
            typist.type_in(block)
    assert [] == typist.told, "\n".join(typist.told)


def test_what_a_newcomer_types_first_is_typed_in() -> None:
    """Of the README nothing is marked but what takes minutes; its first block starts and fills a system."""
    make, first, *others = blocks_of(DOCUMENTS[0])
    assert ["make demo", "make test"] == [_plain(command) for command in make.commands()]
    assert [". .venv/bin/activate", "pingtai up --detach", "pingtai seed"] == [
        _plain(command) for command in first.commands()
    ]
    assert 5 == len(others)
    assert all(block.marks == {} for block in (first, *others))


def _plain(command: str) -> str:
    return command.partition("#")[0].strip()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("```sh\npingtai inbox \\\n  --all   # all\n# no\n```", ["pingtai inbox    --all   # all"]),
        ("```\n$ pingtai inbox\nsome answer\n```", ["pingtai inbox"]),
        ("Text:\n\n    pingtai up\n\n    pingtai down\n\nEnd", ["pingtai up", "pingtai down"]),
        ("- item\n\n    pingtai up\n", None),
        ("```json\n{}\n```", None),
    ],
)
def test_blocks_are_found(tmp_path: Path, text: str, expected: list[str] | None) -> None:
    """Fenced and indented ones; of what is answered only the commands."""
    document = tmp_path / "page.md"
    document.write_text(text)
    found = [block.commands() for block in blocks_of(document)]
    assert ([expected] if expected else []) == found


def test_a_mark_is_of_the_next_block_only(tmp_path: Path) -> None:
    """Also within an item, or of an indented one, after an empty line; a text between them ends it."""
    document = tmp_path / "page.md"
    mark = "<!-- not run: why -->\n"
    document.write_text(
        f"  {mark}  ```sh\na\n  ```\n\n```sh\nb\n```\n{mark}\n    c\n\n{mark}text\n\n    d\n"
    )
    assert [{"not run": "why"}, {}, {"not run": "why"}, {}] == [
        block.marks for block in blocks_of(document)
    ]


def test_what_fails_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its place and what it said; the rest of the block is left, other blocks are typed in."""
    be_nobody(monkeypatch, tmp_path)
    document = tmp_path / "page.md"
    document.write_text(
        "```sh\ntrue\nfalse\nls /nowhere\n```\n\n```sh\nls /nowhere\n```\n"
        "\n```sh\necho urn:pingtai:problem:refused\n```\n"
    )
    typist = Typist(tmp_path, "")
    for block in blocks_of(document):
        typist.type_in(block)
    refused = "page.md:11: echo urn:pingtai:problem:refused"
    assert ["page.md:1: false", "page.md:7: ls /nowhere", refused] == [
        told.splitlines()[0] for told in typist.told
    ]
