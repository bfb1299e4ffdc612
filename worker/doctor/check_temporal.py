"""The points about Temporal: connection, retention, search attributes, workers and their versions."""

from datetime import timedelta

from temporalio.api.workflowservice.v1 import (
    DescribeNamespaceRequest,
    DescribeWorkerDeploymentRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from starter.client.queue_pollers import poller_names
from starter.client.temporal_connection import connect_config
from worker.doctor.finding import LOCAL, Finding, bad, good, note
from worker.search_attributes import create_namespace, missing_search_attributes
from worker.temporal_server import RETENTION
from worker.worker_process import DEPLOYMENT
from workflows.contract import TASK_QUEUE
from workflows.words import Words, counted, listed, listed_zh

ENOUGH_RETENTION = timedelta(days=7)
"""The archive takes histories within a day; the rest is for repairing whatever stops it."""


async def missing_namespace(client: Client) -> Finding | None:
    """Nothing else about Temporal can be examined where its namespace does not exist."""
    try:
        await kept_after_the_end(client)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        host, name = connect_config()["target_host"], client.namespace
        return bad(
            Words(
                f'Temporal at {host} has no namespace "{name}"; the points about Temporal were not examined',
                f"Temporal（{host}）中没有命名空间“{name}”，有关 Temporal 的各项未检查",
            ),
            Words(
                f"{create_namespace(name)}; or check TEMPORAL_NAMESPACE",
                f"{create_namespace(name)}；或检查 TEMPORAL_NAMESPACE",
            ),
        )
    return None


async def transport(client: Client) -> Finding:
    """Off this machine the connection is encrypted."""
    config = connect_config()
    host = str(config["target_host"])
    if config.get("tls") or host.rsplit(":", 1)[0] in LOCAL:
        return good(f"Temporal at {host}, namespace {client.namespace}", f"Temporal：{host}")
    return note(
        Words(f"Temporal at {host} without TLS", f"Temporal：{host}，未启用 TLS"),
        Words(
            "set TEMPORAL_TLS=true, or client certificates in the profile",
            "请设置 TEMPORAL_TLS=true，或在配置文件中指定客户端证书",
        ),
    )


async def retention(client: Client) -> Finding:
    """Histories are kept long enough to be archived, also over a weekend without staff."""
    kept = await kept_after_the_end(client)
    if kept >= ENOUGH_RETENTION:
        return good(
            f"histories are kept for {_days(kept.days)} after a run ends",
            f"历史保留 {kept.days} 天",
        )
    return bad(
        Words(
            f"histories are deleted {_days(kept.days)} after a run ends",
            f"历史仅保留 {kept.days} 天",
        ),
        Words.same(
            f"temporal operator namespace update -n {client.namespace} --retention {RETENTION.days}d"
        ),
    )


def _days(number: int) -> str:
    return counted(number, "day")


async def kept_after_the_end(client: Client) -> timedelta:
    """For how long the namespace keeps the history of a run that has ended: its retention."""
    answer = await client.workflow_service.describe_namespace(
        DescribeNamespaceRequest(namespace=client.namespace)
    )
    return answer.config.workflow_execution_retention_ttl.ToTimedelta()


async def search_attributes(client: Client) -> Finding:
    """The search attributes are there: without them no workflow task can be completed."""
    missing = await missing_search_attributes(client)
    if not missing:
        return good("the search attributes are registered", "搜索属性已注册")
    names = listed(missing)
    return bad(
        Words(f"search attributes are missing: {names.en}", f"缺少搜索属性：{names.zh}"),
        Words(
            "start a worker with the right to add them, or add them by hand (docs/deployment.md)",
            "请启动有权添加的工作进程，或手工添加（见 docs/deployment.zh.md）",
        ),
    )


async def workers(client: Client) -> Finding:
    """A worker polls the queue of the workflows."""
    names = await poller_names(client)
    if names:
        return good(
            f"workers on the queue {TASK_QUEUE}: {', '.join(names)}",
            f"队列 {TASK_QUEUE} 上的工作进程：{listed_zh(names)}",
        )
    return bad(
        Words(
            f"no worker polls the queue {TASK_QUEUE}: no workflow can continue",
            f"队列 {TASK_QUEUE} 没有工作进程，流程无法继续",
        ),
        Words(
            "start `pingtai worker` (or `pingtai up` on one machine)",
            "请启动 pingtai worker（单机用 pingtai up）",
        ),
    )


async def versioning(client: Client) -> Finding:
    """Where worker versioning is used, a current version is set: without one no task is given out."""
    try:
        answer = await client.workflow_service.describe_worker_deployment(
            DescribeWorkerDeploymentRequest(namespace=client.namespace, deployment_name=DEPLOYMENT)
        )
    except RPCError:
        return good("worker versioning is not used", "未使用工作进程版本管理")
    current = answer.worker_deployment_info.routing_config.current_deployment_version.build_id
    if current:
        return good(
            f"the current worker version is {DEPLOYMENT}.{current}",
            f"当前工作进程版本 {DEPLOYMENT}.{current}",
        )
    return bad(
        Words(
            f"the deployment {DEPLOYMENT} has no current version: versioned workers get no tasks",
            f"部署 {DEPLOYMENT} 没有当前版本，带版本的工作进程得不到任务",
        ),
        Words.same(
            f"temporal worker deployment set-current-version --deployment-name {DEPLOYMENT} --build-id …"
        ),
    )
