"""A witness: it goes on from what it saw, cosigns as OpenSSH does, and refuses forks and second lives."""

import asyncio
import json
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click import unstyle
from click.testing import Result
from rich.cells import cell_len

from audit.anchoring.cosignatures import Witness, check_cosignature, read_witnesses
from audit.anchoring.digest_files import exported
from audit.anchoring.leaves import LogLeaf
from audit.anchoring.proofs import prove
from audit.anchoring.publication import Publication, publish_day
from audit.anchoring.statements import statement_of
from audit.anchoring.vouching import Vouchers
from audit.dossier.check_seen import check_seen
from audit.dossier.lives import Life, live
from audit.dossier.opened_dossier import open_dossier
from audit.dossier.package import pack
from audit.dossier.verifying import Conclusion, Verdict, verify
from audit.problems import Check
from starter.errors import BadInput
from starter.terminal import screen
from tests.audit.digesting import digested, leaves_of, other
from tests.audit.dossiers import made, told
from tests.audit.lives import MUCH, recorded
from tests.audit.loopback import serving
from tests.audit.published_digests import FIRST, Made, chain, key_of, logs, pair_of, publish
from tests.audit.typed_commands import Run
from tests.nobody import be_nobody
from workflows.words import Words


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No database, no agent, and 80 columns."""
    be_nobody(monkeypatch, tmp_path)
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:9/none")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    monkeypatch.chdir(tmp_path)


async def _witness(run: Run, source: str, folder: Path, *more: str, lang: str = "en") -> Result:
    key = str(key_of(folder))
    return await run(
        "witness", source, "--keep", str(folder / "seen"), "--key", key, *more, lang=lang
    )


async def test_a_witness_goes_on_from_what_it_saw(run: Run, tmp_path: Path) -> None:
    """First the newest digest only; then each that came since; a run that was broken off is made up for."""
    made = chain(logs(1), logs(2), logs(2), logs(5, "b"))
    begun = await _witness(run, publish(tmp_path / "public", made[:2]), tmp_path)
    assert begun.exit_code == 0, begun.output
    assert "nothing before this digest is vouched for" in " ".join(begun.output.split())
    seen = tmp_path / "seen"
    assert sorted(path.name for path in seen.iterdir()) == [
        "2028-06-02.leaves.jsonl",
        "2028-06-02.txt",
        "2028-06-02.txt.sig",
    ]
    (seen / "2028-06-02.txt.sig").unlink()  # as if it had ended before it signed
    (seen / "2028-06-03.leaves.jsonl").write_bytes(b"half")
    went_on = await _witness(run, publish(tmp_path / "public", made), tmp_path, "--json")
    assert json.loads(went_on.output) == {
        "holds": True,
        "before": "2028-06-02",
        "published": "2028-06-04",
        "signed": ["2028-06-02", "2028-06-03", "2028-06-04"],
        "problems": [],
    }
    assert (seen / "2028-06-03.txt").read_bytes() == statement_of(made[2][0])
    again = await _witness(run, str(tmp_path / "public"), tmp_path)
    assert (again.exit_code, "Nothing new" in again.output) == (0, True)


async def test_a_court_needs_nothing_but_openssh(run: Run, tmp_path: Path) -> None:
    """`ssh-keygen -Y verify` alone verifies a cosignature, and only of that digest and for that use."""
    await _witness(run, publish(tmp_path / "public", chain(logs(1))), tmp_path)
    signature, said = (tmp_path / "seen" / f"{FIRST}.txt{end}" for end in (".sig", ""))

    def verified(content: bytes, name: str = "court", space: str = "pingtai-digest") -> bool:
        signers = str(tmp_path / "court.signers")
        command = ["ssh-keygen", "-Y", "verify", "-f", signers, "-I", name, "-n", space]
        done = subprocess.run(
            [*command, "-s", str(signature)], input=content, capture_output=True, check=False
        )
        return done.returncode == 0

    assert verified(said.read_bytes())
    assert not verified(said.read_bytes().replace(b"2028", b"2029"))
    assert not verified(said.read_bytes(), space="git")


async def test_forks_and_second_lives_are_not_signed(run: Run, tmp_path: Path) -> None:
    """Another digest of a day, one that does not go on, a log that is shorter, changed or gone, each named."""
    seen = chain(logs(2), logs(3))
    forked = chain(logs(2, "f"), logs(3))
    twice = [*logs(4), other("bj-two", "d" * 64)]

    def after(logs: list[LogLeaf], previous: str = "") -> list[Made]:
        previous = previous or seen[-1][0].root
        return [*seen, *chain(logs, first=date(2028, 6, 3), previous=previous)]

    lied = after(logs(4))
    lied[-1] = (lied[-1][0].model_copy(update={"root": "e" * 64}), lied[-1][1])
    for number, (published, why) in enumerate(
        (
            (
                [seen[0], *chain(logs(3, "f"), first=date(2028, 6, 2), previous=seen[0][0].root)],
                "a fork",
            ),
            (forked, "a fork: the digest of 2028-06-02 is"),
            (after(logs(4), "f" * 64), "does not go on from that of 2028-06-02"),
            (after(logs(2)), "on 2028-06-03 the log ends with entry 2"),
            (after(logs(3, "f")), "it has the hash ffffffffffff…: a second life"),
            (
                after(logs(4)[:1]),
                "bj-two, term 1: entry 1 had the hash aaaaaaaaaaaa… on 2028-06-02; on",
            ),
            (after(twice), "is a second life: bj-two, term 1 is in leaf 2 already"),
            (lied, "the leaves of 2028-06-03 give the root"),
            (seen[:1], "it ends with the digest of 2028-06-01, and that of 2028-06-02 was seen"),
            (
                after(logs(4))[2:],
                "begins with the digest of 2028-06-03, and the last one seen is of",
            ),
        )
    ):
        place = tmp_path / str(number)
        place.mkdir()
        await _witness(run, publish(place / "public", seen), place)
        before = sorted(path.name for path in (place / "seen").iterdir())
        found = await _witness(run, publish(place / "fork", published), place)
        assert found.exit_code == 1
        assert why in " ".join(found.output.split())
        assert "NOT COSIGNED" in found.output
        assert sorted(path.name for path in (place / "seen").iterdir()) == before


async def test_a_witness_elsewhere_reads_by_http(run: Run, tmp_path: Path) -> None:
    """From any web server; what it does not have or cannot give is said, without a traceback."""
    made = chain(logs(1))
    public = Path(publish(tmp_path / "public", made))

    def answer(path: str, _body: bytes) -> tuple[int, bytes]:
        file = public / path.rpartition("/")[2]
        return (200, file.read_bytes()) if file.exists() else (404, b"")

    with serving(answer) as url:
        signed = await _witness(run, f"{url}/digests/", tmp_path)
        (public / f"{FIRST}.leaves.jsonl").unlink()
        lacking = tmp_path / "other"
        lacking.mkdir()
        missing = await _witness(run, url, lacking)
    gone = await _witness(run, url, tmp_path, lang="zh")
    assert "/digests.jsonl：对方拒绝连接" in "".join(gone.output.split())
    assert (signed.exit_code, missing.exit_code, gone.exit_code) == (0, 4, 4)
    assert "HTTP 404" in missing.output
    secret = await _witness(run, "https://me:secret@example.org", tmp_path)
    assert (secret.exit_code, "secret" in secret.output) == (2, False)


async def test_what_a_witness_cannot_use_is_said(run: Run, tmp_path: Path) -> None:
    """A key of another kind or none, a damaged memory, a list that is none or names a day twice."""
    public = tmp_path / "public"
    made = chain(logs(1))
    publish(public, made)
    rsa = key_of(tmp_path, "rsa")
    for key, why in ((rsa, "no Ed25519 key"), (Path(__file__), "ssh-keygen does not sign with")):
        kept = str(tmp_path / f"of-{key.name}")
        found = await run("witness", str(public), "--keep", kept, "--key", str(key))
        assert (found.exit_code, why in " ".join(found.output.split())) == (2, True)
    await _witness(run, str(public), tmp_path)
    damaged = tmp_path / "seen" / f"{FIRST}.txt"
    damaged.write_bytes(b"day 2028-06-01")
    found = await _witness(run, str(public), tmp_path)
    assert (found.exit_code, "was damaged" in " ".join(found.output.split())) == (2, True)
    for content in (b"{}", b"", exported([made[0][0]]) * 2):
        (public / "digests.jsonl").write_bytes(content)
        with pytest.raises(BadInput, match=r"holds no digests|names a day twice"):
            await Publication(str(public)).digests()


def test_what_was_published_is_never_changed(tmp_path: Path) -> None:
    """Files of a day stay as they are; the same again is no error."""
    (digest, lines), *_ = chain(logs(1))
    assert publish_day(tmp_path, digest, lines, None)
    assert not publish_day(tmp_path, digest, lines, None)
    changed, other_lines = chain(logs(2))[0]
    with pytest.raises(BadInput, match="was published with other content"):
        publish_day(tmp_path, changed, other_lines, None)
    assert (tmp_path / f"{FIRST}.txt").read_bytes() == statement_of(digest)


async def test_a_signature_must_be_of_a_witness_that_is_believed(run: Run, tmp_path: Path) -> None:
    """By another key, for another use, out of its days, of another digest, or no signature at all."""
    (digest, _), *_ = made = chain(logs(1))
    await _witness(run, publish(tmp_path / "public", made), tmp_path)
    signature = (tmp_path / "seen" / f"{FIRST}.txt.sig").read_bytes()
    said, (_, public) = statement_of(digest), pair_of("court")
    stranger = b"stranger " + pair_of("stranger")[1]

    def result(signers: bytes, content: bytes = said, sig: bytes = signature) -> str:
        found = check_cosignature(sig, content, FIRST, read_witnesses(signers, "signers"))
        return found.name if isinstance(found, Witness) else found.en

    own = b"court " + public
    assert result(own) == result(b"# comment\n\n" + stranger + b"\n" + own) == "court"
    within = b'court valid-after="20280601",valid-before="20280602" ' + public
    assert result(within) == "court"
    assert "signed by no key that was given: SHA256:" in result(stranger)
    for out in (b'valid-after="20280602"', b'valid-before="20280601"'):
        assert (
            result(b"court " + out + b" " + public)
            == "the key of court is not valid for 2028-06-01"
        )
    assert "not the signature of this content" in result(own, content=b"another")
    for bad in (b"", b"-----BEGIN SSH SIGNATURE-----\nAAAA\n", b"\xff" * 9):
        assert result(own, sig=bad) == "it is no SSH signature"
    assert result(own, sig=signature + b"\n" * 20_000) == "it is no SSH signature"
    key = str(tmp_path / "court.key")
    command = ["ssh-keygen", "-q", "-Y", "sign", "-n", "git", "-f", key]
    git = await asyncio.to_thread(
        subprocess.run, command, input=said, capture_output=True, check=True
    )
    assert result(own, sig=git.stdout) == "it was signed for 'git', not for 'pingtai-digest'"
    for line in (b"court", b"court ssh-rsa AAAA", b"court " + pair_of("rsa")[1], b'"court'):
        with pytest.raises(BadInput, match="signers, line 1"):
            read_witnesses(line, "signers")
    for line in (
        b"",
        b"# none",
        b'court namespaces="git" ' + public,
        b"court cert-authority " + public,
    ):
        with pytest.raises(BadInput, match="names no key for digests"):
            read_witnesses(line, "signers")


async def test_verify_says_who_cosigned(run: Run, tmp_path: Path) -> None:
    """Of digests all that the witness saw; a fork between two readers shows; without keys nothing is said."""
    made = chain(logs(1), logs(2))
    for last in (1, 2):
        await _witness(run, publish(tmp_path / "public", made[:last]), tmp_path)
    seen, signers = str(tmp_path / "seen"), str(tmp_path / "court.signers")
    given = ("--cosigned", seen, "--witnesses", signers)
    listed = str(tmp_path / "public" / "digests.jsonl")
    held = await run("verify", listed, *given)
    assert (held.exit_code, "court cosigned 2 digests, the last of" in held.output) == (0, True)
    one = ("--cosigned", f"{seen}/{FIRST}.txt.sig", "--witnesses", signers)
    single = await run("verify", str(tmp_path / "public" / f"{FIRST}.leaves.jsonl"), *one)
    assert "court cosigned the digest of 2028-06-01" in " ".join(single.output.split())
    forked = chain(logs(1), logs(2, "f"))
    shown = await run("verify", str(_file(tmp_path, exported([one for one, _ in forked]))), *given)
    assert shown.exit_code == 1
    assert "court cosigned another digest of 2028-06-02" in " ".join(shown.output.split())
    later = chain(logs(1), first=date(2029, 1, 1))
    unseen = await run("verify", str(_file(tmp_path, exported([later[0][0]]))), *given, "--json")
    assert (unseen.exit_code, json.loads(unseen.output)["holds"]) == (5, False)
    alone = await run("verify", listed, "--cosigned", seen)
    assert (alone.exit_code, "go together" in alone.output) == (2, True)


def _file(folder: Path, content: bytes) -> Path:
    path = folder / "file"
    path.write_bytes(content)
    return path


@pytest.fixture(scope="module")
async def life() -> Life:
    """A platform with three assessments."""
    return await live(MUCH, recorded(MUCH))


async def _dossier(
    run: Run, life: Life, folder: Path, change: Callable[[LogLeaf], LogLeaf]
) -> tuple[Verdict, Vouchers]:
    """A dossier, held against what a witness saw on two days: on the first, some leaf was another."""
    early, late = date(2028, 1, 1), date(2035, 1, 1)
    first = digested(early, [change(one) for one in leaves_of(MUCH, life, early)])
    second = digested(late, leaves_of(MUCH, life, late), previous=first[0].root)
    for published in ([first], [first, second]):
        await _witness(run, publish(folder / "public", published), folder)
    signers = (folder / "court.signers").read_bytes()
    given = Vouchers(
        witnesses=tuple(read_witnesses(signers, "signers")), cosigned=(folder / "seen",)
    )
    path = folder / "dossier.zip"
    path.write_bytes(pack(made(life, MUCH, prove(*second, MUCH))))
    return await verify(path, vouchers=given), given


async def test_a_dossier_must_be_what_a_witness_saw_on_each_day(
    run: Run, life: Life, tmp_path: Path
) -> None:
    """A longer log need not go on from the shorter one: only entries show that, and a witness's leaves."""
    whole, _ = await _dossier(run, life, tmp_path, lambda leaf: leaf)
    assert (told(whole), whole.conclusion) == ([], Conclusion.WHOLE)
    assert whole.done[Check.WITNESS] == Words(
        "court cosigned the digest of 2035-01-01", "court 共同签署了 2035-01-01 的摘要"
    )

    def rewritten(leaf: LogLeaf) -> LogLeaf:
        return leaf if leaf.year else leaf.model_copy(update={"hash": "f" * 64})

    place = tmp_path / "rewritten"
    place.mkdir()
    found, _ = await _dossier(run, life, place, rewritten)
    (problem,) = told(found)
    assert problem.startswith("witness logs/term-1.jsonl: entry ")
    assert problem.endswith("is not the one that a witness saw on 2028-01-01: a second life")


async def test_what_a_witness_saw_after_the_dossiers_digest_may_be_longer(
    run: Run, life: Life, tmp_path: Path
) -> None:
    """A dossier of before is not wrong, and not whole: an end may have been cut off. An older one was."""
    _, given = await _dossier(run, life, tmp_path, lambda leaf: leaf)
    dossier = open_dossier(made(life, MUCH))
    (own,) = (place for place in dossier.logs if not place.year)
    dossier.logs = {place: log[:1] if place == own else log for place, log in life.logs.items()}
    wrong, unchecked = check_seen(dossier, date(2030, 1, 1), given)
    assert [one.words.en for one in wrong] == ["entry 7 is missing: a witness saw it on 2028-01-01"]
    assert [one.line.en for one in unchecked] == [
        "logs/term-1.jsonl: entry 14 is missing: a witness saw it on 2035-01-01"
    ]


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_a_witness_speaks_both_languages_on_80_columns(
    run: Run, tmp_path: Path, lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What people read fits, and nothing English is left in Chinese."""
    monkeypatch.setattr(screen, "watched", lambda stream: True)
    made = chain(logs(1), logs(1, "b"))
    first = await _witness(run, publish(Path("public"), made[:1]), tmp_path, lang=lang)
    refused = await _witness(run, publish(Path("public"), made), tmp_path, lang=lang)
    for found in (first, refused):
        lines = unstyle(found.output).splitlines()
        assert max(map(cell_len, lines)) <= 80
    assert ("不予签署" if lang == "zh" else "NOT COSIGNED") in refused.output
