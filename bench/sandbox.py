"""How long the sandbox of one workflow takes to make: `python -m bench.sandbox`, milliseconds as JSON."""

import asyncio
import json
import time

from temporalio import workflow
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from bench.bare import BarePlatform
from worker.query_isolation import RESTRICTIONS
from worker.worker_process import make_worker  # noqa: F401 - loads what a worker has loaded
from workflows.assessment_workflow import AnnualAssessmentWorkflow
from workflows.platform_workflow import PlatformWorkflow

_TIMES = 20
_ROUNDS = 7


def _milliseconds(runner: SandboxedWorkflowRunner, of: type) -> float:
    definition = workflow._Definition.must_from_class(of)
    begun = time.thread_time()
    for _ in range(_TIMES):
        runner.prepare_workflow(definition)  # makes a whole sandbox, as for a workflow that starts
    return (time.thread_time() - begun) / _TIMES * 1000


async def main() -> None:
    """Take turns, and keep the best of each: what it takes when nothing disturbs."""
    runner = SandboxedWorkflowRunner(restrictions=RESTRICTIONS)
    classes = (PlatformWorkflow, AnnualAssessmentWorkflow, BarePlatform)
    found: dict[str, list[float]] = {of.__name__: [] for of in classes}
    for number in range(_ROUNDS + 1):
        for of in classes:
            took = _milliseconds(runner, of)
            if number:
                found[of.__name__].append(took)
    print(json.dumps({name: min(times) for name, times in found.items()}))


if __name__ == "__main__":
    asyncio.run(main())
