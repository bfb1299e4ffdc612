"""The recorded histories, read back; and a replayer that knows what the worker knows."""

import gzip
import json
from dataclasses import dataclass
from pathlib import Path

from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from workflows.assessment_workflow import AnnualAssessmentWorkflow
from workflows.converter import WORKER_DATA_CONVERTER
from workflows.platform_workflow import PlatformWorkflow

FOLDER = Path(__file__).parent

WHAT_TO_DO = """
This code does not do what the recorded history did: platforms that are under way with the older code
would get stuck. A change of what a workflow commands (activities, timers, children, their order)
must be guarded: `if workflow.patched("name-of-the-change"): <new> else: <old>`. Keep the history as
it is. CONTRIBUTING.md, "Changing a workflow", says how, step by step."""


@dataclass(frozen=True)
class Recorded:
    """A run that some release really did."""

    release: str
    name: str
    sdk: str
    history: WorkflowHistory


def recorded() -> list[Recorded]:
    """All recorded histories of all releases."""
    found = []
    for path in sorted(FOLDER.glob("*/*.json.gz")):
        data = json.loads(gzip.decompress(path.read_bytes()))
        history = WorkflowHistory.from_json(data["workflow_id"], data["history"])
        found.append(Recorded(path.parent.name, path.name, data["sdk"], history))
    return found


def replayer(platform: type[PlatformWorkflow] = PlatformWorkflow) -> Replayer:
    """Replays with the converter of the worker: without it, payload types are not checked."""
    return Replayer(
        workflows=[platform, AnnualAssessmentWorkflow], data_converter=WORKER_DATA_CONVERTER
    )
