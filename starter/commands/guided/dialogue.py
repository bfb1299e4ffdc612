"""The questions of one form, with what was answered: whoever is asked may go back, and go on later.

A form is a function that asks its questions one after another. To go back, the last answer is taken out
and the function runs again: what was answered before is not asked again. An answer belongs to a part of
the form (`outcome`, `findings.site`, `panel.3`), so that one part alone can be asked anew.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from starter.commands.guided import prompts
from starter.commands.word_choice import terms_of
from starter.terminal.language import say
from starter.terminal.screen import heading, show
from workflows.field_labels import NONE
from workflows.words import Words

T = TypeVar("T")
Answers = dict[str, list[tuple[str, str]]]
"""By part: each question, by its English words, with the line that was answered."""

_COLON = re.compile("[:：]")
BACK = ("<", "back", "返回")
NOTHING = "-"
"""In place of an answer that was there before: there is to be none."""
GO_BACK = Words("At any question: < goes back one question.", "任一问题均可输入 < 返回上一题。")
HOW = Words(
    "At any question: < goes back one question; Ctrl-C stops and keeps a draft.",
    "任一问题均可输入 < 返回上一题；按 Ctrl-C 中止并保留草稿。",
)
OFFERED = Words(
    "Enter keeps the answer in brackets; the upward arrow edits it.",
    "回车保留方括号中的内容；按上箭头键可修改。",
)
_SHORT = 40
"""Columns of a former answer that are shown."""


class _AskedAgain(Exception):
    """What was answered has changed, and the form is gone through again."""


class Dialogue:
    """Asks, remembers, and goes back."""

    def __init__(
        self,
        answers: Mapping[str, Any] | None = None,
        keep: Callable[[Answers], None] | None = None,
        offered: Mapping[str, Any] | None = None,
    ) -> None:
        """Go on from `answers`; `keep` is called with all of them after each new one.

        `offered`: what was answered before to what is not answered now.
        """
        self.answers = _copied(answers)
        self._keep = keep
        self._before = _copied(offered)
        """What was answered until somebody went back: offered again; the last one first."""
        self._reopened = ""
        """The part that is asked anew."""
        self._restored: Answers = {}
        """How it was answered, for who then goes back."""
        self._undo: Callable[[], None] | None = None
        self._hinted = False
        self._read: dict[tuple[str, str, str], Any] = {}
        self._begin()

    @property
    def offered(self) -> Answers:
        """What was answered to questions that are to be asked anew."""
        return self._before

    def run(self, form: Callable[[], T]) -> T:
        """Go through a form until all of it is answered.

        Raises:
            click.Abort: whoever was asked went away.
        """
        while True:
            self._begin()
            try:
                result = form()
            except _AskedAgain:
                continue
            self._reopened, self._restored, self._undo = "", {}, None
            return result

    def _begin(self) -> None:
        self._part = ""
        self._used: dict[str, int] = {}
        """How many answers of each part were used, in the order of the parts."""
        self._above: dict[int, list[Any]] = {}

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """The questions within belong to this part."""
        outer, self._part = self._part, name
        if not outer:
            self._above = {}
        yield
        self._part = outer

    def has(self, name: str) -> bool:
        """Whether a part has been answered."""
        return bool(self.answers.get(name))

    def above(self, *shown: Any, level: int = 0) -> None:
        """Show something above the next question, if that is asked; it replaces what was on its level."""
        self._above = {at: lines for at, lines in self._above.items() if at < level}
        self._above[level] = list(shown)

    def ask(
        self,
        question: Words,
        read: Callable[[str], Any] = str,
        *,
        needed: bool = True,
        default: str = "",
        indent: str = "",
        shown: Callable[[str], str] = str,
        numbered: bool = False,
        unset: Words = NONE,
    ) -> Any:
        """What `read` makes of a line; None for an empty one. What it cannot read is said, and asked again.

        `read` raises ValueError with what is to be said. `shown` is how a former answer is offered. A
        `numbered` question is the same whatever its number is. An empty line comes to `unset`.

        Raises:
            click.Abort: whoever was asked went away.
        """
        key = "" if numbered else question.en
        known = self._known(key, read)
        if known is not None:
            self._above.pop(_CHOICES, None)
            return known[0]
        for lines in self._above.values():
            show(*lines)
            lines.clear()
        before = self._offered(key)
        offered = before or default
        if before and not self._hinted:
            self._hinted = True
            show(Text(say(OFFERED), style="dim"))
        told = (
            indent + say(question) + _how(shown(offered), unset, needed=needed, before=bool(before))
        )
        while True:
            given = prompts.ask(told, offered)
            if prompts.plain(given) in BACK:
                if self.back():
                    raise _AskedAgain
                continue
            cleared = prompts.plain(given) == NOTHING
            if cleared and not needed:
                given = ""
            if not given and needed:
                prompts.wrong(say("required", "必填"))
                continue
            if cleared and needed:
                prompts.wrong(say("required: it cannot be cleared", "必填，不能清空"))
                continue
            try:
                value = read(given) if given else None
            except ValueError as error:
                prompts.wrong(str(error))
                continue
            # The word of a choice outlives its number.
            line = value if isinstance(value, str) else given
            self._note(key, line)
            self._read[self._part, key, line] = value
            return value

    def choose(
        self,
        question: Words,
        choices: prompts.Choices,
        also: Callable[[str], str] | None = None,
        *,
        needed: bool = True,
    ) -> str:
        """One of several: their numbers and words are listed, and each of these is understood.

        `also` may know better of one of them, and raises ValueError. None for an empty line where none is
        `needed`.
        """
        width = len(str(len(choices)))
        listed = (
            Text(f"  {number:>{width}}  {label}  {other}".rstrip())
            for number, (label, other, *_) in enumerate(choices.values(), 1)
        )
        self.above(heading(question), *listed, level=_CHOICES)
        return self.pick(CHOICE, choices, also=also, needed=needed)

    def pick(
        self,
        question: Words,
        choices: prompts.Choices,
        *,
        indent: str = "",
        also: Callable[[str], str] | None = None,
        needed: bool = True,
        then: Words | None = None,
    ) -> str:
        """One of several that have been listed before.

        `then` is the next question: what is written after a colon, as in cells, answers it already.
        """
        after: list[str] = []
        known = {str(number): value for number, value in enumerate(choices, 1)}
        known |= {word: value for value, words in choices.items() for word in (*words, value)}

        def read(given: str) -> str:
            if then:
                given, *after[:] = (part.strip() for part in _COLON.split(given, maxsplit=1))
            said = (*terms_of(given), prompts.plain(given))
            value = next((known[one] for one in said if one in known), None)
            # A single letter is seldom meant; a single character of Chinese often says it all.
            if value is None and (len(given) > 1 or not given.isascii()) and not given.isdecimal():
                begun = {known[one] for one in known if one.startswith(said[-1])}
                value = begun.pop() if len(begun) == 1 else None
            if value is not None:
                return also(value) if also else value
            many = len(choices)
            wrong = Words(f"a number from 1 to {many}, or a word", f"请输入 1 至 {many} 或选项")
            raise ValueError(say(wrong) + say(_meant(said, choices)))

        chosen: str = self.ask(
            question,
            read,
            needed=needed,
            indent=indent,
            shown=lambda value: choices.get(value, (value,))[0],
        )
        if then and any(after):
            self.answers[self._part].append((then.en, after[0]))
        return chosen

    def back(self) -> bool:
        """Take the last answer out, so that `run` asks for it again; False when there is none."""
        parts = [part for part, used in self._used.items() if used]
        if self._reopened and not any(_within(part, self._reopened) for part in parts):
            self.answers |= self._restored
            self._before = {
                part: lines
                for part, lines in self._before.items()
                if not _within(part, self._reopened)
            }
            if self._undo:
                self._undo()
            self._reopened, self._restored, self._undo = "", {}, None
        elif parts:
            part = parts[-1]
            del self.answers[part][self._used[part] :]
            self._before.setdefault(part, []).append(self.answers[part].pop())
        else:
            prompts.wrong(say("This is the first question.", "这是第一个问题。"))
            return False
        return True

    def reopen(self, name: str, undo: Callable[[], None] | None = None) -> None:
        """Let a part, with the parts of it, be asked anew; how it was answered is offered.

        `undo` is called when whoever is asked goes back from there.
        """
        parts = [part for part in self.answers if _within(part, name)]
        taken = {part: self.answers.pop(part) for part in parts}
        self._reopened, self._restored, self._undo = name, taken, undo
        self._before |= {part: lines[::-1] for part, lines in taken.items()}

    def offer(self, part: str, question: Words, line: str) -> None:
        """Offer a line as the former answer to the first question of a part."""
        self._before[part] = [(question.en, line)]

    def answer(self, part: str, *lines: tuple[str, str]) -> None:
        """Answer the first questions of a part, as if somebody had: each question, and its line."""
        self.answers[part] = list(lines)

    def forget(self, listed: str) -> None:
        """Forget the answers of all parts of a list."""
        for kept in (self.answers, self._before):
            for part in [part for part in kept if part.startswith(f"{listed}.")]:
                del kept[part]

    def remove(self, listed: str, number: int) -> None:
        """Take an element out of a list whose parts are numbered, and go through the form again.

        Raises:
            _AskedAgain: always, for `run`.
        """
        for kept in (self.answers, self._before):
            kept.pop(f"{listed}.{number}", None)
            for later in range(number + 1, prompts.LARGEST + 2):
                if f"{listed}.{later}" in kept:
                    kept[f"{listed}.{later - 1}"] = kept.pop(f"{listed}.{later}")
        self._reopened, self._restored, self._undo = "", {}, None
        raise _AskedAgain

    def _known(self, key: str, read: Callable[[str], Any]) -> tuple[Any] | None:
        """The value of what was answered; None when it was not, or cannot be read any more."""
        given, used = self.answers.get(self._part, []), self._used.get(self._part, 0)
        if used >= len(given):
            return None
        asked, line = given[used]
        place = (self._part, asked, line)
        try:
            if asked != key:
                raise ValueError
            value = self._read[place] if place in self._read else read(line) if line else None
        except ValueError as error:
            del given[used:]
            if str(error):
                prompts.wrong(f"{line}: {error}")
            return None
        self._used[self._part] = used + 1
        return (value,)

    def _offered(self, key: str) -> str:
        before = self._before.get(self._part)
        return before[-1][1] if before and before[-1][0] == key else ""

    def _note(self, key: str, line: str) -> None:
        before = self._before.get(self._part)
        if before and before[-1][0] == key:
            before.pop()
        self.answers.setdefault(self._part, []).append((key, line))
        self._used[self._part] = self._used.get(self._part, 0) + 1
        if self._keep:
            self._keep(self.answers)


_SEVERAL = 3
"""Choices that are asked about at most."""
CHOICE = Words("Number or word", "请输入序号或选项")
"""What is asked below a list of choices."""
_CHOICES = 9
"""The level of a list of choices: below every other."""


def _copied(answers: Mapping[str, Any] | None) -> Answers:
    return {
        part: [(str(question), str(line)) for question, line in given]
        for part, given in (answers or {}).items()
    }


def _within(part: str, name: str) -> bool:
    """Whether a part is the named one, or one of its own."""
    return part == name or part.startswith(f"{name}.")


def _how(offered: str, unset: Words, *, needed: bool, before: bool) -> str:
    if offered:
        fits = cell_len(offered) <= _SHORT
        short = offered if fits else set_cell_size(offered, _SHORT).rstrip() + "…"
        nothing = say(f" ({NOTHING}: {unset.en})", f"（{NOTHING}：{unset.zh}）")
        return f" [{short}]{nothing if before and not needed else ''}"
    return "" if needed else say(f" (Enter: {unset.en})", f"（回车：{unset.zh}）")


def _meant(said: Sequence[str], choices: prompts.Choices) -> Words:
    """Ask whether some of the choices were meant, which have what was said in them, or resemble it."""
    import difflib  # noqa: PLC0415 - only who mistypes a word needs it

    terms = {word: value for value, words in choices.items() for word in (*words, value) if word}
    near = {
        terms[term]
        for one in said
        for term in difflib.get_close_matches(one, terms, n=2, cutoff=0.65)
    }
    near |= {value for term, value in terms.items() if said[-1] in term}
    labels = [f"“{words[0]}”" for value, words in choices.items() if value in near]
    if not 1 <= len(labels) <= _SEVERAL or said[-1].isdecimal():
        return Words("", "")
    return Words(f". Did you mean {' or '.join(labels)}?", f"。是否为{'或'.join(labels)}？")
