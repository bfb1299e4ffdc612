"""A dossier with signed decisions: verified by `ssh-keygen` alone, and made anew by `verify`."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from hashlib import sha256
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from audit.claims import NOT_PROVEN, SIGNED
from audit.commands.verdict_output import plain_verdict, show_verdict
from audit.dossier import verifying
from audit.dossier.format import ALLOWED_SIGNERS, CONTENT_HASHES, MANIFEST, is_harmful, is_name
from audit.dossier.package import pack
from audit.dossier.signed_decisions import signed_files
from audit.dossier.verifying import Verdict
from audit.problems import Check
from audit.report.rendering import render
from starter.terminal.chosen_language import speaking
from tests.audit.dossiers import Files, head, made, resealed, told, verdict
from tests.audit.signed_lives import LI, OPERATOR, PLACE, WANG, number_of, rewritten, signed_life
from workflows.log_id import LogId
from workflows.signed_form import signed_form_of_entry
from workflows.vocabulary import Kind
from workflows.words import Language

ROOT = Path(__file__).parents[2]
TOOLS = ("sha256sum", "unzip", "ssh-keygen")
LOG = signed_life().logs[PLACE]
LISTING = LOG[number_of(LOG, Kind.LISTING)]
FILE = f"decisions/1-{LISTING.seq}.json"
SIGNATURE, SECOND = FILE.replace(".json", ".sig"), FILE.replace(".json", ".2.sig")


@pytest.fixture(scope="module")
def files() -> Files:
    """The dossier of a platform that was listed by two officers' signatures."""
    return made(signed_life(), "bj-test")


@pytest.fixture(autouse=True)
def no_histories(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the histories tell is given: no workflow ran here."""

    async def life(*_: Any) -> Any:
        return signed_life()

    monkeypatch.setattr(verifying, "live", life)


def test_what_was_signed_lies_in_it_to_the_byte(files: Files) -> None:
    """With each signature, and the keys, which nobody vouches for."""
    assert files[FILE] == signed_form_of_entry(LISTING)
    own = sorted(name for name in files if name.startswith("decisions/"))
    assert len(own) == 2 + 3 + 2 + 1
    answered = json.loads(files[FILE])["case"]["answers"]
    assert f"{answered}  {PLACE.entry(LISTING.seq - 1)}\n" in files[CONTENT_HASHES].decode()
    assert [name for name in own if not is_name(name) or is_harmful(name)] == []
    lines = files[ALLOWED_SIGNERS].decode().splitlines()
    keys = [line for line in lines if not line.startswith("#")]
    assert keys == sorted(
        f'{name} namespaces="pingtai-decision" {key.openssh()}'
        for name, key in (
            ("kw-1", WANG.key),
            ("op-1", OPERATOR.key),
            (LI.key.fingerprint(), LI.key),
        )
    )
    assert "nobody vouches that the key is theirs" in files[ALLOWED_SIGNERS].decode()
    listed = {one["name"] for one in json.loads(files[MANIFEST])["files"]}
    assert {FILE, SIGNATURE, SECOND, ALLOWED_SIGNERS} <= listed


@pytest.mark.parametrize(
    "name",
    [
        "decisions/1-07.json",
        "decisions/1-7.3.sig",
        "decisions/../x.sig",
        "decisions/1-7.json.sig",
        "decisions/1-y0-7.sig",
        "allowed_signers/x",
    ],
)
def test_other_names_are_none_of_a_dossier(name: str) -> None:
    assert not is_name(name)


def test_each_log_has_names_of_its_own() -> None:
    """A second opening of a year, with few entries, is not the first with many."""
    entry = LISTING.model_copy(update={"seq": 12})
    once = signed_files({LogId(1, 2, 1): (*LOG[:0], entry)})
    again = signed_files({LogId(1, 2, 2): (LISTING.model_copy(update={"seq": 2}),)})
    assert "decisions/1-y2-12.json" in once
    assert "decisions/1-y2-2-2.2.sig" in again
    assert [name for name in (*once, *again) if not is_name(name)] == []


async def test_it_verifies_and_says_what_is_signed(files: Files, tmp_path: Path) -> None:
    """How many, by which keys; and that it is not proven who held them."""
    found = await verdict(files, tmp_path)
    assert (told(found), found.unchecked, found.holds) == ([], [], True)
    assert found.done[Check.SIGNATURES].en == "3 signed decisions"
    data = plain_verdict(found)["authorship"]
    assert (data["decisions"], data["signed"], data["wrong"]) == (7, 3, [])
    assert len(data["unauthenticated"]) == 4
    assert data["keys"][0] == {
        "fingerprint": OPERATOR.key.fingerprint(),
        "key": OPERATOR.key.openssh(),
        "principals": ["op-1"],
        "people": [],
        "entries": [PLACE.entry(number_of(LOG, Kind.PLAN_REVISION) + 1)],
    }
    assert "Who held the keys is not proven" in " ".join(en for en, _ in found.notes)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("3 of 7 decisions signed, by 3 keys; 4 unauthenticated", "kw-1 (2)")),
        ("zh", ("7 项决定中 3 项已签名（3 把密钥），4 项未经签名认证", "第二签名人（1）")),
    ],
)
async def test_the_verdict_is_read(
    files: Files,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    language: Language,
    words: tuple[str, ...],
) -> None:
    """At 80 columns, with whole fingerprints."""
    found: Verdict = await verdict(files, tmp_path)
    with speaking(language):
        show_verdict(found)
    said = re.sub(r"\s+", " ", capsys.readouterr().out)
    for one in (*words, WANG.key.fingerprint(), LI.key.fingerprint()):
        assert one in said


def _byte(content: bytes) -> bytes:
    return content[:40] + bytes([content[40] ^ 1]) + content[41:]


@pytest.mark.parametrize("name", [FILE, SIGNATURE, SECOND, ALLOWED_SIGNERS])
@pytest.mark.parametrize("change", [_byte, None])
async def test_a_changed_file_is_found(
    files: Files, tmp_path: Path, name: str, change: Callable[[bytes], bytes] | None
) -> None:
    """Changed or left out, with a manifest that fits: it is made anew, and differs."""
    forged = {one: content for one, content in files.items() if one != name}
    if change:
        forged[name] = change(files[name])
    assert told(await verdict(resealed(forged), tmp_path)) == [
        f"derived {name}: differs from what follows from the histories and the manifest"
    ]


async def test_a_key_that_was_put_beside_another_name(files: Files, tmp_path: Path) -> None:
    """Also where the dossier names other code: only comments may be others there."""

    def other_code(files: Files) -> Files:
        manifest = json.loads(files[MANIFEST])
        manifest["code"] |= {"pingtai": "0.9.0", "workflows_sha256": "f" * 64}
        return files | {MANIFEST: json.dumps(manifest).encode()}

    listed = files[ALLOWED_SIGNERS]
    for forged, wrong in ((b"kw-2 ", [ALLOWED_SIGNERS]), (b"# kw-1\nkw-1 ", [])):
        changed = files | {ALLOWED_SIGNERS: listed.replace(b"kw-1 ", forged, 1)}
        found = await verdict(other_code(resealed(changed)), tmp_path)
        assert [one.where for one in found.problems if one.where == ALLOWED_SIGNERS] == wrong


async def test_a_forged_signature_is_named(files: Files, tmp_path: Path) -> None:
    """With a log that was sealed anew around it."""
    log = rewritten(LOG, LISTING.seq - 1, lambda said: said | {"note": "另行说明"})
    life = signed_life()
    forged = made(type(life)(logs={PLACE: log}, states=life.states, plans=life.plans), "bj-test")
    found = await verdict(forged, tmp_path)
    wrong = [one for one in told(found) if one.startswith("signatures logs/term-1.jsonl")]
    assert wrong == [
        f"signatures logs/term-1.jsonl: entry {LISTING.seq}: the signature does not hold: it is not"
        " the signature of this content by this key"
    ]
    assert found.authorship.wrong == [PLACE.entry(LISTING.seq)]


# ---- with nothing but what an auditor's machine has ----


def _commands() -> list[str]:
    """The commands of the page about dossiers."""
    page = (ROOT / "docs" / "audit.md").read_text(encoding="utf-8")
    [block] = re.findall(r"test_signed_dossier\.py runs it -->\n```\n(.*?)```", page, re.S)
    return [line.replace("1-7", f"1-{LISTING.seq}") for line in block.splitlines()]


@pytest.fixture
def desk(files: Files, tmp_path: Path) -> Callable[[str], subprocess.CompletedProcess[str]]:
    """An empty folder with the dossier, on a machine with three programs."""
    tools, folder = tmp_path / "bin", tmp_path / "desk"
    tools.mkdir()
    folder.mkdir()
    for name in TOOLS:
        if (found := shutil.which(name)) is None:
            pytest.skip(f"no {name} here")
        (tools / name).symlink_to(found)
    (folder / "bj-riscv-soc.zip").write_bytes(pack(files))

    def run(command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=folder,
            env={"PATH": str(tools), "HOME": str(folder), "LANG": "C"},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_five_commands_verify_who_signed(
    files: Files, desk: Callable[[str], subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    """Those of the docs, word for word; a changed byte, and another name, are refused."""
    commands = _commands()
    assert len(commands) == 5
    answers = [desk(command) for command in commands]
    assert [one.returncode for one in answers] == [0] * 5, answers
    whole, unpacked, sums, who, verified = (one.stdout for one in answers)
    assert whole.split()[0] == sha256(pack(files)).hexdigest()
    assert unpacked == ""
    manifest = files[MANIFEST].decode()
    assert [line.split()[0] in manifest for line in sums.splitlines()] == [True] * 3
    assert who == "kw-1\n"
    fingerprint = WANG.key.fingerprint()
    assert (
        verified == f'Good "pingtai-decision" signature for kw-1 with ED25519 key {fingerprint}\n'
    )

    second = commands[-1].replace("kw-1", LI.key.fingerprint()).replace(".sig", ".2.sig")
    assert desk(second).stdout.startswith('Good "pingtai-decision" signature')
    for refused in (
        commands[-1].replace("kw-1", "op-1"),
        commands[-1].replace("pingtai-decision", "file"),
        commands[-1].replace(".sig", ".2.sig"),
    ):
        assert desk(refused).returncode != 0
    path = tmp_path / "desk" / FILE
    path.write_bytes(_byte(path.read_bytes()))
    refusal = desk(commands[-1])
    assert (refusal.returncode != 0, "Good" in refusal.stdout) == (True, False)
    assert "verification failed" in refusal.stderr


# ---- what is said of it ----


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_report_says_what_signatures_prove(language: Language) -> None:
    """In its stamp, beside each entry, in a table of keys; the paragraph is that of the docs."""
    page = unescape(render(signed_life(), head("bj-test"), None, language))
    claim = getattr(SIGNED, language)
    page_of = {"en": "audit.md", "zh": "audit.zh.md"}[language]
    lines = (ROOT / "docs" / page_of).read_text(encoding="utf-8").splitlines()
    assert claim in ("" if language == "zh" else " ").join(lines)
    assert claim in page
    stamp = page.partition('<div class="seal')[2].partition("</div>")[0]
    counted = {"en": "3 of 7 decisions signed, by 3 keys", "zh": "7 项决定中 3 项已签名"}
    assert counted[language] in stamp
    assert getattr(NOT_PROVEN, language) in stamp
    for person in (WANG, LI, OPERATOR):
        fingerprint = person.key.fingerprint()
        assert f"<code>{fingerprint[:17]}…</code>" in stamp
        assert f'<code class="hash">{fingerprint}</code>' in page
    short = {"en": "signed by SHA256:", "zh": "签名密钥 SHA256:"}
    assert page.partition('class="story"')[2].count(short[language]) == 3
    assert "BEGIN SSH" not in page
    assert "sshsig" not in page
