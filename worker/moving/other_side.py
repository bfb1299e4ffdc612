"""The Temporal to which cases move: it must be another one, know our attributes, and have a worker."""

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, GetClusterInfoRequest
from temporalio.client import Client

from starter.client.queue_pollers import poller_names
from starter.client.rpc_errors import translate_rpc_errors
from starter.errors import BadInput
from worker.search_attributes import ensure_search_attributes, missing_search_attributes
from workflows.words import listed_zh


async def prepare_other_side(old: Client, new: Client, profile: str, *, change: bool) -> None:
    """See that cases can go on there; with `change` missing search attributes are registered.

    Raises:
        BadInput: it is the same namespace, or is missing, or has no worker; says what to do.
        Unreachable: one of them does not answer.
    """
    with translate_rpc_errors():
        if await _place(old) == await _place(new):
            raise BadInput(
                f"profile {profile} is the Temporal and namespace where the cases are already",
                f"配置 {profile} 即现用的 Temporal 和命名空间",
            )
        if change and not await ensure_search_attributes(new):
            missing = await missing_search_attributes(new)
            if missing:
                raise BadInput(
                    f"the owner of namespace {new.namespace} must register the search attributes"
                    f" {', '.join(missing)} (docs/deployment.md)",
                    f"命名空间 {new.namespace} 缺少搜索属性 {listed_zh(missing)}，须由其管理员注册"
                    "（见 docs/deployment.zh.md）",
                )
        if not await poller_names(new):
            raise BadInput(
                f"no worker runs at profile {profile}: start one first, beside the register that is used now"
                f" (TEMPORAL_PROFILE={profile} DATABASE_URL=… pingtai worker)",
                f"配置 {profile} 处没有工作进程：请先启动，并使用现用的名册"
                f"（TEMPORAL_PROFILE={profile} DATABASE_URL=… pingtai worker）",
            )


async def _place(client: Client) -> tuple[str, str]:
    """Which cluster and namespace a client is connected to, whatever the address is called."""
    cluster = await client.workflow_service.get_cluster_info(GetClusterInfoRequest())
    described = await client.workflow_service.describe_namespace(
        DescribeNamespaceRequest(namespace=client.namespace)
    )
    return cluster.cluster_id, described.namespace_info.id
