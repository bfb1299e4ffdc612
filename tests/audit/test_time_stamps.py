"""Time stamps by RFC 3161: what one must be to hold, how it is asked for, and what a dossier says of it."""

import logging
from datetime import date, timedelta
from pathlib import Path

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from audit.anchoring import stamping
from audit.anchoring.digest_file_checks import check_file
from audit.anchoring.digest_files import exported
from audit.anchoring.digests import Digest
from audit.anchoring.proofs import prove
from audit.anchoring.stamp_rows import KeptStamp
from audit.anchoring.stamping import CERTIFICATES, URL, ask, configured_authority
from audit.anchoring.statements import LARGEST, read_statement, statement_of
from audit.anchoring.time_stamps import TimeStamp, check_stamp
from audit.anchoring.vouching import NOTHING, Vouchers
from audit.dossier.dossier_files import files_of, with_manifest
from audit.dossier.format import CERTIFICATES as PEM
from audit.dossier.format import STAMP, STATEMENT, json_bytes
from audit.dossier.lives import live
from audit.dossier.package import pack
from audit.dossier.verifying import Conclusion, Verdict, verify
from audit.problems import Check
from starter.errors import BadInput, PingtaiError, Unreachable
from tests.audit.authority import STAMPED_AT, Authority, refusal
from tests.audit.digesting import digested, leaves_of
from tests.audit.dossiers import Files, head, resealed, told
from tests.audit.lives import MUCH, recorded
from tests.audit.loopback import Answer, serving
from workflows.words import Words

DAY = date(2035, 1, 1)
AUTHORITY = Authority()
DATA = b"what is stamped"


def _why(response: bytes, *trusted: Authority, nonce: int | None = None) -> str:
    found = check_stamp(response, DATA, [one.root for one in trusted], nonce)
    assert isinstance(found, Words), found
    return found.en


def test_a_stamp_says_when_and_by_whom() -> None:
    """It holds by the root that was given, whether the authority's certificate is in it or was given, too."""
    expected = TimeStamp(STAMPED_AT, "CN=Time Stamps of the Tests", 77)
    response = AUTHORITY.stamp(DATA)
    assert check_stamp(response, DATA, [AUTHORITY.root]) == expected
    bare = AUTHORITY.stamp(DATA, inside=())
    assert check_stamp(bare, DATA, [AUTHORITY.root, AUTHORITY.certificate]) == expected
    assert "does not contain the one certificate" in _why(bare, AUTHORITY)


def test_a_stamp_that_does_not_hold_is_refused_with_its_reason() -> None:
    """Of something else, by somebody else, replayed, expired or early, changed, or none at all."""
    good = AUTHORITY.stamp(DATA)
    late, early = (STAMPED_AT + timedelta(days=n) for n in (400, -31))
    by_no_authority = Authority(usage=ExtendedKeyUsageOID.SERVER_AUTH)
    changed = good[:-3] + bytes((good[-3] ^ 1,)) + good[-2:]
    named_alike = Authority(serial=by_no_authority.certificate.serial_number)
    inside = (by_no_authority.certificate, named_alike.certificate)
    for why, response, trusted, nonce in (
        ("is of something else", AUTHORITY.stamp(b"another digest"), AUTHORITY, None),
        ("not by an authority whose", good, Authority(), None),
        ("not by an authority whose", by_no_authority.stamp(DATA), by_no_authority, None),
        ("not by an authority whose", changed, AUTHORITY, None),
        ("the one certificate", by_no_authority.stamp(DATA, inside=inside), by_no_authority, None),
        ("answers another request", AUTHORITY.stamp(DATA, nonce=1), AUTHORITY, 2),
        ("answers another request", good, AUTHORITY, 2),
        (
            "was not valid at the time of the stamp, 2036-02-06",
            AUTHORITY.stamp(DATA, late),
            AUTHORITY,
            None,
        ),
        ("it is valid from 2034-12-03", AUTHORITY.stamp(DATA, early), AUTHORITY, None),
        ("not over a SHA-256", AUTHORITY.stamp(DATA, algorithm="1.3.14.3.2.26"), AUTHORITY, None),
        ("refused it: no more stamps today", refusal(), AUTHORITY, None),
        ("refused it: 3", refusal(3, "\x1b\n"), AUTHORITY, None),
        ("no time stamp by RFC 3161", b"<html>", AUTHORITY, None),
        ("no time stamp by RFC 3161", good[:-60], AUTHORITY, None),
        ("larger than 65,536 bytes", good + bytes(65_536), AUTHORITY, None),
    ):
        assert why in _why(response, trusted, nonce=nonce)
    twice = AUTHORITY.stamp(DATA, inside=(AUTHORITY.certificate, Authority().certificate))
    assert isinstance(check_stamp(twice, DATA, [AUTHORITY.root]), TimeStamp)


def test_a_certificate_that_expired_since_does_not_matter() -> None:
    """It was valid when it stamped: that is what a stamp is for."""
    old = Authority(since=STAMPED_AT - timedelta(days=5_000), days=10)
    response = old.stamp(DATA, STAMPED_AT - timedelta(days=4_995))
    assert isinstance(check_stamp(response, DATA, [old.root]), TimeStamp)


def _digest() -> Digest:
    return digested(DAY, ())[0]


def test_a_statement_is_read_to_the_byte() -> None:
    """What is stamped and signed has one form."""
    said = statement_of(_digest())
    assert read_statement(said) == (DAY, _digest().root, _digest().previous)
    assert len(said) <= LARGEST
    for other in (said + b"\n", said[1:], said.replace(b"2035-01-01", b"2035-13-01"), b"", b"\xff"):
        assert read_statement(other) is None


def _asked(url: str) -> stamping.Authority:
    return stamping.Authority(f"{url}/token-1", AUTHORITY.pem, (AUTHORITY.root,))


async def test_a_stamp_is_asked_for_by_http(caplog: pytest.LogCaptureFixture) -> None:
    """The answer to this very request holds, and is kept as it came; no log names the path."""
    caplog.set_level(logging.INFO)
    digest, seen = _digest(), list[str]()

    def answer(path: str, body: bytes) -> Answer:
        seen.append(path)
        return 200, AUTHORITY.answer(body)

    with serving(answer) as url:
        stamp, response = await ask(_asked(url), digest)
    assert (stamp.at, seen) == (STAMPED_AT, ["/token-1"])
    assert "token-1" not in caplog.text
    assert check_stamp(response, statement_of(digest), [AUTHORITY.root]) == stamp


@pytest.mark.parametrize(
    ("answer", "kind", "why"),
    [
        ((503, b""), Unreachable, "HTTP 503"),
        ((302, b""), Unreachable, "HTTP 302"),
        ((200, bytes(70_000)), Unreachable, "more than 65,536 bytes"),
        ((200, b"<html>"), BadInput, "no time stamp by RFC 3161"),
        ((200, refusal()), BadInput, "the authority refused it: no more stamps today"),
        ((200, AUTHORITY.stamp(statement_of(_digest()))), BadInput, "answers another request"),
    ],
)
async def test_what_an_authority_answers_otherwise_is_no_stamp(
    answer: Answer, kind: type[PingtaiError], why: str
) -> None:
    """Each has its reason, and no message names the path, which may be a customer's token."""
    with serving(lambda *_: answer) as url, pytest.raises(kind) as refused:
        await ask(_asked(url), _digest())
    assert why in refused.value.words.en
    assert "token-1" not in "".join(refused.value.words)


async def test_an_authority_that_is_away_is_named() -> None:
    """By its host."""
    with serving(lambda *_: (200, b"")) as url:
        gone = _asked(url)
    with pytest.raises(Unreachable, match="gives no time stamp: connection refused"):
        await ask(gone, _digest())


def test_settings_that_cannot_be_used_are_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A password is not repeated; the authority's certificates must be named."""
    pem = tmp_path / "authority.pem"
    pem.write_bytes(AUTHORITY.pem)
    good = {URL: "https://tsa.example.org/", CERTIFICATES: str(pem)}
    for change, why in (
        ({URL: "https://me:secret@tsa.example.org/"}, "without user and password"),
        ({URL: "tsa.example.org"}, "write http:// or https://"),
        ({URL: "http://[::1"}, "write http:// or https://"),
        ({CERTIFICATES: ""}, "is set without PINGTAI_TIMESTAMP_CERTIFICATES"),
        ({CERTIFICATES: str(tmp_path / "none")}, "cannot be read"),
        ({CERTIFICATES: __file__}, "holds no certificates in PEM form"),
    ):
        for name, value in (good | change).items():
            monkeypatch.setenv(name, value)
        with pytest.raises(BadInput) as refused:
            configured_authority()
        assert why in refused.value.words.en
        assert "secret" not in "".join(refused.value.words)
    for name, value in good.items():
        monkeypatch.setenv(name, value)
    found = configured_authority()
    assert found is not None
    assert (found.host, found.certificates) == ("tsa.example.org", (AUTHORITY.root,))
    monkeypatch.setenv(URL, "")
    assert configured_authority() is None


async def _dossier() -> tuple[Files, Digest]:
    life, about = await live(MUCH, recorded(MUCH)), head(MUCH)
    digest, lines = digested(DAY, leaves_of(MUCH, life, DAY))
    stamp = KeptStamp(AUTHORITY.stamp(statement_of(digest)), AUTHORITY.pem)
    files = files_of(life, about, prove(digest, lines, MUCH), stamp)
    return with_manifest(files, life, about), digest


async def _verified(files: Files, folder: Path, given: Vouchers = NOTHING) -> Verdict:
    path = folder / "dossier.zip"
    path.write_bytes(pack(files))
    return await verify(path, vouchers=given)


async def test_a_dossier_keeps_its_stamp_and_says_what_it_proves(tmp_path: Path) -> None:
    """With the certificate that came with it the reader is told to compare; one that is given is believed."""
    files, digest = await _dossier()
    assert files[STATEMENT] == statement_of(digest)
    who = "CN=Time Stamps of the Tests"
    existed = f"the digest of 2035-01-01 existed at 2035-01-02 08:45:00 (Beijing), by {who}"
    kept = await _verified(files, tmp_path)
    assert (told(kept), kept.done[Check.STAMP].en) == ([], existed)
    assert kept.conclusion is Conclusion.WHOLE
    assert [en for en, _ in kept.notes if "came with the dossier, SHA-256" in en]
    given = await _verified(files, tmp_path, Vouchers(authority=(AUTHORITY.root,)))
    assert (told(given), given.done[Check.STAMP].en) == ([], existed)
    assert not [en for en, _ in given.notes if "came with the dossier" in en]


async def test_a_dossiers_stamp_that_does_not_hold_is_found(tmp_path: Path) -> None:
    """Another's, of another digest, or with certificates of the forger's own, where the true one is given."""
    files, digest = await _dossier()
    forger = Authority()
    forged = {STAMP: forger.stamp(statement_of(digest)), PEM: forger.pem}
    given = Vouchers(authority=(AUTHORITY.root,))
    foreign = files | {STAMP: AUTHORITY.stamp(statement_of(digested(date(2034, 1, 1), ())[0]))}
    for changed, why in (
        (files | forged, "not by an authority whose certificate is given"),
        (foreign, "the time stamp is of something else"),
        (files | {STAMP: b"x"}, "it is no time stamp by RFC 3161"),
    ):
        found = await _verified(resealed(changed), tmp_path, given)
        assert [one for one in told(found) if one.startswith("stamp digest.tsr") and why in one]
        assert Check.STAMP not in found.done
    without = await _verified(resealed(files | {PEM: b"none"}), tmp_path)
    assert (told(without), without.conclusion) == ([], Conclusion.NOT_CHECKED)
    statement = await _verified(resealed(files | {STATEMENT: b"another"}), tmp_path)
    assert told(statement) == [
        "derived digest.txt: differs from what follows from the histories and the manifest"
    ]


async def test_stamps_of_digests_and_proofs_are_checked_beside_them() -> None:
    """A stamp belongs to the digest that it is of; without a certificate nobody can say."""
    first, lines = digested(date(2034, 12, 31), ())
    second, _ = digested(DAY, (), previous=first.root)
    stamp = AUTHORITY.stamp(statement_of(first))
    given = Vouchers(authority=(AUTHORITY.root,), stamps=(stamp,))
    for content in (exported([first, second]), lines):
        answer = check_file(content, None, None, given)
        assert answer is not None
        assert answer.wrong == []
        assert [value.en[:30] for name, value in answer.rows if name.en == "Time stamp"] == [
            "the digest of 2034-12-31 exist"
        ]
    answer = check_file(exported([second]), None, None, given)
    assert answer is not None
    assert [en for en, _ in answer.wrong] == [
        "Time stamp: 2035-01-01: the time stamp is of something else"
    ]
    answer = check_file(lines, None, None, Vouchers(stamps=(stamp,)))
    assert answer is not None
    assert "--authority" in answer.unchecked[0].en
    life = await live(MUCH, recorded(MUCH))
    digest, lines = digested(DAY, leaves_of(MUCH, life, DAY))
    proof = json_bytes(prove(digest, lines, MUCH).model_dump(mode="json"))
    answer = check_file(proof, None, None, given)
    assert answer is not None
    assert len(answer.wrong) == 1
