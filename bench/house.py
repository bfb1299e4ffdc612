"""`python -m bench.house [REF ...]`: how large the house is, and how often it says a thing, from git alone."""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import PurePath

_SMALL = 60
_GIT = "git"
Files = dict[str, str]


def python_files(ref: str) -> Files:
    """All Python files of a commit, by their paths."""
    listed = _git("ls-tree", "-r", "--name-only", ref).splitlines()
    names = [name for name in listed if name.endswith(".py")]
    return {name: _git("show", f"{ref}:{name}") for name in names}


def _git(*words: str) -> str:
    return subprocess.run((_GIT, *words), capture_output=True, check=True, text=True).stdout


def _house(files: Files) -> Files:
    """Without tests and measurements."""
    return {name: text for name, text in files.items() if not name.startswith(("tests/", "bench/"))}


def _lines(files: Files) -> int:
    return sum(text.count("\n") for text in files.values())


def _found(pattern: str) -> Callable[[Files], int]:
    sought = re.compile(pattern, re.MULTILINE)
    return lambda files: sum(len(sought.findall(text)) for text in _house(files).values())


def _repeated(files: Files) -> int:
    names = Counter(PurePath(name).name for name in _house(files))
    return sum(number > 1 for name, number in names.items() if name != "__init__.py")


FIGURES: dict[str, Callable[[Files], int]] = {
    "files of Python, without tests and bench": lambda files: len(_house(files)),
    "lines in them": lambda files: _lines(_house(files)),
    "lines of bench": lambda files: _lines(
        {n: t for n, t in files.items() if n.startswith("bench/")}
    ),
    "lines of tests": lambda files: _lines(
        {n: t for n, t in files.items() if n.startswith("tests/")}
    ),
    f"modules under {_SMALL} lines": lambda files: sum(
        text.count("\n") < _SMALL for text in _house(files).values()
    ),
    "file names that occur more than once": _repeated,
    "calls of `say`": _found(r"\bsay\("),
    "texts handed over as a pair, `(en, zh)`": _found(r"tuple\[str, str\]|\.en, \w+(?:\.\w+)*\.zh"),
    "types named `Words`": _found(r"^class Words\b|^Words = "),
    "types named `Language`": _found(r"^Language = "),
    "hand-written `__new__`": _found(r"def __new__"),
    "readers of CSV": _found(r"csv\.(?:reader|DictReader)\("),
    "calls of `json.loads` and `json.load`": _found(r"json\.loads?\("),
}


def main() -> None:
    """Print a table of the commits that are named; by default of the newest."""
    refs = sys.argv[1:] or ["HEAD"]
    by_ref = {ref: python_files(ref) for ref in refs}
    print("| |", " | ".join(refs), "|")
    print("| --- |", " ".join("---: |" for _ in refs))
    for what, figure in FIGURES.items():
        print(f"| {what} |", " | ".join(f"{figure(by_ref[ref]):,}" for ref in refs), "|")


if __name__ == "__main__":
    main()
