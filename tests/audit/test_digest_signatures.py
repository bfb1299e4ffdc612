"""The office signs its digests: OpenSSH verifies them, `verify` too, and a forged one is found."""

import asyncio
import base64
import json
import subprocess
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.anchoring.cosignatures import read_witnesses
from audit.anchoring.digest_files import exported
from audit.anchoring.digest_signing import KEY, configured_signer, sign_missing
from audit.anchoring.digests import Digest, listed, make
from audit.anchoring.proofs import prove
from audit.anchoring.publication import publish_day
from audit.anchoring.statements import NAMESPACE, statement_of
from audit.anchoring.vouching import Vouchers
from audit.dossier.dossier_files import files_of, with_manifest
from audit.dossier.lives import live
from audit.dossier.package import pack
from audit.dossier.verifying import verify
from audit.problems import Check
from audit.scheduled_activities import DigestActivities
from db.audit_tables import digests
from starter.desk.profile import ProfileSigning
from starter.errors import BadInput
from starter.signing.opening import open_signer
from tests.audit.digesting import digested, leaves_of
from tests.audit.dossiers import head, resealed, told
from tests.audit.lives import SHORT, recorded
from tests.audit.published_digests import Made, chain, key_of, logs
from tests.audit.typed_commands import Run
from tests.nobody import be_nobody
from worker.doctor.check_digest_signatures import digest_signatures
from worker.doctor.finding import Verdict


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No agent, no profile, and 80 columns."""
    be_nobody(monkeypatch, tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    monkeypatch.delenv(KEY, raising=False)
    monkeypatch.chdir(tmp_path)


def _signed(made: Made, folder: Path, key: str = "office") -> Made:
    digest, lines = made
    signer = open_signer(ProfileSigning(key_file=str(key_of(folder, key))))
    signature = base64.b64encode(signer.sign(statement_of(digest), NAMESPACE)).decode()
    return digest.model_copy(update={"signature": signature}), lines


def _file(name: str, *made: Digest) -> str:
    path = Path(name)
    path.write_bytes(exported(made))
    return name


async def test_openssh_alone_verifies_a_published_digest(tmp_path: Path) -> None:
    """`ssh-keygen -Y verify` takes the published files as they are, and no changed byte."""
    digest, lines = _signed(chain(logs(1))[0], tmp_path)
    publish_day(tmp_path, digest, lines, None)
    said, signature = (tmp_path / f"{digest.day}.txt{end}" for end in ("", ".sig"))
    command = ["ssh-keygen", "-Y", "verify", "-n", NAMESPACE, "-I", "office", "-f"]
    command += [str(tmp_path / "office.signers"), "-s", str(signature)]

    def verified(content: bytes) -> bool:
        return (
            subprocess.run(command, input=content, capture_output=True, check=False).returncode == 0
        )

    assert verified(said.read_bytes())
    assert not verified(said.read_bytes().replace(b"2028", b"2029"))


async def test_verify_says_who_signed_and_how_many(run: Run, tmp_path: Path) -> None:
    """The office's key by name, how much is signed; any other key, or another digest, is wrong."""
    first, second, third = chain(logs(1), logs(2), logs(3))
    unsigned = third
    second, third = _signed(second, tmp_path), _signed(third, tmp_path)
    every = _file("digests.jsonl", first[0], second[0], third[0])
    given = ("--signers", "office.signers")
    found = await run("verify", every, *given)
    assert "office signed 2 of 3 digests, the last of 2028-06-03" in " ".join(found.output.split())
    assert found.exit_code == 0
    by_key = await run("verify", every)
    assert "SHA256:" in by_key.output
    assert by_key.exit_code == 0
    # Their own file shows that later digests exist, and the newest one at hand is not signed.
    early = await run("verify", _file("early.jsonl", first[0]), "--digests", every, *given)
    said = " ".join(early.output.split())
    assert (early.exit_code, "Later digests 2, up to 2028-06-03" in said) == (0, True)
    alone = await run("verify", "early.jsonl", *given, lang="zh")
    assert (alone.exit_code, "各份摘要均未签名" in alone.output) == (5, True)
    key_of(tmp_path, "stranger")
    other = await run("verify", every, "--signers", "stranger.signers")
    assert (
        other.exit_code,
        "signed by no key that was given" in " ".join(other.output.split()),
    ) == (1, True)
    assert "none of the digests is signed" not in " ".join(other.output.split())
    assert (
        "未签名"
        not in (await run("verify", every, "--signers", "stranger.signers", lang="zh")).output
    )
    older = await run(
        "verify", _file("older.jsonl", first[0], second[0]), "--signers", "stranger.signers"
    )
    assert "is not signed" not in " ".join(older.output.split())
    newer = await run(
        "verify", _file("newer.jsonl", second[0], unsigned[0]), "--signers", "stranger.signers"
    )
    said = " ".join(newer.output.split())
    assert "the digest of 2028-06-03 is not signed" in said, (
        "the newest one, whoever signed the others"
    )
    moved = second[0].model_copy(update={"signature": third[0].signature})
    for forged in (moved, second[0].model_copy(update={"signature": "nonsense"})):
        bad = await run("verify", _file("forged.jsonl", first[0], forged, third[0]), "--json")
        assert (bad.exit_code, len(json.loads(bad.output)["problems"])) == (1, 1)
        published = await run("verify", "early.jsonl", "--digests", "forged.jsonl")
        assert published.exit_code == 1


async def test_a_dossier_carries_the_signature_of_its_digest(tmp_path: Path) -> None:
    """As a file for OpenSSH; one of another key is wrong, and so is a file that was exchanged."""
    life, day = await live(SHORT, recorded(SHORT)), date(2035, 1, 1)
    signed = _signed(digested(day, leaves_of(SHORT, life, day)), tmp_path)
    files = with_manifest(files_of(life, head(SHORT), prove(*signed, SHORT)), life, head(SHORT))
    assert files["digest.txt"] == statement_of(signed[0])
    path = tmp_path / "dossier.zip"
    path.write_bytes(pack(files))
    key_of(tmp_path, "stranger")
    for name, wrong in (("office", []), ("stranger", [Check.DIGEST_SIGNATURE])):
        signers = tuple(read_witnesses((tmp_path / f"{name}.signers").read_bytes(), name))
        found = await verify(path, vouchers=Vouchers(signers=signers))
        assert [one.check for one in found.problems] == wrong
        assert (Check.DIGEST_SIGNATURE in found.done) is not bool(wrong)
    path.write_bytes(pack(resealed(files | {"digest.sig": b"another"})))
    assert any("digest.sig" in one for one in told(await verify(path)))


async def test_new_digests_are_signed_once(
    run: Run,
    engine: AsyncEngine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    database_url: str,
) -> None:
    """By workers with the key of the settings; the newest first of all; a broken chain by nobody."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    days = [date(2035, 1, day) for day in (1, 2, 3)]
    for day in days[:2]:
        await make(engine, day)
    without = await run("digest", "sign")
    assert (without.exit_code, KEY in without.output) == (2, True)
    key = key_of(tmp_path, "office")
    monkeypatch.setenv(KEY, str(key))
    assert "2035-01-02" in (await run("digest", "sign", "--json")).output
    assert [one.day for one in await listed(engine) if one.signature] == [days[1]]
    await make(engine, days[2])
    activities = DigestActivities(engine, signer=configured_signer())
    await asyncio.gather(activities.make_digests(), activities.make_digests())
    newest = (await listed(engine, limit=1))[0]
    assert (await digest_signatures(engine)).verdict is Verdict.GOOD
    assert (await run("digest", "sign")).output == "Nothing to sign.\n"
    verified = await run(
        "verify", _file("d.jsonl", *await listed(engine)), "--signers", "office.signers"
    )
    assert "office signed" in verified.output
    async with engine.begin() as connection:
        forged = update(digests).where(digests.c.day == newest.day)
        await connection.execute(forged.values(signature=None, previous="0" * 64))
    with pytest.raises(BadInput, match="does not follow"):
        await sign_missing(engine, activities._signer)  # type: ignore[arg-type]
    assert (await digest_signatures(engine)).verdict is Verdict.GOOD  # it was made just now
    key.chmod(0o644)
    assert (await digest_signatures(engine)).verdict is Verdict.BAD
