"""The points about what happens by itself for the auditors: the schedules are there, and go."""

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from worker.doctor.finding import Finding, good, note
from workflows.contract import ARCHIVING_ID, DIGESTING_ID


async def archive_schedule(client: Client) -> Finding:
    """The schedule that archives is there, and goes."""
    return await _schedule(client, ARCHIVING_ID, "nothing is archived by itself", "不会自动归档")


async def digest_schedule(client: Client) -> Finding:
    """The schedule that makes the daily digests is there, and goes."""
    return await _schedule(
        client, DIGESTING_ID, "no digest is made by itself", "不会自动生成每日摘要"
    )


async def _schedule(client: Client, name: str, so: str, so_zh: str) -> Finding:
    try:
        found = await client.get_schedule_handle(name).describe()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return note(
            f"there is no schedule {name}: {so}",
            f"没有计划任务 {name}，{so_zh}",
            "start a worker with the right to make schedules",
            "请用有权创建计划任务的 worker 启动",
        )
    if found.schedule.state.paused:
        return note(
            f"the schedule {name} is paused: {so}",
            f"计划任务 {name} 已暂停，{so_zh}",
            f"temporal schedule toggle --unpause --schedule-id {name}",
            f"temporal schedule toggle --unpause --schedule-id {name}",
        )
    return good(f"the schedule {name} goes", f"计划任务 {name} 正常")
