"""What a campaign does follows from its seed, and holds each kind of fault."""

from collections import Counter

import pytest

from bench.campaign.fault_schedule import CLOCKED, PROGRAMS, REACHED, schedule
from bench.campaign.faults import DISASTERS, NETWORK, Fault
from bench.campaign.trees import PLANTS, planted
from worker.documents import ROOT

EVERY = tuple(fault for fault in Fault if fault is not Fault.UPGRADE)
"""An upgrade is always at the beginning."""


def test_a_seed_says_all_that_is_done() -> None:
    """The same again, and another for another seed."""
    assert schedule(7, 600, 20, EVERY) == schedule(7, 600, 20, EVERY)
    assert schedule(7, 600, 20, EVERY) != schedule(8, 600, 20, EVERY)


@pytest.mark.parametrize("seed", range(5))
def test_each_kind_of_fault_is_there(seed: int) -> None:
    """As many kills as wanted, over all parts; of every other kind one at least, in short campaigns too."""
    for seconds, kills in ((300, 10), (3600, 110)):
        acts = schedule(seed, seconds, kills, EVERY)
        assert {act.fault for act in acts} == set(EVERY)
        killed = Counter(act.part for act in acts if act.fault is Fault.KILL)
        assert set(killed) == set(PROGRAMS)
        assert killed.total() == kills
        assert max(killed.values()) - min(killed.values()) <= 1
        assert all(0 <= act.at <= seconds for act in acts)


def test_an_hour_disturbs_each_part_in_each_way() -> None:
    """Each network fault at each part that is reached, each pause and each clock."""
    acts = schedule(1, 3600, 110, EVERY)
    done = {(act.fault, act.part) for act in acts}
    assert done >= {(fault, part) for fault in NETWORK for part in REACHED}
    assert done >= {(Fault.PAUSE, part) for part in PROGRAMS}
    assert done >= {(Fault.CLOCK, part) for part in CLOCKED}


def test_no_disaster_takes_what_another_rests_on() -> None:
    """The register is rebuilt from histories, so it is lost before they are."""
    acts = schedule(3, 3600, 0, DISASTERS)
    order = [DISASTERS.index(act.fault) for act in acts]
    assert order == sorted(order)
    assert set(order) == set(range(len(DISASTERS)))


def test_only_what_is_asked_for_is_done() -> None:
    """Kinds and parts may be chosen."""
    acts = schedule(1, 600, 5, (Fault.KILL, Fault.PAUSE), ("serve",))
    assert {(act.fault, act.part) for act in acts} == {
        (Fault.KILL, "serve"),
        (Fault.PAUSE, "serve"),
    }


@pytest.mark.parametrize("name", PLANTS)
def test_a_fault_can_be_put_in_on_purpose(name: str) -> None:
    """The text that it replaces stands in the source, once, and what comes of it is Python."""
    plant = PLANTS[name]
    text = (ROOT / plant.file).read_text(encoding="utf-8")
    compile(planted(text, plant), plant.file, "exec")
    with pytest.raises(ValueError, match="say anew"):
        planted(text.replace(plant.before, ""), plant)
