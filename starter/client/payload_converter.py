"""How clients write payloads: as the contract says, encrypted where PINGTAI_PAYLOAD_KEYS is set.

Who does not encrypt loads no cryptography.
"""

import os

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter


def configured_converter() -> DataConverter:
    """Return the contract's converter, as the settings want it.

    Raises:
        BadInput: the keys cannot be used.
    """
    if not os.environ.get("PINGTAI_PAYLOAD_KEYS"):
        return pydantic_data_converter
    from starter.encryption.encrypted_converter import (  # noqa: PLC0415
        configured_keys,
        encrypting_converter,
    )

    keys = configured_keys()
    return encrypting_converter(keys) if keys else pydantic_data_converter


def sending_for(client: Client, platform_id: str, term: object) -> Client:
    """Return a client whose messages belong to a term; only who encrypts makes a difference."""
    if client.data_converter.payload_codec is None:
        return client
    from starter.encryption.encrypted_converter import for_term  # noqa: PLC0415

    return for_term(client, platform_id, term)
