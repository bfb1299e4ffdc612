"""The one question of a batch at a terminal: what is sent, by whom, what is unusual, what is held back."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from rich.table import Table
from rich.text import Text

from starter.clock import today
from starter.commands.actor_doubts import ActorDoubts
from starter.commands.batch.lines import Line
from starter.commands.guided.prompts import ask_to_send
from starter.commands.guided.summary import actor_words
from starter.commands.unless_meant import plan_of_another
from starter.desk.reach import open_reads
from starter.doubts.decision_doubts import KnownPlatform, decision_doubts, known_platform
from starter.doubts.repeated_support import Given, support_in
from starter.doubts.unchanged_plan import files_plan
from starter.errors import PingtaiError
from starter.terminal import wording
from starter.terminal.language import say
from starter.terminal.pager import show_long
from starter.terminal.screen import ALWAYS, Column, Said, heading, show, stacked, table_of
from workflows.words import Words

LOOKED_UP = 200
"""Maximum number of platforms looked up: whoever sends thousands is not kept waiting."""
SHOWN = 100
"""Maximum lines that are shown; the others are counted."""
LISTED = 10
"""Maximum unusual lines that are listed; the others are counted."""


async def known_platforms(lines: Sequence[Line]) -> dict[str, KnownPlatform]:
    """What is known of platforms, by their ids: of the first `LOOKED_UP`, as far as the register answers."""
    found: dict[str, KnownPlatform] = {}
    try:
        async with open_reads() as register:
            filing = {line.platform for line in lines if files_plan(line.message)}
            for platform in list(dict.fromkeys(line.platform for line in lines))[:LOOKED_UP]:
                card = await register.platform(platform)
                if card:
                    plan = await register.plan(platform) if platform in filing else None
                    found[platform] = known_platform(card, plan.shown if plan else None)
    except PingtaiError:
        pass  # the dates are compared with today alone, and platforms have their ids
    return found


def confirm(
    lines: Sequence[Line],
    known: Mapping[str, KnownPlatform],
    *,
    held_back: int,
    done: int,
    others: Words | None = None,
) -> None:
    """Show the lines and ask whether to send them.

    Told before: `held_back` others, which cannot be sent, and `done`, which were taken before. `others`:
    what there is beside them already.

    Raises:
        click.Abort: they are not to be sent.
    """
    show_long(heading(Words("To be sent", "拟提交")), *_listed(lines, known))
    unusual = unusual_lines(lines, known)
    if unusual:
        show(heading(Words("Unusual", "请核实")), *map(_told, unusual[:LISTED]))
        show(*more(len(unusual) - LISTED))
    show("")
    ask_once(
        Words(f"Send {len(lines)}", f"提交 {len(lines)} 项"),
        others=others,
        held_back=held_back,
        done=done,
        unusual=len({line.entry.number for line, _ in unusual}),
    )


def unusual_lines(
    lines: Sequence[Line], known: Mapping[str, KnownPlatform]
) -> list[tuple[Line, Words]]:
    """Return what is to be asked about in the lines of a batch, each with its line."""
    actors = ActorDoubts()
    found = [
        (line, why)
        for line in lines
        for why in (
            *plan_of_another(line.message, line.platform),
            *decision_doubts(line.message, today(), known.get(line.platform)),
            *actors.of(line.message["actor"]),
        )
    ]
    return [*found, *_twice_in_the_file(lines)]


def _twice_in_the_file(lines: Sequence[Line]) -> Iterator[tuple[Line, Words]]:
    """Ask about lines that record the support of a line before."""
    seen: dict[tuple[str, Given], int] = {}
    for line in lines:
        said = support_in(line.message)
        if said is None:
            continue
        first = seen.setdefault((line.platform, said), line.entry.number)
        if first != line.entry.number:
            why = Words(f"The same support as in line {first}.", f"与第 {first} 行的支持相同。")
            yield line, why


def _listed(
    lines: Sequence[Line], known: Mapping[str, KnownPlatform]
) -> Iterator[Table | Text | Said]:
    """Each line with its platform, what is decided and who decides; then how many there are of each kind."""
    yield table_of(
        lines[:SHOWN],
        (
            Column(Words("line", "行"), lambda line: line.entry.number, whole=ALWAYS),
            Column(Words("platform", "平台"), lambda line: _named(line, known)),
            Column(Words("decision", "事项"), _what),
            Column(
                Words("decided by", "经办人"),
                lambda line: stacked(*actor_words(line.message["actor"])),
            ),
        ),
    )
    yield from more(len(lines) - SHOWN)
    counts = Counter(map(_decided, lines))
    if len(counts) > 1:
        each = [(f"{many} {what}", f"{what} {many} 项") for what, many in counts.most_common()]
        yield ""
        yield Words(
            "In all: " + ", ".join(en for en, _ in each),
            "合计：" + "，".join(zh for _, zh in each),
        )


def _named(line: Line, known: Mapping[str, KnownPlatform]) -> Text:
    found = known.get(line.platform)
    return stacked(line.platform, *([found.name] if found else []))


def _what(line: Line) -> Text:
    """What is decided, on which day, and what a listing is known by."""
    said = line.message
    number, certificate = said.get("list_number"), said.get("certificate_number")
    listed = (
        (Words(f"list {number}, {certificate}", f"名单 {number}，{certificate}"),) if number else ()
    )
    return stacked(_decided(line), str(said["decided_on"]), *map(say, listed))


def more(many: int) -> list[Words]:
    """Say how many lines of a list are not shown."""
    return [Words(f"  … and {many} more", f"  …… 另有 {many} 项")] if many > 0 else []


def ask_once(
    send: Words,
    *,
    held_back: int = 0,
    done: int = 0,
    unusual: int = 0,
    others: Words | None = None,
) -> None:
    """Ask whether to do what `send` says.

    Raises:
        click.Abort: no; nothing has been sent.
    """
    parts = [send]
    if unusual:
        parts.append(Words(f"{unusual} of them unusual", f"其中 {unusual} 项待核实"))
    if held_back:
        parts.append(Words(f"hold back {held_back}", f"暂不提交 {held_back} 项"))
    if done:
        parts.append(Words(f"{done} already done", f"另有 {done} 项此前已办理"))
    if others:
        parts.append(others)
    question = Words(
        _joined(", ", "?", (p.en for p in parts)), _joined("，", "？", (p.zh for p in parts))
    )
    ask_to_send(question)


def _joined(between: str, end: str, parts: Iterable[str]) -> str:
    return between.join(parts) + end


def _decided(line: Line) -> str:
    kind, outcome = str(line.message["kind"]), line.message.get("outcome")
    return wording.said(kind, str(outcome)) if outcome else wording.what(kind)


def _told(unusual: tuple[Line, Words]) -> str:
    line, why = unusual
    return f"  {line.entry.number}  {line.platform}  {_decided(line)}  {say(why)}"
