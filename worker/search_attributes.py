"""The search attributes of the contract, registered in the namespace if they are missing."""

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import (
    AddSearchAttributesRequest,
    ListSearchAttributesRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from workflows.contract import SEARCH_ATTRIBUTES


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
    """Register what is missing. False where the namespace's owner must do it (Temporal Cloud)."""
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
        if error.status in (RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNIMPLEMENTED):
            return False
        if error.status is not RPCStatusCode.ALREADY_EXISTS:  # two workers at once
            raise
    return True
