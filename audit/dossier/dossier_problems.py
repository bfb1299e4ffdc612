"""What a check finds: where, and what is wrong, in English and Chinese."""

from dataclasses import dataclass

from workflows.words import BilingualEnum


class Check(BilingualEnum):
    """What is checked, one thing after the other; `en` and `zh` say it."""

    def __init__(self, value: str, en: str, zh: str) -> None:
        super().__init__(value, zh)
        self.en = en

    FILES = "files", "Files: every SHA-256 of the manifest", "文件：清单中每个 SHA-256"
    CHAIN = "chain", "Logs: the hash chain of each", "记录：各自的哈希链"
    LINKS = "links", "Links: terms and assessments", "衔接：各期与各年考核"
    RUNS = (
        "runs",
        "Histories: every run and child is there, and whole",
        "历史：各次运行及子流程齐全完整",
    )
    REPLAY = "replay", "Replay: the code does what the histories say", "重放：代码与历史一致"
    AGREEMENT = "agreement", "Agreement: histories and logs say the same", "一致：历史与记录相符"
    STATES = "states", "States: each is the fold of its log", "状态：均由记录推得"
    DERIVED = "derived", "The rest follows from the histories", "其余文件均可由历史重新得出"
    ANCHOR = "anchor", "Digest: the logs stand in it", "摘要：记录在册"


@dataclass(frozen=True)
class Problem:
    """One thing that does not hold."""

    check: Check
    where: str
    """The file, or whatever else it is about."""
    en: str
    zh: str
    missing: bool = False
    """What it is about is not there: whoever has only a part of the record cannot say that it is wrong."""
