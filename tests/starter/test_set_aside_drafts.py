"""A setting aside that waits for a second signature says what it is of, and why."""

from db.countersign_queries import TargetEntry
from tests.starter.test_countersign import Run, Sit, drafts, sit_down
from tests.starter.waiting_drafts import PretendDrafts

__all__ = ["drafts", "sit_down"]


def test_what_is_to_be_set_aside_and_why_is_said_where_it_waits(
    pingtai: Run, drafts: PretendDrafts, sit_down: Sit
) -> None:
    """Two of one platform are told apart: when they are left, and in both lists."""
    sit_down("kw-1")
    for number, reason in (("d-1", "评分录入有误"), ("d-2", "材料有误")):
        args = ("set-aside", "p-1", "--decision", number, "--reason", reason, "--yes")
        left = pingtai(*args, lang="zh")
        assert 0 == left.exit_code, left.output
        assert f"拟撤销\t{number}\n理由\t{reason}\n" in left.stdout
    target = TargetEntry(term=1, year=1, opening=1, seq=4, name="evaluation", outcome="effective")
    drafts.kept[2] = drafts.kept[2].model_copy(update={"target": target})
    for command in ("countersign", "drafts"):
        shown = pingtai(command, lang="zh").stdout
        for part in ("拟撤销：d-1", "理由：评分录入有误", "拟撤销：1-y1.4", "理由：材料有误"):
            assert part in shown, shown
    assert "sets aside: 1-y1.4 evaluation: effective" in " ".join(pingtai("drafts").stdout.split())
