"""A replayer that knows what the worker knows."""

from temporalio.worker import Replayer

from workflows.assessment_workflow import AnnualAssessmentWorkflow
from workflows.converter import WORKER_DATA_CONVERTER
from workflows.platform_workflow import PlatformWorkflow


def replayer() -> Replayer:
    """Replays with the converter of the worker: without it, payload types are not checked."""
    return Replayer(
        workflows=[PlatformWorkflow, AnnualAssessmentWorkflow], data_converter=WORKER_DATA_CONVERTER
    )
