"""What `pingtai move` shows: each case as it goes, and the report at the end."""

from dataclasses import dataclass, field
from typing import Any

from audit.moving.moving_cases import Ended, Move
from starter.terminal.language import say
from starter.terminal.screen import Said, facts, show, show_json_line
from worker.moving.retired_side import Retired
from workflows.words import Words, counted

_ENDED = {
    Ended.MOVED: Words("moved", "已迁移"),
    Ended.THERE: Words("is there already", "已在新处"),
    Ended.LEFT: Words("left", "未迁移"),
    Ended.ON_ITS_WAY: Words("on its way", "迁移中"),
}
_MARKS = {Ended.LEFT: "✗", Ended.ON_ITS_WAY: "✗"}
_WOULD = Words("would move", "可以迁移")


@dataclass
class MoveReport:
    """What became of all cases."""

    as_json: bool
    moves: list[Move] = field(default_factory=list)

    def add(self, move: Move) -> None:
        """Show one, and keep it for the end."""
        self.moves.append(move)
        if self.as_json:
            show_json_line(_plain(move))
        elif move.ended is not Ended.THERE:
            show(_line(move))

    @property
    def left(self) -> bool:
        """Whether one did not move, or not yet."""
        return any(one.ended in (Ended.LEFT, Ended.ON_ITS_WAY) for one in self.moves)

    def finish(self, retired: Retired | None) -> None:
        """Show how many moved, how long the longest took no decisions, and what else was done."""
        counts = {one: sum(move.ended is one for move in self.moves) for one in (None, *Ended)}
        longest = max(self.moves, key=lambda one: one.silent, default=None)
        if self.as_json:
            total = {str(one or "would_move"): number for one, number in counts.items()}
            slow = {"platform_id": longest.name, "seconds": longest.silent} if longest else None
            stopped = retired._asdict() if retired else None
            show_json_line({"total": total, "longest": slow, "retired": stopped})
            return
        rows: list[tuple[Said, object]] = [
            (words, counts[ended] or "") for ended, words in ((None, _WOULD), *_ENDED.items())
        ]
        if longest and longest.silent:
            rows.append((Words("longest without answer", "最长停办时间"), _seconds(longest)))
        if retired:
            rows.append((Words("stopped at the old side", "原处已停"), ", ".join(retired.stopped)))
            rows.append((Words("not at the new side", "新处缺少"), ", ".join(retired.missing)))
            rows.append(
                (Words("erasures that stay", "留在原处的删除"), ", ".join(retired.erasures))
            )
        show(facts(rows))


def _line(move: Move) -> str:
    words = _ENDED[move.ended] if move.ended else _WOULD
    more = [f"{move.silent:.1f} s"] if move.silent else []
    if move.histories:
        histories = counted(move.histories, "history", "histories")
        more.append(say(Words(f"{histories} archived", f"归档历史 {move.histories} 份")))
    if move.why:
        more.append(say(move.why))
    mark = _MARKS.get(move.ended, "✓") if move.ended else "·"
    return " · ".join([f"{mark} {move.name}", say(words), *more])


def _seconds(move: Move) -> Words:
    return Words(f"{move.silent:.1f} s ({move.name})", f"{move.silent:.1f} 秒（{move.name}）")


def _plain(move: Move) -> dict[str, Any]:
    why = {"why": move.why._asdict()} if move.why else {}
    ended = str(move.ended or "would_move")
    row = {"platform_id": move.name, "outcome": ended, "seconds": round(move.silent, 3)}
    return row | {"histories": move.histories} | why
