"""Where a run comes from, by what the server knows: what a sender could make up is not believed.

Whoever reaches Temporal can start a workflow under any id, with any input. So a run takes up a state only
when the server started it to go on from a run before, or when the register has the very log
(`platform_workflow.py`); and an assessment is opened by its platform only.
"""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.activity_messages import OriginLookup, Origins, RunId
    from workflows.circumstances import Edition
    from workflows.contract import (
        FIND_ORIGINS,
        PATCH_V0_4,
        PATCH_V0_5,
        TASK_QUEUE,
        platform_workflow_id,
    )
    from workflows.model import invalid
    from workflows.read_only_asking import ask
    from workflows.task_marks import TaskMarks
    from workflows.words import Words, listed


def edition_of_run() -> Edition:
    """Return the edition of what is accepted in this run; asked once, where the run begins."""
    if workflow.patched(PATCH_V0_5):
        return Edition.V0_5
    return Edition.V0_4 if workflow.patched(PATCH_V0_4) else Edition.V0_1


def goes_on() -> bool:
    """Return whether the server started this run to go on from the one before (continue-as-new).

    Runs are not told apart by their own ids: a replay has another than the run that was reset.
    """
    return workflow.info().continued_run_id is not None


def check_start(what: str) -> None:
    """Refuse a start that would end a case or repeat it by the server's clock.

    A case that an older release started so goes on: of a continued run only the server's own repeats are
    refused.

    Raises:
        InvalidMessage: a timeout, a retry policy or a cron schedule was given. With the last two the
            server itself starts runs that seem to go on from one before.
    """
    info = workflow.info()
    begins = not goes_on()
    given = [
        name
        for name, wrong in (
            ("execution_timeout", begins and info.execution_timeout),
            ("run_timeout", begins and info.run_timeout),
            ("retry_policy", info.retry_policy and (begins or info.attempt > 1)),
            ("cron_schedule", info.cron_schedule),
        )
        if wrong
    ]
    if given:
        names = listed(given)
        en = f"a case is started without {names.en}: it lives for years, and begins once"
        zh = f"启动时不得设置 {names.zh}：案件存续多年，且只启动一次"
        raise invalid(what, "(start)", en, zh)


def check_id(what: str, field: str, expected: str) -> None:
    """Refuse a case under another case's id: it would write into that one's rows of the register.

    Raises:
        InvalidMessage: the workflow's id is not the one that belongs to the input.
    """
    found = workflow.info().workflow_id
    if found != expected:
        en = f"the workflow's id is {found}, not {expected}"
        zh = f"流程编号为 {found}，应为 {expected}"
        raise invalid(what, field, en[:300], zh[:300])


def check_parent(what: str, platform_id: str) -> None:
    """Refuse an assessment that its platform did not open.

    Raises:
        InvalidMessage: no parent, or another one than the platform's workflow.
    """
    parent = workflow.info().parent
    if parent is None or parent.workflow_id != platform_workflow_id(platform_id):
        en = f"an assessment is opened by its platform, {platform_workflow_id(platform_id)}, only"
        zh = f"年度考核只能由平台流程 {platform_workflow_id(platform_id)} 启动"
        raise invalid(what, "(parent)", en, zh)


async def is_ours(what: str, run: RunId, kind: str, marks: TaskMarks, *, at_once: bool) -> bool:
    """Return whether a run from which this one comes is a case of ours; False: the server has it no more.

    A stranger's workflow can go on as a run of our type and queue, or have one as its child: the
    server gives it the true id of the run before, or of the parent, whoever that was.

    Raises:
        InvalidMessage: the run is of another type, or on another task queue.
    """
    lookup, why = OriginLookup(runs=(run,)), "whether a case of ours goes on here"
    found = await ask(marks, FIND_ORIGINS, lookup, Origins, why, at_once=at_once)
    (origin,) = found.origins
    if origin is None:
        return False
    if (origin.workflow_type, origin.task_queue) != (kind, TASK_QUEUE):
        name = f"{run.workflow_id} run {run.run_id}"
        en = f"comes from {name}, which is no case of this system"
        zh = f"来自 {name}，该流程不是本系统的案件"
        raise invalid(what, "(origin)", en[:300], zh[:300])
    return True


NO_PARENT = Words("the platform that opened it is not there", "启动本考核的平台流程不存在")
