"""The worker: the workflows of cases and of the roster, and their activities on the queue `pingtai`."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import Worker, WorkerDeploymentConfig

from activities.origin_activity import find_origins
from activities.register_activities import Register, RegisterActivities
from activities.roster_activity import RosterActivities
from activities.signal_activity import find_signals
from worker.query_isolation import make_isolating_worker
from workflows.assessment_workflow import AnnualAssessmentWorkflow
from workflows.contract import TASK_QUEUE
from workflows.converter import worker_converter
from workflows.platform_workflow import PlatformWorkflow
from workflows.roster_workflow import RosterWorkflow

DEPLOYMENT = "pingtai"
GRACE = timedelta(seconds=10)
"""How long a worker that is asked to stop finishes what it has in hand."""

STICKY = timedelta(seconds=5)
"""After a worker or the whole stack was killed, the first decision on a case may wait so long for the worker
that had it: half of the SDK's own default. With much less a busy worker's cases are replayed for nothing."""

_WORKFLOW_THREADS = 500
"""As many as the SDK's own default."""


def workflow_threads() -> ThreadPoolExecutor:
    """Return threads for a worker's workflow tasks.

    The SDK joins those that it makes itself in the event loop: one task that never ends would keep the whole
    process from ending, its signal handlers too. It leaves alone those that it is given.
    """
    return ThreadPoolExecutor(_WORKFLOW_THREADS, thread_name_prefix="workflow")


def make_worker(
    client: Client,
    register: Register,
    *,
    build_id: str | None = None,
    max_cached: int = 1000,
    sticky: timedelta = STICKY,
) -> Worker:
    """A worker that is ready to run.

    For so long as `sticky` a case waits for the worker that has it in its cache, before another may have it.

    With a `build_id` it takes part in Temporal's worker versioning as `pingtai.<build_id>`; without,
    it takes whatever comes (the embedded default, where there is only one version at a time).
    """
    activities = RegisterActivities(register)
    versioning = None
    if build_id:
        versioning = WorkerDeploymentConfig(
            version=WorkerDeploymentVersion(deployment_name=DEPLOYMENT, build_id=build_id),
            use_worker_versioning=True,
            # Named here and not on the workflows: an unversioned worker may not name a behaviour.
            default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE,
        )
    reading = client.config() | {"data_converter": worker_converter(client.data_converter)}
    return make_isolating_worker(
        client=Client(**reading),
        task_queue=TASK_QUEUE,
        workflows=[PlatformWorkflow, AnnualAssessmentWorkflow, RosterWorkflow],
        activities=[
            activities.hand_in,
            activities.write_register,
            activities.write_roster,
            activities.read_log,
            activities.find_log,
            activities.claim_number,
            RosterActivities(register).tell_cases,
            RosterActivities(register).find_roster,
            RosterActivities(register).find_roster_log,
            find_origins,
            find_signals,
        ],
        workflow_task_executor=workflow_threads(),
        max_cached_workflows=max_cached,
        sticky_queue_schedule_to_start_timeout=sticky,
        graceful_shutdown_timeout=GRACE,
        deployment_config=versioning,
    )
