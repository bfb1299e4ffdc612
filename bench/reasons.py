"""Why a target was missed, from what the same run has measured."""

from collections.abc import Callable
from statistics import mean

from bench.figures import EVENTS, LIVES, SANDBOX, Figure, quicker_quarter
from bench.findings import Findings
from bench.sides import (
    BARE,
    BARE_AND_ACTIVITY,
    BARE_AND_ATTRIBUTE,
    OURS,
    OURS_WITHOUT_DATABASE,
    Side,
)


def reason(figure: Figure, found: Findings) -> str:
    """The reason of one missed target."""
    for begins, why in _REASONS.items():
        if begins in figure.what:
            return why(figure, found)
    raise LookupError(f"nobody has said why {figure.what} should miss its target")


def _decision(figure: Figure, found: Findings) -> str:
    def more(side: Side, than: Side) -> str:
        took = quicker_quarter(found.single, side) - quicker_quarter(found.single, than)
        return f"{took:.1f} ms".replace("-0.0", "0.0")

    return (
        f"At the 25th percentile, least disturbed by other load, ours takes {more(OURS, BARE)} longer. In the"
        " same run a search attribute that changed with the answer would cost the bare workflow"
        f" {more(BARE_AND_ATTRIBUTE, BARE)} (ours changes it afterwards), an empty activity after the answer"
        f" {more(BARE_AND_ACTIVITY, BARE)}; PostgreSQL costs ours {more(OURS, OURS_WITHOUT_DATABASE)}, since"
        " no answer waits for it. The rest is our own work on a decision: reading and judging it,"
        " sealing the log, the batch for the register."
    )


def _lives(figure: Figure, found: Findings) -> str:
    def cpu(side: Side) -> str:
        worker = mean(block.worker for block in found.lives[side])
        server = mean(block.server for block in found.lives[side])
        return (
            f"{worker * 1000:.0f} ms of CPU in the worker and {server * 1000:.0f} ms in the server"
        )

    return (
        f"A life of ours takes {cpu(OURS)}; a bare one {cpu(BARE)}, and both share the machine's cores. The"
        f" server's part follows the number of events ({found.by_update[OURS].total()} against"
        f" {found.by_update[BARE].total()}), the worker's is judging, sealing and handing in."
    )


def _events(figure: Figure, found: Findings) -> str:
    ours, bare = found.by_update[OURS], found.by_update[BARE]
    activities = ours["ACTIVITY_TASK_SCHEDULED"]
    tasks = 3 * (ours["WORKFLOW_TASK_SCHEDULED"] - bare["WORKFLOW_TASK_SCHEDULED"])
    attributes = ours["UPSERT_WORKFLOW_SEARCH_ATTRIBUTES"] + ours["MARKER_RECORDED"]
    memo = ours["WORKFLOW_PROPERTIES_MODIFIED"]
    return (
        f"The bare life alone has {bare.total()} by update and {found.by_signal[BARE].total()} by signal. Ours"
        f" adds {activities} activities that write the register, work out due dates and ask where runs and"
        f" signals come from: {3 * activities} events of their own, {tasks} of the workflow tasks that take"
        f" their results; {memo} of the memo that each task leaves, and {attributes} of search attributes and"
        " the edition. What each group is for, and what could be saved:"
        " [0023](decisions/0023-events-of-a-life.md). As local activities they would have"
        f" {5 * activities} events fewer in all; but a local activity would write to the register before the"
        " history holds the entry ([0006](decisions/0006-no-local-activities.md)). The life is spread over"
        " eight runs, each far below the limits of a history."
    )


def _sandbox(figure: Figure, found: Findings) -> str:
    making = {name: f"{took:.1f} ms" for name, took in found.making.items()}
    return (
        f"Making the sandbox of a platform takes {making['PlatformWorkflow']}, of an assessment"
        f" {making['AnnualAssessmentWorkflow']}, of the bare workflow {making['BarePlatform']}: our modules"
        " are passed through, the bare one is loaded anew. The rest"
        " comes with the tasks that run in the sandbox, and a platform has one more of them before it waits:"
        " that of its first activity's result."
    )


def _start(figure: Figure, found: Findings) -> str:
    sandbox = (found.sandboxed[OURS].cpu - found.unsandboxed[OURS].cpu) * 1000
    return (
        f"Until it waits, ours takes {figure.ours:.1f} ms of the worker's CPU, the bare one {figure.bare:.1f};"
        f" the sandbox is {sandbox:.1f} of ours. Ours has a plan to read and to hash, an entry to seal, an"
        " activity that hands it to the register, and a second workflow task for the answer: no decision is"
        " taken before the register has said that no other history has this platform"
        " ([0003](decisions/0003-input-is-not-state.md)). That task and activity are the floor."
    )


_REASONS: dict[str, Callable[[Figure, Findings], str]] = {
    "decision": _decision,
    LIVES: _lives,
    EVENTS: _events,
    SANDBOX: _sandbox,
    "a cached workflow": _start,
}
