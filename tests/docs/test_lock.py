"""What is installed is locked by hashes, and the lock agrees with the files that it is made from."""

import json
import re
import tomllib
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
MEND = "run `make lock`"
PACKAGES = ("examples/integration/typescript/package-lock.json", "bench/peers/package-lock.json")
LOCKS = (
    "requirements.lock",
    "deploy/linters.lock",
    "bench/peers/dbos.lock",
    "bench/peers/restate.lock",
)
BUILD = ("hatchling", "editables")
"""What builds the project itself; hatchling asks for the second one when it installs in place."""


def locked() -> dict[str, tuple[Requirement, int]]:
    """What is locked, by name: the version with its marker, and how many hashes it has."""
    found: dict[str, tuple[Requirement, int]] = {}
    text = (ROOT / "requirements.lock").read_text().replace("\\\n", " ")
    for line in text.splitlines():
        if line.startswith("#") or not line.strip():
            continue
        words, *hashes = line.split("--hash=")
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}\s*", one) for one in hashes), line[:80]
        requirement = Requirement(words.strip())
        found[canonicalize_name(requirement.name)] = requirement, len(hashes)
    return found


def pinned() -> dict[str, str]:
    """The versions that constraints.txt chooses."""
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(pin.name): str(pin.specifier) for pin in pins}


def test_every_version_is_the_chosen_one_and_has_its_hashes() -> None:
    """Every pin is locked with that version and with hashes; what else is locked is for other systems."""
    lock = locked()
    assert pinned() == {name: str(lock[name][0].specifier) for name in pinned() if name in lock}, (
        MEND
    )
    for name, (requirement, hashes) in lock.items():
        assert hashes, f"{name}: {MEND}"
        if name not in pinned():
            assert requirement.marker, f"{name} is not in constraints.txt"
            assert not requirement.marker.evaluate({"sys_platform": "linux"}), name


def test_every_requirement_is_locked() -> None:
    """Those of pyproject.toml, of what builds it, and of each of them in turn, in a version that fits."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    lock = locked()
    waiting = [
        Requirement(line)
        for line in (
            *project["project"]["dependencies"],
            *project["project"]["optional-dependencies"]["dev"],
            *project["build-system"]["requires"],
            *BUILD,
        )
    ]
    seen = set()
    while waiting:
        needed = waiting.pop()
        name = canonicalize_name(needed.name)
        assert name in lock, f"{needed}: {MEND}"
        (version,) = lock[name][0].specifier
        assert needed.specifier.contains(version.version, prereleases=True), f"{needed}: {MEND}"
        for extra in ("", *needed.extras):
            if (name, extra) not in seen:
                seen.add((name, extra))
                waiting += _of(name, extra)


def _of(name: str, extra: str) -> list[Requirement]:
    try:
        found = [Requirement(line) for line in requires(name) or ()]
    except PackageNotFoundError:  # not for this system
        return []
    return [one for one in found if one.marker is None or one.marker.evaluate({"extra": extra})]


def test_no_lock_names_a_host() -> None:
    """Where packages come from is for whoever installs them to say; npm's has a hash for each package."""
    for name in (*LOCKS, "constraints.txt"):
        text = (ROOT / name).read_text()
        for word in ("://", "--index-url", "--find-links", " @ "):
            assert word not in text, name
    for name in PACKAGES:
        for path, package in json.loads((ROOT / name).read_text())["packages"].items():
            assert "resolved" not in package, path
            assert not path or package["integrity"].startswith("sha512-"), path


def test_only_what_is_locked_is_installed() -> None:
    """The Makefile installs nothing but by hashes, and nothing that would be built from source."""
    recipe = (ROOT / "Makefile").read_text().partition("$(READY): ")[2]
    installs = recipe.replace("\\\n", " ").split("pip install")[1:]
    by_hash = {"--require-hashes", "--only-binary", "requirements.lock"}
    offline = {"--no-index", "--no-deps", "--no-build-isolation"}
    assert all(by_hash <= set(one.split()) or offline <= set(one.split()) for one in installs)
    assert "requirements.lock" in recipe.splitlines()[0]
