"""`audit verify`: a dossier that was changed anywhere, by whomever, is found out, and the place is named."""

import json
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audit.dossier.check_anchor import NOT_ANCHORED
from audit.dossier.format import MANIFEST, json_bytes
from audit.dossier.lives import live
from audit.dossier.package import fresh, pack, unpack, zip_problems
from audit.dossier.verifying import verify
from starter.errors import BadInput
from tests.audit.dossiers import (
    Files,
    base,
    made,
    rehashed,
    resealed,
    told,
    verdict,
    with_lines,
)
from tests.audit.lives import (
    BROUGHT_IN,
    MUCH,
    SHORT,
    TWICE,
    Events,
    edited,
    payload_edited,
    recorded,
)

OWN = "logs/term-1.jsonl"
YEAR = "logs/term-1-year-1.jsonl"
CHILD = f"histories/platform--{MUCH}--term-1--assessment-1/"


@pytest.fixture(scope="module")
async def files() -> Files:
    """The dossier of a platform with three assessments, one of which was broken off."""
    return made(await live(MUCH, recorded(MUCH)), MUCH)


@pytest.fixture(scope="module")
async def small() -> Files:
    """A dossier in which each kind of file is, for what the manifest alone finds out."""
    return made(await live(SHORT, recorded(SHORT)), SHORT)


async def test_a_dossier_that_nobody_changed_holds(files: Files, tmp_path: Path) -> None:
    """Everything is checked, and made again to the byte."""
    found = await verdict(files, tmp_path)
    assert told(found) == []
    assert [str(check) for check in found.done] == [
        "files",
        "chain",
        "links",
        "runs",
        "replay",
        "agreement",
        "states",
        "derived",
    ]


async def test_several_terms_hold_too(tmp_path: Path) -> None:
    """A later term goes on from the one before."""
    files = made(await live(TWICE, recorded(TWICE)), TWICE)
    found = await verdict(files, tmp_path)
    assert told(found) == []
    later = {name: content for name, content in files.items() if name != OWN}
    names = told(await verdict(resealed(later), tmp_path))
    assert f"agreement {OWN}: missing: the histories have" in " ".join(names)


async def test_a_platform_that_was_brought_in_holds_too(tmp_path: Path) -> None:
    """Its years of before have no logs, and none is missed; the report says that they were not held here."""
    files = made(await live(BROUGHT_IN, recorded(BROUGHT_IN, "0.3.0")), BROUGHT_IN)
    assert told(await verdict(files, tmp_path)) == []
    assert "not decided here: listed on" in files["report.en.html"].decode()
    assert "非本系统作出" in files["report.zh.html"].decode()


# ---- somebody changes the files, and leaves the manifest ----


@pytest.mark.parametrize("place", [0.1, 0.5, 0.9])
async def test_one_byte_of_a_history(small: Files, tmp_path: Path, place: float) -> None:
    """Whichever byte: the file is named."""
    name = f"{base(SHORT)}001--"
    name = next(one for one in small if one.startswith(name))
    content = bytearray(small[name])
    content[int(len(content) * place)] ^= 1
    names = told(await verdict(small | {name: bytes(content)}, tmp_path))
    assert names[0] == f"files {name}: changed: its SHA-256 is not the manifest's"


@pytest.mark.parametrize("name", ["report.zh.html", "states.json", "plans/term-1-version-1.json"])
async def test_one_byte_of_any_other_file(small: Files, tmp_path: Path, name: str) -> None:
    """Reports, states and plans are sealed as well."""
    content = bytearray(small[name])
    content[len(content) // 2] ^= 1
    names = told(await verdict(small | {name: bytes(content)}, tmp_path))
    assert f"files {name}: changed: its SHA-256 is not the manifest's" in names


async def test_a_file_that_was_added_or_taken_away(small: Files, tmp_path: Path) -> None:
    """What the manifest does not list was added; what it lists must be there."""
    added = await verdict(small | {"note.txt": b"believe me"}, tmp_path)
    words = "no dossier has a file of this name: it was added"
    assert told(added) == [f"files note.txt: {words}"]
    more = "plans/term-1-version-9.json"
    unlisted = await verdict(small | {more: b"{}"}, tmp_path)
    assert f"files {more}: not in the manifest: it was added" in told(unlisted)
    fewer = {name: content for name, content in small.items() if name != "README.txt"}
    assert told(await verdict(fewer, tmp_path)) == [
        "files README.txt: missing: the manifest lists it"
    ]


# ---- somebody changes the files, and rewrites the manifest to fit ----


def _actor(lines: list[Any]) -> list[Any]:
    lines[1]["actor"]["id"] = "somebody-else"
    return lines


async def test_another_actor_of_a_decision(files: Files, tmp_path: Path) -> None:
    """The chain breaks there; with the chain mended, the history says who it was."""
    changed = resealed(with_lines(files, OWN, _actor))
    assert f"chain {OWN}: entry 2 was changed after it was written" in told(
        await verdict(changed, tmp_path)
    )
    mended = resealed(with_lines(files, OWN, lambda lines: rehashed(_actor(lines))))
    names = told(await verdict(mended, tmp_path))
    assert not [one for one in names if one.startswith(f"chain {OWN}")]
    expected = f"agreement {OWN}: entry 2 differs from the history: actor.id, hash"
    assert expected in names


async def test_the_last_entry_dropped(files: Files, tmp_path: Path) -> None:
    """A prefix of a log is whole in itself: the history, and the log above it, know of one more."""
    for name, last in ((OWN, 14), (YEAR, 4)):
        changed = resealed(with_lines(files, name, lambda lines: lines[:-1]))
        names = told(await verdict(changed, tmp_path))
        assert [
            one for one in names if f"{name}: entry {last} is missing: in the history it is" in one
        ]
    assert [one for one in names if one.startswith(f"links {YEAR}: entry 4 is missing")]


async def test_what_does_not_hold_is_not_called_consistent(files: Files, tmp_path: Path) -> None:
    """Whoever reads of the problems is not told next that the record holds in itself."""
    whole = await verdict(files, tmp_path)
    assert NOT_ANCHORED in whole.notes
    cut = await verdict(resealed(with_lines(files, OWN, lambda lines: lines[:-1])), tmp_path)
    assert cut.problems
    assert NOT_ANCHORED not in cut.notes


async def test_two_entries_reordered(files: Files, tmp_path: Path) -> None:
    """The numbers show it; renumbered and mended, the history shows it."""

    def swapped(lines: list[Any]) -> list[Any]:
        return [lines[0], lines[2], lines[1], *lines[3:]]

    changed = resealed(with_lines(files, OWN, swapped))
    assert f"chain {OWN}: entry 2 is missing: 3 is in its place" in told(
        await verdict(changed, tmp_path)
    )
    mended = resealed(with_lines(files, OWN, lambda lines: rehashed(swapped(lines))))
    names = " ".join(told(await verdict(mended, tmp_path)))
    assert f"agreement {OWN}: entry 2 differs from the history" in names


async def test_a_childs_history_dropped(files: Files, tmp_path: Path) -> None:
    """Its platform's history names the child that it started."""
    name = next(one for one in files if one.startswith(CHILD))
    fewer = {one: content for one, content in files.items() if one != name}
    names = told(await verdict(fewer, tmp_path))
    assert f"files {name}: missing: the manifest lists it" in names
    names = told(await verdict(resealed(fewer), tmp_path))
    run_id = name.removesuffix(".json").partition("--" + "01a")[2]
    assert [
        one
        for one in names
        if one.startswith(f"runs {base(MUCH)}002--") and f"{run_id} of" in one and "missing" in one
    ]
    # Its log dropped with it: the platform's log knows how it ended.
    less = {one: content for one, content in fewer.items() if one != YEAR}
    names = told(await verdict(resealed(less), tmp_path))
    assert [
        one for one in names if one.startswith(f"links {YEAR}: missing: by the platform's entry")
    ]


async def test_a_run_in_the_middle_dropped(files: Files, tmp_path: Path) -> None:
    """The runs before and after name it."""
    name = next(one for one in files if one.startswith(f"{base(MUCH)}003--"))
    fewer = {one: content for one, content in files.items() if one != name}
    names = told(await verdict(resealed(fewer), tmp_path))
    for number in ("002", "004"):
        before = [one for one in names if one.startswith(f"runs {base(MUCH)}{number}--")]
        assert [one for one in before if "missing" in one]


async def test_a_history_cut_off(files: Files, tmp_path: Path) -> None:
    """A run that was closed ends with the event that closed it."""
    name = next(one for one in files if one.startswith(f"{base(MUCH)}005--"))
    data = json.loads(files[name])
    data["events"] = data["events"][:-1]
    cut = resealed(files | {name: json.dumps(data).encode()})
    names = told(await verdict(cut, tmp_path))
    assert [one for one in names if one.startswith(f"runs {name}") and "missing" in one]


def _message(events: Events) -> None:
    event = next(e for e in events if "workflowExecutionUpdateAcceptedEventAttributes" in e)
    arguments = event["workflowExecutionUpdateAcceptedEventAttributes"]["acceptedRequest"]["input"]
    payload_edited(arguments["args"]["payloads"][0], '"actor":{"id":"', '"actor":{"id":"x')


def _handed_in(events: Events) -> None:
    event = [e for e in events if "activityTaskScheduledEventAttributes" in e][1]
    payload = event["activityTaskScheduledEventAttributes"]["input"]["payloads"][0]
    payload_edited(payload, '"outcome":"recommended"', '"outcome":"declined"')


def _carried_on(events: Events) -> None:
    payload = events[-1]["workflowExecutionContinuedAsNewEventAttributes"]["input"]["payloads"][1]
    payload_edited(payload, '"decided_on":"2026', '"decided_on":"2025')


def _time(events: Events) -> None:
    task = next(e for e in events if "workflowTaskStartedEventAttributes" in e)
    task["eventTime"] = task["eventTime"].replace("2026-", "2025-")


@pytest.mark.parametrize("change", [_message, _handed_in, _carried_on, _time])
async def test_a_history_changed_where_it_counts(
    files: Files, tmp_path: Path, change: Callable[[Events], None]
) -> None:
    """A message, what was handed in, what was carried on, a moment: each stands there more than once."""
    run = recorded(MUCH)[0]
    name = next(one for one in files if one.startswith(f"{base(MUCH)}001--"))
    changed = resealed(files | {name: edited(run, change).content})
    names = told(await verdict(changed, tmp_path))
    assert [one for one in names if name in one]
    assert not [one for one in names if one.startswith("files")]


async def test_what_follows_from_the_histories_is_made_again(files: Files, tmp_path: Path) -> None:
    """A report, the deadlines and the replays that say something else are found with any manifest."""
    for name in ("report.zh.html", "report.en.html", "deadlines.json", "replay.json", "README.txt"):
        changed = resealed(files | {name: files[name].replace(b"2027", b"2026", 1) + b" "})
        assert told(await verdict(changed, tmp_path)) == [
            f"derived {name}: differs from what follows from the histories and the manifest"
        ]


async def test_states_and_plans(files: Files, tmp_path: Path) -> None:
    """The states are the folds of the logs, and a plan is the one that its log binds."""
    changed = resealed(files | {"states.json": files["states.json"].replace(b"expired", b"valid")})
    assert told(await verdict(changed, tmp_path)) == [
        "states states.json: does not follow from the logs: term-1"
    ]
    name = "plans/term-1-version-1.json"
    plan = json.loads(files[name])
    plan["plan"]["parts"]["goals"] = "其他目标"
    other = resealed(files | {name: json.dumps(plan).encode()})
    assert f"states {name}: not the plan that entry 1 of {OWN} binds by its SHA-256" in told(
        await verdict(other, tmp_path)
    )


async def test_a_dossier_of_another_platform(files: Files, tmp_path: Path) -> None:
    """Whose it says it is, its histories must say too."""
    manifest = json.loads(files[MANIFEST])
    manifest["platform_id"] = "bj-other"
    names = told(await verdict(files | {MANIFEST: json.dumps(manifest).encode()}, tmp_path))
    assert f"runs platform:{MUCH}: of {MUCH}, not of bj-other" in names


# ---- somebody changes what is around the files ----


async def test_what_is_around_the_files(files: Files, tmp_path: Path) -> None:
    """A byte before, between or behind the files, or in what the zip says of one: no SHA-256 holds them."""
    whole = pack(files)
    path = tmp_path / "dossier.zip"
    header = whole.index(b"PK\x03\x04", 100)
    listed = whole.index(b"PK\x01\x02")

    def at(place: int) -> bytes:
        return whole[:place] + bytes((whole[place] ^ 1,)) + whole[place + 1 :]

    for changed, expected in (
        (b"#!" + whole, "its header of manifest.json differs"),
        (at(header + 10), "its header of README.txt differs"),  # the time of the file
        (at(listed + 12), "its list of files differs"),
        (at(listed + 38), "its list of files differs"),  # whether it may be executed
        (whole[:-2] + b"\x04\x00note", "its list of files differs"),  # a comment
    ):
        path.write_bytes(changed)
        (problem,) = zip_problems(path)
        assert problem[0] == f"the zip was changed or packed again: {expected}"
    names = told(await verify(path))
    assert names == [
        "files dossier.zip: the zip was changed or packed again: its list of files differs"
    ]


def test_what_is_hidden_behind_a_file(tmp_path: Path) -> None:
    """Behind the end of the compressed bytes of a file there may be others, which nobody unpacks."""
    path = tmp_path / "dossier.zip"
    with zipfile.ZipFile(path, "w") as packed:
        hidden = zlib.compress(b"content", 9, -zlib.MAX_WBITS) + b"behind it"
        info = fresh("file")
        info.CRC, info.compress_size, info.file_size = zlib.crc32(b"content"), len(hidden), 7
        packed.fp.write(info.FileHeader(zip64=False) + hidden)  # type: ignore[union-attr]
        info.header_offset = 0
        packed.filelist.append(info)
        packed.start_dir = packed.fp.tell()  # type: ignore[union-attr]
        packed._didModify = True  # type: ignore[attr-defined]
    assert unpack(path) == {"file": b"content"}
    assert [en for en, _ in zip_problems(path)] == ["the zip has data behind file"]


@pytest.mark.parametrize("kind", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_that_would_grow_without_bounds_is_not_unpacked(tmp_path: Path, kind: int) -> None:
    """Python unpacks these whole before anyone can count: they are refused by their name."""
    path = tmp_path / "dossier.zip"
    with zipfile.ZipFile(path, "w", kind) as packed:
        packed.writestr(MANIFEST, b"\0" * 1_000_000)
    with pytest.raises(BadInput, match=r"manifest\.json is compressed in another way"):
        unpack(path)


# ---- somebody changes the manifest alone ----


def _size(manifest: Any) -> None:
    manifest["files"][0]["bytes"] += 1


def _twice(manifest: Any) -> None:
    manifest["files"].insert(0, manifest["files"][0] | {"sha256": "0" * 64})


def _began(manifest: Any) -> None:
    manifest["runs"][0]["started_at"] = "2001-01-01T00:00:00Z"


def _maker(manifest: Any) -> None:
    manifest["made_by"] = "somebody-else"


def _codec(manifest: Any) -> None:
    manifest["runs"][0]["codec"] = "of-mine"


def _closed(manifest: Any) -> None:
    manifest["runs"][0]["closed_at"] = None


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (_codec, "runs histories/"),
        (_closed, "runs histories/"),
        (_size, "files README.txt: "),
        (_twice, "files manifest.json: a file is listed twice"),
        (_began, "derived manifest.json: differs from what follows"),
        (_maker, "derived report.en.html: differs from what follows"),
        (dict.clear, ""),
    ],
)
async def test_what_the_manifest_says_follows_too(
    files: Files, tmp_path: Path, change: Callable[[Any], None], expected: str
) -> None:
    """No file's SHA-256 is its own: what stands in it besides the sums is made again and compared."""
    manifest = json.loads(files[MANIFEST])
    change(manifest)
    changed = files | {MANIFEST: json_bytes(manifest)}
    if not expected:
        with pytest.raises(BadInput, match=r"manifest\.json cannot be read"):
            await verdict(changed, tmp_path)
        return
    assert [one for one in told(await verdict(changed, tmp_path)) if one.startswith(expected)]


async def test_one_byte_more_in_the_manifest(files: Files, tmp_path: Path) -> None:
    """It is written in one form only."""
    names = told(await verdict(files | {MANIFEST: files[MANIFEST] + b" "}, tmp_path))
    assert names == [
        "derived manifest.json: differs from what follows from the histories and the manifest"
    ]
