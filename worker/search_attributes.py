"""The search attributes of the contract, registered in the namespace if they are missing."""

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import (
    AddSearchAttributesRequest,
    ListSearchAttributesRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from starter.errors import BadInput
from worker.temporal_server import RETENTION
from workflows.contract import SEARCH_ATTRIBUTES
from workflows.words import Words


async def missing_search_attributes(client: Client) -> dict[str, int]:
    """Names and types of the contract's search attributes that the namespace does not have."""
    answer = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    types = {"keyword": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD}
    types["datetime"] = IndexedValueType.INDEXED_VALUE_TYPE_DATETIME
    return {
        key.name: types[key.indexed_value_type.name.lower()]
        for key in SEARCH_ATTRIBUTES
        if key.name not in answer.custom_attributes
    }


async def ensure_search_attributes(client: Client) -> bool:
    """Register what is missing. False where the namespace's owner must do it (Temporal Cloud).

    Raises:
        BadInput: there is no namespace of this name.
    """
    try:
        missing = await missing_search_attributes(client)
        if missing:
            await client.operator_service.add_search_attributes(
                AddSearchAttributesRequest(
                    namespace=client.namespace,
                    search_attributes=missing,  # type: ignore[arg-type]
                )
            )
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise BadInput(*namespace_missing(client.namespace)) from None
        if error.status in (RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNIMPLEMENTED):
            return False
        if error.status is not RPCStatusCode.ALREADY_EXISTS:  # two workers at once
            raise
    return True


def namespace_missing(name: str) -> Words:
    """Say that there is no namespace of this name, and how to create it."""
    return Words(
        f'Temporal has no namespace "{name}": {create_namespace(name)}',
        f"Temporal 中没有命名空间“{name}”：{create_namespace(name)}",
    )


def create_namespace(name: str) -> str:
    """Return the command that creates a namespace, with the retention that we recommend."""
    return f"temporal operator namespace create --namespace {name} --retention {RETENTION.days}d"
