"""The engines beside us live the same life, by the same messages. They are not installed for tests."""

import pytest

from bench import bare
from bench.peers import life_plan
from bench.peers.contestants import messages
from bench.peers.measure_peers import QUICK, Block, Results
from bench.peers.peer_section import ENGINES, LEFT_OUT, section
from bench.script import A_YEAR, GETTING_IN
from bench.sections import releases, stamp, stamped


def test_the_life_is_the_bare_one() -> None:
    """As many decisions, of as many years, as the bare workflow waits for; each with its own id."""
    plan = (life_plan.PLATFORM_STEPS, life_plan.ASSESSMENT_STEPS, len(life_plan.YEARS))
    assert plan == (bare.PLATFORM_STEPS, bare.ASSESSMENT_STEPS, bare.YEARS)
    _, decisions = messages("a")
    assert [GETTING_IN, A_YEAR, A_YEAR, A_YEAR] == [len(one) for one in decisions]
    ids = [one["decision_id"] for of_year in decisions for one in of_year]
    assert len(set(ids)) == len(ids) == GETTING_IN + len(life_plan.YEARS) * A_YEAR
    assert all("decided_on" in one for of_year in decisions for one in of_year)


@pytest.mark.parametrize(("ours", "behind"), [(1.0, False), (9.0, True)])
def test_what_ours_is_behind_in_is_said(ours: float, behind: bool) -> None:
    """With the floor; and the section says what each leaves out, and on what it was measured."""
    found = {}
    for name in ENGINES:
        took = ours if name == "ours" else 2.0
        cpu = {"workflows": 0.1, "server": 0.2}
        found[name] = Results([took] * 10, [took] * 10, [0.1], [Block(1 / took, cpu)])
    text = section(found, QUICK, {"dbos": "1"})
    assert behind == ("**Missed: whole lives (per second); decision, one at a time" in text)
    assert behind == ("**missed**" in text)
    assert {len(ENGINES)} == {len(cells) for cells in LEFT_OUT.values()}
    assert [None] != [*releases(stamped(text, stamp())).values()]
