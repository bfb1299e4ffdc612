"""A dossier claims what it proves: what was not checked is not called whole."""

import json
import zipfile
from collections.abc import Callable
from hashlib import sha256
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from audit.claims import PROVES, REASON_UNSEALED, UNSEALED, UNSEALED_ARE
from audit.dossier.code import GUIDELINE, RELEASES, is_release, this_code
from audit.dossier.format import MANIFEST, is_harmful, is_name, json_bytes
from audit.dossier.lives import live
from audit.dossier.package import pack, unpack
from audit.dossier.verifying import Conclusion, verify
from audit.report.rendering import render
from starter.errors import BadInput
from tests.audit.dossiers import Files, head, made, resealed, told, verdict
from tests.audit.everything import PLATFORM, everything
from tests.audit.lives import SHORT, recorded

ROOT = Path(__file__).parents[2]
KEPT = sorted((Path(__file__).parent / "dossiers_of_releases").glob("*.zip"))
SCRIPT = b'<script>alert("whole")</script>'


@pytest.fixture(scope="module")
async def files() -> Files:
    """The dossier of a platform with two runs and an assessment."""
    return made(await live(SHORT, recorded(SHORT)), SHORT)


def _manifest(files: Files, change: Callable[[Any], None]) -> Files:
    manifest = json.loads(files[MANIFEST])
    change(manifest)
    return files | {MANIFEST: json_bytes(manifest)}


def _other_code(manifest: Any) -> None:
    manifest["code"] |= {"pingtai": "0.9.0", "workflows_sha256": "f" * 64}


async def test_a_report_of_other_code_is_not_checked_and_never_believed(
    files: Files, tmp_path: Path
) -> None:
    """Whoever names other code may bring a page of their own: it is named, and rendered anew."""
    forged = files["report.en.html"].replace(b"<body>", b"<body>" + SCRIPT)
    found = await verdict(
        _manifest(resealed(files | {"report.en.html": forged}), _other_code), tmp_path
    )
    assert (told(found), found.conclusion) == ([], Conclusion.NOT_CHECKED)
    assert not found.holds
    assert "report.en.html" in [one.where for one in found.unchecked]
    page = found.report("en")
    assert page is not None
    assert SCRIPT not in page
    assert b"pingtai 0.9.0" in page
    assert [
        en for en, _ in found.notes if "does not know the code that it names: pingtai 0.9" in en
    ]


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("deadlines.json", lambda rows: rows[0].update(due="2020-01-01T00:00:00.000000Z")),
        ("replay.json", lambda rows: rows[0].update(entries=99)),
        ("states.json", lambda rows: rows[0]["state"].update(stage="withdrawn")),
        ("states.json", lambda rows: rows[0]["state"].pop("stage")),
        ("states.json", lambda rows: rows.append(rows[0])),
        ("plans/term-1-version-1.json", lambda plan: plan["plan"]["parts"].clear()),
    ],
)
async def test_what_other_code_says_is_checked_as_data(
    files: Files, tmp_path: Path, name: str, change: Callable[[Any], Any]
) -> None:
    """Naming other code takes nothing out of the check but the words of pages."""
    data = json.loads(files[name])
    change(data)
    forged = _manifest(resealed(files | {name: json_bytes(data)}), _other_code)
    found = await verdict(forged, tmp_path)
    assert found.conclusion is Conclusion.BROKEN
    assert {one.where for one in found.problems} == {name}


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
async def test_dossiers_of_older_releases_verify(path: Path) -> None:
    """Each is whole; that an older release worded its pages, for which nobody vouches, is said."""
    found = await verify(path)
    assert (told(found), found.unchecked, found.holds) == ([], [], True)
    worded_here = found.manifest.code.pingtai == this_code().pingtai
    assert worded_here or any("not part of this verdict" in en for en, _ in found.notes)
    assert is_release(found.manifest.code)


@pytest.mark.parametrize(
    "put",
    [
        SCRIPT,
        b'<img src="https://x.example/a.png">',
        b'<p onclick="x()">',
        b"<style>p{background:url(//x.example)}</style>",
        b'<a href="https://x.example">',
        b'<meta http-equiv="refresh" content="0;url=//x.example">',
    ],
)
async def test_a_page_that_names_an_older_release_can_do_nothing(
    put: bytes, files: Files, tmp_path: Path
) -> None:
    """Whoever names a known release may word a page, and neither run nor load anything by it."""
    sha, release = next(iter(RELEASES.items()))

    def older(manifest: Any) -> None:
        manifest["code"] |= {"pingtai": release, "workflows_sha256": sha}

    page = files["report.en.html"].replace(b"<section", put + b"<section", 1)
    assert page != files["report.en.html"]
    found = await verdict(_manifest(resealed(files | {"report.en.html": page}), older), tmp_path)
    assert found.conclusion is Conclusion.BROKEN
    assert [one for one in told(found) if "report.en.html" in one]


def test_the_dossiers_of_all_releases_are_kept() -> None:
    """A release that made dossiers has one here, and its code is known."""
    assert set(RELEASES.values()) <= {path.stem for path in KEPT}


async def test_a_guideline_that_this_code_does_not_follow(files: Files, tmp_path: Path) -> None:
    """Another number, or another text of the same: the check was made by rules that are not those."""

    def text(manifest: Any) -> None:
        manifest["guideline"]["text_sha256"] = "0" * 64

    def number(manifest: Any) -> None:
        manifest["guideline"]["number"] = "京科发〔2031〕1号"

    for change in (text, number):
        found = await verdict(_manifest(_manifest(files, change), _other_code), tmp_path)
        assert found.conclusion is Conclusion.NOT_CHECKED
        assert [one for one in found.unchecked if "does not follow the guideline" in one.words.en]


@pytest.mark.parametrize("release", ["1.35.\u200b0", "1.35.0\n", "", "1" * 65, "十"])
@pytest.mark.parametrize("name", ["pingtai", "temporalio"])
async def test_what_is_no_number_of_a_release(
    files: Files, tmp_path: Path, name: str, release: str
) -> None:
    """A page would show it as the one that it resembles."""
    forged = _manifest(files, lambda manifest: manifest["code"].update({name: release}))
    with pytest.raises(BadInput, match=f"code.{name}"):
        await verdict(forged, tmp_path)


def test_the_text_of_the_guideline_is_pinned() -> None:
    """Its SHA-256 stands in each dossier: the text lies in the docs, as it was published."""
    text = (ROOT / "docs" / "guideline-2023-25.txt").read_bytes()
    assert sha256(text).hexdigest() == GUIDELINE.text_sha256
    assert this_code().program_sha256


# ---- names outside of the format ----


async def test_a_file_that_no_dossier_has(files: Files, tmp_path: Path) -> None:
    """Listed in the manifest and of other code, it is refused all the same: by its name."""
    for name in ("decision.pdf", "logs/term-1-year-1-opening-x.jsonl", "Report.zh.html.html"):
        forged = _manifest(resealed(files | {name: b"{}"}), _other_code)
        found = await verdict(forged, tmp_path)
        assert f"files {name}: no dossier has a file of this name: it was added" in told(found)


@pytest.mark.parametrize(
    "name",
    ["../x.json", "/etc/x", "a\\b", "C:x", "logs/", "logs//term-1.jsonl", "./x", "x\u202egpj.html"],
)
def test_a_path_that_leads_elsewhere_is_refused(files: Files, tmp_path: Path, name: str) -> None:
    """Whoever unpacks it with another tool writes where they did not mean to: it is no dossier."""
    path = tmp_path / "dossier.zip"
    path.write_bytes(pack(files))
    with zipfile.ZipFile(path, "a") as packed:
        packed.writestr(name, b"x")
    with pytest.raises(BadInput, match=r"is no dossier: it holds the path"):
        unpack(path)
    assert is_harmful(name)


def test_two_names_that_are_one_elsewhere(files: Files, tmp_path: Path) -> None:
    """Where upper and lower case are one, the second file would replace the first."""
    path = tmp_path / "dossier.zip"
    path.write_bytes(pack(files | {"README.TXT": b"x"}))
    with pytest.raises(BadInput, match="it holds two files of one name"):
        unpack(path)


def test_the_names_that_there_are(files: Files) -> None:
    """All names of a true dossier are of the format, and none is harmful."""
    assert [name for name in files if not is_name(name) or is_harmful(name)] == []


# ---- what is said twice ----


async def test_what_stands_twice_in_a_file_of_a_dossier(files: Files, tmp_path: Path) -> None:
    """One reader would take the first, another the last: it is an error wherever it stands."""
    platform = f'"platform_id": "{SHORT}"'.encode()
    assert platform in files[MANIFEST]
    twice = files | {
        MANIFEST: files[MANIFEST].replace(platform, b'"platform_id": "bj-other", ' + platform)
    }
    with pytest.raises(BadInput, match="'platform_id' stands twice in one object"):
        await verdict(twice, tmp_path)
    name = next(one for one in files if one.startswith("histories/"))
    changed = files[name].replace(b'"eventId":"3"', b'"eventId":"9","eventId":"3"', 1)
    found = await verdict(resealed(files | {name: changed}), tmp_path)
    assert [one for one in told(found) if one.startswith(f"runs {name}: ")]
    states = files["states.json"].replace(b'"term": 1', b'"term": 2, "term": 1', 1)
    found = await verdict(
        _manifest(resealed(files | {"states.json": states}), _other_code), tmp_path
    )
    assert found.conclusion is Conclusion.BROKEN


# ---- what is said of it ----


@pytest.mark.parametrize(("language", "words"), [("en", PROVES.en), ("zh", PROVES.zh)])
def test_what_it_proves_stands_in_the_report_and_in_the_docs(language: Any, words: str) -> None:
    """One paragraph, the same in both: what a dossier with a digest proves, and what not."""
    page_of = {"en": "audit.md", "zh": "audit.zh.md"}[language]
    lines = (ROOT / "docs" / page_of).read_text(encoding="utf-8").splitlines()
    assert words in ("" if language == "zh" else " ").join(lines)
    assert words in unescape(render(everything(), head(PLATFORM), None, language))


@pytest.mark.parametrize(("language", "which"), [("en", 0), ("zh", 1)])
def test_what_is_unsealed_is_marked_in_the_report(language: Any, which: int) -> None:
    """The reason of a refusal, who made it and when, with which code, how the register compared."""
    page = render(everything(), head(PLATFORM), None, language)
    assert page.count(f'<em class="unsealed">{UNSEALED[which]}</em>') == 3
    refused = sum(bool(e.reason) for log in everything().logs.values() for e in log)
    assert page.count(REASON_UNSEALED[which]) == refused > 0
    assert UNSEALED_ARE[which] in unescape(page)
