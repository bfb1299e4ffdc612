"""Replay of the roster's histories on the code that is installed."""

from concurrent.futures import ThreadPoolExecutor

from temporalio.worker import Replayer, UnsandboxedWorkflowRunner

from audit.histories import ROSTER, Encrypted, Histories, KeyMissing, is_roster
from audit.problems import Problem, one_line
from audit.replay.sdk_replayer import quiet_runtime
from starter.client.sdk_internals import allow_slow_replays
from workflows.contract import ROSTER_ID
from workflows.converter import WORKER_DATA_CONVERTER
from workflows.roster_workflow import RosterWorkflow
from workflows.words import Words


async def replay_roster(histories: Histories) -> list[Problem]:
    """Replay each history of the roster; what the code would not do again is named."""
    allow_slow_replays()
    replayer = Replayer(
        workflows=[RosterWorkflow],
        data_converter=WORKER_DATA_CONVERTER,
        workflow_runner=UnsandboxedWorkflowRunner(),
        workflow_task_executor=ThreadPoolExecutor(1, thread_name_prefix="replay"),
        build_id="replay",
        runtime=quiet_runtime(),
    )
    found: list[Problem] = []
    async for history in histories.runs(ROSTER):
        if not is_roster(history):
            continue
        try:
            await replayer.replay_workflow(history.for_replay())
        except KeyMissing as error:
            found.append(Problem(ROSTER_ID, error.words, unchecked=True))
        except Encrypted as error:
            found.append(Problem(history.run_id, error.words))
        except Exception as error:  # whatever a damaged history brings forth
            why = one_line(error)
            words = Words(f"cannot be replayed: {why}", f"无法重放：{why}")
            found.append(Problem(history.run_id, words))
    return found
