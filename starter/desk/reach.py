"""How a command reaches the system: by HTTP where a service is named, else Temporal and the register directly.

Commands ask here and nowhere else. By HTTP neither Temporal's client nor the database's is imported: each
way is loaded when it is taken.
"""

import os
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from starter.desk.service_address import ServiceAddress, service_address, why_by_http
from starter.errors import BadInput

if TYPE_CHECKING:
    from starter.client.http_client import PingtaiHttpClient
    from starter.client.interface import Pingtai
    from starter.client.key_standing import RosterQuestions
    from starter.client.register_lookups import NoRegister
    from starter.desk.direct_reads import DirectReads
    from starter.desk.http_reads import HttpReads

    RegisterReads = DirectReads | HttpReads

PATIENCE = 3.0
"""Seconds for which a command repeats a call that is not answered: a person waits."""


@asynccontextmanager
async def open_pingtai(
    *, due: bool = True, register: "NoRegister | None" = None
) -> "AsyncIterator[Pingtai]":
    """The client, for as long as it is needed.

    The rest is for the direct way; the service finds it out itself. `due`: a receipt says until when the
    next step is due. `register`: what is asked about terms and decisions, where it is opened already.

    Raises:
        Unreachable: Temporal does not answer.
        BadInput: the service, or Temporal, is not named as it must be.
    """
    address = service_address()
    if address is not None:
        async with open_service(address) as client:
            yield client
        return
    # Only this way needs Temporal's client.
    from starter.client.register_access import KeptRegister  # noqa: PLC0415
    from starter.client.register_lookups import RegisterLookups  # noqa: PLC0415
    from starter.client.temporal_client import PingtaiClient  # noqa: PLC0415

    kept = KeptRegister()
    try:
        yield await PingtaiClient.connect(register or RegisterLookups(kept.opened), due=due)
    finally:
        await kept.close()


@asynccontextmanager
async def open_reads(
    *, start: bool = True, patient: bool = False
) -> "AsyncIterator[RegisterReads]":
    """What the register holds, to be read. `start`: an embedded server that does not run is started for it.

    `patient`: a question that goes through all that the register holds has no time limit.

    Raises:
        Unreachable: the register does not answer, or there is none.
        BadInput: the service, or DATABASE_URL, cannot be used.
    """
    address = service_address()
    if address is not None:
        from starter.desk.http_reads import HttpReads  # noqa: PLC0415

        async with open_service(address) as client:
            yield HttpReads(client)
        return
    from starter.desk.direct_reads import direct_reads  # noqa: PLC0415 - only this way needs the database's client

    async with direct_reads(start=start, patient=patient) as reads:
        yield reads


@asynccontextmanager
async def open_roster_questions() -> "AsyncIterator[RosterQuestions]":
    """Ask of the roster alone: how a key stands in it. Temporal is not needed. Raises as `open_reads`."""
    address = service_address()
    if address is not None:
        async with open_service(address) as client:
            yield client
        return
    from starter.client.register_lookups import RegisterLookups  # noqa: PLC0415 - only this way

    yield RegisterLookups()


def by_http() -> bool:
    """Whether a service is named. Raises as `service_address`."""
    return service_address() is not None


def directly_only(what: str, zh: str) -> None:
    """Refuse what no call of the service answers, where the commands work by it.

    Who has named the database, too (DATABASE_URL), administers it: then it goes there.

    Raises:
        BadInput: a service is named, and no database.
    """
    if by_http() and not os.environ.get("DATABASE_URL"):
        why = why_by_http()
        raise BadInput(
            f"{what} does not work by HTTP ({why.en}). Run it on the server, or set DATABASE_URL",
            f"{zh}不能通过 HTTP 办理（{why.zh}）。请在服务器上运行，或设置 DATABASE_URL",
        )


def open_service(address: ServiceAddress) -> "PingtaiHttpClient":
    """Return a client of the service, to be used as a context manager."""
    import httpx  # noqa: PLC0415

    from starter.client.http_client import PingtaiHttpClient  # noqa: PLC0415

    # The authorities that this machine trusts (SSL_CERT_FILE names others), not those of a library:
    # a service within a network of offices has a certificate of their own.
    trusted = (
        ssl.create_default_context()
        if address.url.startswith("https:")
        else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    )
    transport = httpx.AsyncHTTPTransport(verify=trusted)
    return PingtaiHttpClient(
        address.url,
        address.key,
        patience=PATIENCE,
        transport=transport,
        key_from=address.key_from,
    )
