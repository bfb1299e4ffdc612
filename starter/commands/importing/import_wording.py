"""How it is told what became of the applications of a file."""

from typing import Any

from starter.commands.batch.lines import Outcome, Result
from starter.commands.batch.progress import Wording
from starter.terminal.language import say
from workflows.words import Words

_WORDS: dict[Outcome, Words] = {
    Outcome.DONE: Words("started", "已启动"),
    Outcome.ALREADY: Words("already started", "此前已启动"),
    Outcome.BAD: Words("BAD", "【有误】"),
    Outcome.REFUSED: Words("REFUSED", "【未通过】"),
    Outcome.UNANSWERED: Words("NOT ANSWERED", "【未应答】"),
    Outcome.UNSENT: Words("not started", "未启动"),
}


def _in_words(result: Result) -> str:
    term = (
        say(f"term {result.applied.term}", f"第 {result.applied.term} 期") if result.applied else ""
    )
    why = say(result.problem) if result.problem else ""
    became = say(_WORDS[result.outcome])
    words = (str(result.entry.number), _platform(result), became, term, why)
    return "  ".join(one for one in words if one)


def _as_data(result: Result) -> dict[str, Any]:
    message = result.line.message if result.line else result.entry.fields
    en, zh = result.problem or (None, None)
    return {
        "line": result.entry.number,
        "platform": _platform(result),
        "application_id": message.get("application_id"),
        "result": _NAMES[result.outcome],
        "term": result.applied.term if result.applied else None,
        "workflow_id": result.applied.workflow_id if result.applied else None,
        "problem": {"en": en, "zh": zh} if en else None,
    }


_NAMES = {
    Outcome.DONE: "started",
    Outcome.ALREADY: "already_started",
    Outcome.BAD: "bad",
    Outcome.REFUSED: "refused",
    Outcome.UNANSWERED: "not_answered",
    Outcome.UNSENT: "not_started",
}


def _platform(result: Result) -> str:
    return result.line.platform if result.line else str(result.entry.fields.get("platform_id", ""))


APPLICATIONS = Wording(
    _WORDS, _in_words, _as_data, frozenset((Outcome.DONE, Outcome.ALREADY, Outcome.UNSENT))
)
"""At a terminal a thousand that were started are a number; those that were not are listed."""
