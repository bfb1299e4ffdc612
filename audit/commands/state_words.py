"""Fields of a case's state, and what they hold, in words: where changes of a state are shown."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from audit.commands.access_wording import HASH
from starter.terminal import wording
from starter.terminal.entry_basis import known, plain
from starter.terminal.language import say, word
from workflows.application import PlatformApplication
from workflows.field_labels import label_at
from workflows.periods import BEIJING, last_day
from workflows.policy import Policy
from workflows.vocabulary import District, LeadUnitKind, Service
from workflows.words import Words

_DIGEST = re.compile("[0-9a-f]{64}")
_LETTERS = 60
"""Of a value that is longer a table shows the beginning; `--json` has it whole."""

_CASES = {"platform": Words("", ""), "assessment": Words("assessment: ", "年度考核：")}
_NAMES: Mapping[str, Words] = {
    "stage": wording.STAGE,
    "since": wording.SINCE,
    "came_from": Words("stage before", "上一环节"),
    "overdue": Words("overdue", "是否逾期"),
    "reminded": Words("reminder sent", "是否已提醒"),
    "spent": Words("time used before the clock stopped", "计时停止前已用时间"),
    "decided_on": Words("date of the last decision", "最近决定日期"),
    "plan_version": Words("plan version", "方案版本"),
    "plan_sha256": Words("SHA-256 of the plan", "方案 SHA-256"),
    "plans_filed": Words("plans filed", "已提交方案数"),
    "list_number": wording.LIST_NUMBER,
    "certificate_number": wording.CERTIFICATE,
    "listed_on": Words("listed on", "纳入日期"),
    "valid_until": wording.VALID_UNTIL,
    "brought_in_on": Words("brought in, as of", "转入时点"),
    "open_assessment": Words("open assessment", "进行中的考核"),
    "openings": Words("openings of the assessment", "考核启动次数"),
    "assessments": wording.ASSESSMENTS,
    "told_days": Words("days before the end, last notice", "届满前最近一次提醒（天）"),
    "reopening": Words("setting aside that reopens the assessment", "重新启动考核的撤销"),
    "next_term": Words("application for the next term", "下一期申请"),
    "facts_version": Words("version of the facts", "信息版本"),
    "changed_on": Words("date of the last change", "最近变更、暂停或恢复日期"),
    "suspended_since": Words("suspended since", "暂停起始时间"),
    "suspensions": Words("suspensions that have ended", "已结束的暂停"),
    "year": Words("year of the assessment", "考核年度"),
    "opening": Words("opening", "启动次序"),
    "mend_by": Words("rectification due", "整改截止日期"),
    "due": Words("due", "截止日期"),
    "facts.platform_id": Words("platform id", "平台编号"),
    "facts.term": wording.TERM,
    "roster.version": Words("version of the roster", "人员目录版本"),
    "roster.root": Words("roster: root", "人员目录：根"),
    "roster.leaves": Words("roster: people", "人员目录：人数"),
    "roster.entry": Words("roster: entry of its log", "人员目录：记录条目"),
    "roster.log_hash": Words("roster: hash of the entry before", "人员目录：前一条目哈希"),
    "roster.change": Words("roster: hash of what changed", "人员目录：变更内容哈希"),
    "roster.at": Words("roster: signed at", "人员目录：签署时间"),
    "roster.before": Words("roster: digest of the version before", "人员目录：前一版本摘要"),
}
_POLICY = ".facts.policy."
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT")
_YES, _NO = Words("yes", "是"), Words("no", "否")


def field_words(path: str) -> str:
    """Return what a field is called, by its path; of a part of the application as the application calls it."""
    case, _, name = path.partition(".")
    words = _NAMES.get(name) or _label(name.removeprefix("facts."))
    if words is None:
        return path
    return say(_CASES.get(case, _CASES["platform"])) + say(words)


def value_words(path: str, value: Any) -> str:
    """Return a value of a field in words; days and moments are those of Beijing."""
    if value is None or value == []:
        return "—"
    if isinstance(value, bool):
        return say(_YES if value else _NO)
    _, of_policy, name = path.partition(_POLICY)
    if of_policy:
        return _short(plain(value, Policy, name))
    read = _READ.get(path.rpartition(".")[2], _plain)
    return wording.joined(map(read, value)) if isinstance(value, list) else read(value)


def exact_words(value: Any) -> str:
    """Return a value whole: where two that differ have the same words."""
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if not _MOMENT.match(value):
        return value
    return str(datetime.fromisoformat(value).astimezone(BEIJING).replace(tzinfo=None))


def _label(name: str) -> Words | None:
    label = label_at(PlatformApplication, name)
    if label is None:
        return None
    unit = label.unit or Words("", "")
    return Words(
        label.en + (f" ({unit.en})" if unit.en else ""),
        label.zh + (f"（{unit.zh}）" if unit.zh else ""),
    )


def _last_day(value: str) -> str:
    """24:00 of a day belongs to that day."""
    return str(last_day(datetime.fromisoformat(value)))


def _moment(value: str) -> str:
    return wording.moment(datetime.fromisoformat(value))


def _year(value: int) -> str:
    return say(Words(f"year {value}", f"第 {value} 年"))


def _assessment(one: Mapping[str, Any]) -> str:
    return f"{_year(one['year'])}{say(Words(': ', '：'))}{wording.stage(str(one['result']))}"


def _spent(one: Mapping[str, Any]) -> str:
    return f"{wording.stage(one['stage'])} {_span(one)}"


def _span(one: Mapping[str, Any]) -> str:
    return f"{_moment(one['since'])} – {_moment(one['until'])}"


def _plain(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if _DIGEST.fullmatch(text):
        return text[:HASH]
    named = word(text, District, LeadUnitKind, Service)
    return _short(known(text) if named == text else named)


def _short(words: str) -> str:
    return words if len(words) <= _LETTERS else f"{words[:_LETTERS]}…"


_READ: Mapping[str, Callable[[Any], str]] = {
    "valid_until": _last_day,
    "mend_by": _last_day,
    "due": _last_day,
    "since": _moment,
    "at": _moment,
    "suspended_since": _moment,
    "suspensions": _span,
    "stage": wording.stage,
    "came_from": wording.stage,
    "field": wording.field,
    "fields": wording.field,
    "open_assessment": _year,
    "year": _year,
    "assessments": _assessment,
    "spent": _spent,
}
