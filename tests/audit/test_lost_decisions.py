"""What a lost decision's receipt advises: by which part it comes back, and when nobody can say."""

import pytest

from audit.commands.receipt import Answer, Record, judge_lost, show_answers
from audit.reading.acknowledged import Standing, standing_of
from tests.audit.test_receipts_kept import OWN, decided, environment  # noqa: F401 - a fixture
from tests.rules.cases import decision, moment
from workflows.vocabulary import Kind

pytestmark = pytest.mark.usefixtures("environment")


@pytest.mark.parametrize(
    ("lost", "advice"),
    [
        (("server",), "pingtai recover --all --end-older"),
        (("register",), "pingtai audit reconcile --repair"),
        (("server", "register"), "Send the decision again with its id"),
    ],
)
def test_where_one_part_has_it_nobody_sends_it_again(
    lost: tuple[str, ...], advice: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """To a case that goes on from an older copy it would be new: it comes from the part that has it."""
    case, receipt = decided()
    verdicts = {
        name: standing_of(receipt, {OWN: case.log[: -1 if name in lost else None]})
        for name in ("server", "register")
    }
    show_answers([Answer("r.json", receipt, verdicts)])
    said = " ".join(capsys.readouterr().err.split())
    assert advice in said
    assert ("Send the decision again" in said) == (len(lost) == 2)


@pytest.mark.parametrize("goes_on", [True, False])
def test_what_the_engine_lost_and_nothing_goes_on_with_is_not_checked(*, goes_on: bool) -> None:
    """A term that has ended is in the register alone: nothing is to be recovered, or sent again."""
    case, receipt = decided()
    if not goes_on:
        case.decide(decision(Kind.WITHDRAWAL, case), moment(case))
    records = {"server": Record({}), "register": Record({OWN: case.log})}

    def judged(**known: Record) -> tuple[Standing, bool, bool]:
        verdicts = {name: one.verdict(receipt) for name, one in (records | known).items()}
        judge_lost(receipt, records | known, verdicts)
        found = Answer("r.json", receipt, verdicts)
        return verdicts["server"].standing, found.wrong, found.unchecked

    unproven = (Standing.ATTESTED, False, True)
    lost = (Standing.LOST, True, False)
    assert (lost if goes_on else unproven) == judged()
    # An older copy of the engine's data still runs it: `recover` ends it first.
    assert lost == judged(server=Record({OWN: case.log[:1]}, running=frozenset((OWN,))))
    assert lost == judged(register=Record({OWN: case.log[:1]}))
    # The case went on from its log, and no history has this part of it.
    assert unproven == judged(server=Record({}, attested=frozenset((OWN,))))
