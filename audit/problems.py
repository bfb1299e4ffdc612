"""What an audit finds: where, and what is wrong there or worth knowing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from workflows.words import Words


class Check(StrEnum):
    """What is checked of a dossier, one thing after the other; `CHECKS` says what each is."""

    FILES = "files"
    CHAIN = "chain"
    LINKS = "links"
    SIGNATURES = "signatures"
    RUNS = "runs"
    REPLAY = "replay"
    AGREEMENT = "agreement"
    STATES = "states"
    DERIVED = "derived"
    ANCHOR = "anchor"
    DIGEST_SIGNATURE = "digest_signature"
    STAMP = "stamp"
    WITNESS = "witness"


CHECKS: Mapping[Check, Words] = {
    Check.FILES: Words("Files: every SHA-256 of the manifest", "文件：清单中每个 SHA-256"),
    Check.CHAIN: Words("Logs: the hash chain of each", "记录：各自的哈希链"),
    Check.LINKS: Words("Links: terms and assessments", "衔接：各期与各年考核"),
    Check.SIGNATURES: Words(
        "Signatures: each is of its decision, for its place in the log",
        "签名：各签名与其决定及所在记录相符",
    ),
    Check.RUNS: Words(
        "Histories: every run and child is there, and whole", "历史：各次运行及子流程齐全完整"
    ),
    Check.REPLAY: Words("Replay: the code does what the histories say", "重放：代码与历史一致"),
    Check.AGREEMENT: Words("Agreement: histories and logs say the same", "一致：历史与记录相符"),
    Check.STATES: Words("States: recomputed from the logs", "状态：由记录重新推算"),
    Check.DERIVED: Words("The rest follows from the histories", "其余文件均可由历史重新得出"),
    Check.ANCHOR: Words("Digest: it holds the logs", "摘要：记录载于其中"),
    Check.DIGEST_SIGNATURE: Words(
        "Digest's signature: by the office's key", "摘要签名：由主管部门密钥签署"
    ),
    Check.STAMP: Words("Time stamp: by an authority", "时间戳：由机构签发"),
    Check.WITNESS: Words("Witnesses: who cosigned the digest", "见证：共同签署摘要者"),
}


_PLACES_ZH = (
    (re.compile(r",? log (?=\d)"), "，记录 "),
    (re.compile(r" run (?=[0-9a-f]{8}-)"), "，运行 "),
    (re.compile(r", event (?=\d)"), "，事件 "),
    (re.compile(r" in the register$"), "（名册）"),
)
"""What the places of problems are called in Chinese; programs read them as they stand."""


@dataclass(frozen=True)
class Problem:
    """Something that does not hold."""

    where: str
    """The run and event, the log or the file that it is about."""
    words: Words
    check: Check | None = None
    """Of a dossier: which check found it."""
    missing: bool = False
    """What it is about is not there: whoever has only a part of the record cannot say that it is wrong."""
    unchecked: bool = False
    """Nobody can say whether anything is wrong: it depends on what no history here has."""

    @property
    def line(self) -> Words:
        """Return where and what on one line."""
        zh = self.where
        for pattern, term in _PLACES_ZH:
            zh = pattern.sub(term, zh)
        return self.words.at(Words(self.where, zh))

    def plain(self) -> dict[str, Any]:
        check = {"check": str(self.check)} if self.check else {}
        return check | {"where": self.where} | self.words._asdict()


@dataclass(frozen=True)
class Finding:
    """Something in a replayed run that does not agree.

    A `remark` is worth knowing, and no sign that anything was changed. What is `unchecked` nobody can
    say, since it depends on a run that is not here.
    """

    words: Words
    event_id: int | None = None
    """The event of the history that it is about."""
    remark: bool = False
    unchecked: bool = False

    @property
    def wrong(self) -> bool:
        """Whether something was found that does not hold."""
        return not (self.remark or self.unchecked)

    def plain(self) -> dict[str, Any]:
        row = {"event_id": self.event_id, **self.words._asdict(), "remark": self.remark}
        return row | ({"unchecked": True} if self.unchecked else {})


def one_line(error: BaseException, letters: int = 300) -> str:
    """Return what an error says, on one line and not too long: pydantic's own are."""
    return " ".join(str(error).split())[:letters]
