"""Writes what is made from the code, in documents and in schemas/: `python -m worker.documents`.

A document's part stands between `<!-- generated: NAME -->` and `<!-- end -->`; all else is left as it is.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

import click

from db.notice_queries import RECIPIENT_ROLES, Whom
from worker import import_columns, schema_files, translations
from worker.guideline_sentences import sentence_table
from worker.main import pingtai
from worker.manual import manual
from workflows.authorship_checks import AUTHOR_RULES
from workflows.diagram import mermaid, table
from workflows.lifecycle import ASSESSMENT, PLATFORM
from workflows.vocabulary import Happening, Kind, Role
from workflows.words import Language

ROOT = Path(__file__).parents[1]

_WHOM = {
    Whom.NEXT: "who must act next 下一步办理方",
    **{Whom(role.value): f"{role} {role.zh}" for role in Role},
}


def notice_table(language: Language = "en") -> str:
    """Who is told of what: every event, of a platform or of an assessment, and who is told of it.

    The table in English has the Chinese terms beside the English ones.
    """
    chinese = language == "zh"
    heads = "事项 | 所属 | 通知对象" if chinese else "event 事项 | of 所属 | recipients 通知对象"
    cases = {"platform": "平台", "assessment": "年度考核"}
    rows = [
        f"| `{event}` {_zh(event)} | {cases[case] if chinese else case} | {_told(told, chinese=chinese)} |"
        for case, events in RECIPIENT_ROLES.items()
        for event, told in events.items()
    ]
    return "\n".join((f"| {heads} |", "| --- | --- | --- |", *rows))


def _told(told: Iterable[Whom], *, chinese: bool) -> str:
    names = [_WHOM[whom] for whom in told]
    return "；".join(name.rpartition(" ")[2] for name in names) if chinese else ", ".join(names)


def _zh(event: str) -> str:
    return next(word.zh for words in (Kind, Happening) for word in words if word == event)


def author_table(language: Language = "en") -> str:
    """The rules about who signs, in the order in which they are checked; in English with the Chinese."""
    chinese = language == "zh"
    heads = "问题 | 要求" if chinese else "fault 问题 | what is demanded 要求"
    said = (
        (one.name, one.demands.zh if chinese else " ".join(one.demands)) for one in AUTHOR_RULES
    )
    return "\n".join(
        (f"| {heads} |", "| --- | --- |", *(f"| `{name}` | {words} |" for name, words in said))
    )


PARTS: dict[str, Callable[[], str]] = {
    "platform-diagram": lambda: f"```mermaid\n{mermaid(PLATFORM)}\n```",
    "platform-table": lambda: table(PLATFORM),
    "assessment-diagram": lambda: f"```mermaid\n{mermaid(ASSESSMENT)}\n```",
    "assessment-table": lambda: table(ASSESSMENT),
    "platform-diagram-zh": lambda: f"```mermaid\n{mermaid(PLATFORM, chinese=True)}\n```",
    "platform-table-zh": lambda: table(PLATFORM, chinese=True),
    "assessment-diagram-zh": lambda: f"```mermaid\n{mermaid(ASSESSMENT, chinese=True)}\n```",
    "assessment-table-zh": lambda: table(ASSESSMENT, chinese=True),
    "cli": manual,
    "cli-zh": lambda: manual(spoken_in="zh"),
    "told-table": notice_table,
    "told-table-zh": lambda: notice_table("zh"),
    "author-rules": author_table,
    "author-rules-zh": lambda: author_table("zh"),
    "import-columns": import_columns.table,
    "import-columns-zh": lambda: import_columns.table("zh"),
    "guideline-sentences": sentence_table,
}

_BEGIN = "<!-- generated: "
_PART = re.compile(r"<!-- generated: (?P<name>\S+) -->\n.*?<!-- end -->", re.DOTALL)


def documents(root: Path = ROOT) -> list[Path]:
    """The documents that may have generated parts: README.md and docs/*.md."""
    return [root / "README.md", *sorted((root / "docs").glob("*.md"))]


def generated(text: str) -> str:
    """A document's text with its generated parts as the code has them now.

    Raises:
        ValueError: a part has a name that nobody generates, or no end.
    """
    new, parts = _PART.subn(lambda found: _part(found["name"]), text)
    if parts != text.count(_BEGIN):
        raise ValueError("a generated part has no <!-- end -->")
    return new


def _part(name: str) -> str:
    if name not in PARTS:
        raise ValueError(f"nobody generates a part {name}: there are {', '.join(PARTS)}")
    return f"{_BEGIN}{name} -->\n{PARTS[name]()}\n<!-- end -->"


@click.command()
@click.option(
    "--check", is_flag=True, help="Write nothing; exit code 1 when a part is out of date."
)
def main(check: bool) -> None:
    """Bring the generated parts of README.md and docs/*.md, and schemas/, up to date."""
    stale = schema_files.bring_up_to_date(ROOT, write=not check)
    catalogues, untranslated = translations.bring_up_to_date(pingtai, write=not check)
    stale += catalogues
    for path in documents():
        text = path.read_text(encoding="utf-8")
        try:
            new = generated(text)
        except ValueError as error:
            raise click.ClickException(f"{path.relative_to(ROOT)}: {error}") from None
        if new != text:
            stale.append(str(path.relative_to(ROOT)))
            if not check:
                path.write_text(new, encoding="utf-8")
    if check and stale:
        raise click.ClickException(f"out of date: {', '.join(stale)}; run `make docs`")
    click.echo(f"written: {', '.join(stale)}" if stale else "up to date")
    if untranslated:
        listed = "".join(f"\n  {entry.where}: {entry.en}" for entry in untranslated)
        raise click.ClickException(
            f"{len(untranslated)} texts lack Chinese: fill in `msgstr` in {translations.SOURCE}, remove"
            f" `#, fuzzy`, and run this again{listed}"
        )


if __name__ == "__main__":
    main()
