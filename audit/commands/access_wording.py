"""What was viewed or exported, in words: the access log keeps short English ones, for programs."""

import re
from datetime import datetime

from audit.history_sources import source
from starter.terminal.language import say
from starter.terminal.wording import moment
from workflows.words import Words

_WHAT = {
    "timeline": Words("timeline", "查看时间线"),
    "state": Words("state", "查看历史状态"),
    "diff": Words("diff", "查看状态差异"),
    "archive": Words("archive", "归档"),
    "reconcile": Words("reconcile", "核对"),
    "receipt": Words("receipt", "核对回执"),
    "repair": Words("repair", "修复名册"),
    "replay": Words("replay", "重放"),
    "rebuild": Words("rebuild", "重建名册"),
    "recover": Words("recover", "据记录接续"),
    "move": Words("move", "迁移"),
    "dossier": Words("dossier", "导出档案"),
    "dossier written": Words("dossier written", "档案已写出"),
    "digest leaves": Words("digest leaves", "导出摘要明细"),
    "digests published": Words("digests published", "公布摘要"),
    "roster": Words("roster", "核验人员目录"),
    "proof": Words("proof", "导出存证证明"),
}
_SOURCE = re.compile(r"from (?:the )?(server|archive|files)")
_DIGEST = re.compile(r"\b[0-9a-f]{64}\b")
HASH = 12
"""Letters of a hash in a table that has no room for all; `--json` has all."""
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")


def what(name: str) -> str:
    """What somebody did with records; what a newer program has written stays as it is."""
    return say(_WHAT.get(name, Words.same(name)))


def details(text: str | None, *, short: bool = False) -> str:
    """More of it: sources in words, moments in Beijing's time; short: of a hash the first letters."""
    worded = _SOURCE.sub(
        lambda found: say(Words(f"from the {found[1]}", f"来源：{source(found[1])}")), text or ""
    )
    if short:
        worded = _DIGEST.sub(lambda found: found[0][:HASH], worded)
    return _MOMENT.sub(lambda found: moment(datetime.fromisoformat(found.group())), worded)
