"""Where people read a log they see which decisions were signed, and by which keys."""

from typing import Any

import pytest

from db.row_types import LogLine
from starter.commands.timeline import timeline
from starter.terminal.chosen_language import speaking
from starter.terminal.entry_parts import entry_parts
from starter.terminal.screen import show
from starter.terminal.signature_wording import signature_words
from tests.rules.cases import at_stage, decision, moment
from tests.rules.signing import Person, bound, signed
from workflows.record import LogEntry
from workflows.vocabulary import Kind, Stage
from workflows.words import Language

WANG, LI = Person("wang"), Person("li")
SHORT = [f"{person.key.fingerprint()[:17]}…" for person in (WANG, LI)]


def listed(*people: Person) -> LogLine:
    """The entry of a listing that was signed by these people."""
    case = at_stage(Stage.LISTING)
    raw = bound(decision(Kind.LISTING, case, "included"), case)
    case.decide(signed(raw, *people) if people else raw, moment(case))
    return LogLine(
        platform_id="bj-test", term=1, year=0, opening=0, workflow_id="", entry=case.log[-1]
    )


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", f"signed by {SHORT[0]}, {SHORT[1]}"),
        ("zh", f"签名密钥 {SHORT[0]}、{SHORT[1]}"),
    ],
)
def test_both_keys_stand_beside_the_entry(
    capsys: pytest.CaptureFixture[str], language: Language, words: str
) -> None:
    """In the timeline, and where the decision is shown whole; without its base64."""
    line = listed(WANG, LI)
    with speaking(language):
        show(timeline([line]))
        show(*entry_parts(line))
    shown = capsys.readouterr().out
    assert shown.count(words) == 2
    assert line.entry.said["signatures"][0]["sshsig"][:20] not in shown


def test_unsigned_entries_say_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """Nearly all are: a mark beside each would hide what matters."""
    line = listed()
    show(timeline([line]))
    show(*entry_parts(line))
    assert "sign" not in capsys.readouterr().out.casefold()


@pytest.mark.parametrize(
    "said",
    [
        {"note": "另行说明"},
        {"signatures": [{"sshsig": "AAAAA"}]},
        {"signatures": "signed"},
        {"signatures": [{}]},
        {"signatures": [LI.sign(b"{}")]},
    ],
)
def test_what_does_not_hold_is_not_shown_as_signed(said: Any) -> None:
    """A register can be written to by hand: the signature is verified where it is shown."""
    entry: LogEntry = listed(WANG).entry
    assert signature_words(entry) == f"signed by {SHORT[0]}"
    forged = entry.model_copy(update={"said": entry.said | said})
    assert signature_words(forged) == "SIGNATURE DOES NOT HOLD"
    with speaking("zh"):
        assert signature_words(forged) == "【签名无效】"
