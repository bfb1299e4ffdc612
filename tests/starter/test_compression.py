"""What is sent to Temporal is compressed only where it leaves the machine."""

import pytest
from temporalio.client import GrpcCompression

from starter.client.temporal_connection import compression_to


@pytest.mark.parametrize("address", ["localhost:7233", "127.0.0.1:17233", "[::1]:7233"])
def test_nothing_is_compressed_within_a_machine(address: str) -> None:
    """Both sides would pay for it at every call."""
    assert compression_to(address) is GrpcCompression.NONE


@pytest.mark.parametrize(
    "address", ["temporal.example:7233", "10.0.0.7:7233", "localhost.example:7233"]
)
def test_what_leaves_it_is(address: str) -> None:
    """As the SDK does by itself."""
    assert compression_to(address) is GrpcCompression.GZIP
