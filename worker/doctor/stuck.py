"""The point about workflows whose tasks fail again and again, and what each failure means."""

from temporalio.client import Client

from worker.doctor.finding import Finding, bad, good
from worker.doctor.last_event import why_its_task_fails

_PROBLEM = "TemporalReportedProblems IS NOT NULL"
_NAMED = 5
_DEADLOCK = "TMPRL1101"
"""The SDK's number for a workflow task that takes longer than it may."""


async def stuck(client: Client) -> Finding:
    """No workflow task fails again and again: by too many messages at once, or code that does not fit."""
    count = (await client.count_workflows(_PROBLEM)).count
    if count == 0:
        return good("no workflow has a problem", "没有异常的流程")
    reasons = {
        run.id: await why_its_task_fails(client, run.id, run.run_id)
        async for run in client.list_workflows(_PROBLEM, limit=_NAMED)
    }
    listed = ", ".join(
        f"{name} ({' '.join(why.split())[:100]})" if why else name for name, why in reasons.items()
    )
    listed += " …" if count > len(reasons) else ""
    return bad(
        f"{count} workflows cannot go on (TemporalReportedProblems): {listed}",
        f"{count} 个流程无法继续（TemporalReportedProblems）：{listed}",
        *_advice(" ".join(reasons.values())),
    )


def _advice(why: str) -> tuple[str, str]:
    if _DEADLOCK in why:
        return (
            "more messages wait than one task can take in the time it has: stop the workers, run one with"
            " TEMPORAL_DEBUG=1 until they are taken, then start them as usual (docs/deployment.md, A case"
            " that was flooded)",
            "积压消息过多，一次任务无法在时限内处理完：请停止 worker，以 TEMPORAL_DEBUG=1 启动一个，处理完毕后"
            "恢复正常启动（见 docs/deployment.md“A case that was flooded”）",
        )
    return (
        f"temporal workflow list -q '{_PROBLEM}'; CONTRIBUTING.md says how to change a workflow safely",
        f"temporal workflow list -q '{_PROBLEM}'，参见 CONTRIBUTING.md",
    )
