"""Have digests time-stamped by the authority that the operator has chosen.

    PINGTAI_TIMESTAMP_URL=https://tsa.example.org/
    PINGTAI_TIMESTAMP_CERTIFICATES=/etc/pingtai/authority.pem

The authority learns a hash and nothing else. A stamp that does not hold is not kept.
"""

import logging
import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sqlalchemy.ext.asyncio import AsyncEngine

from audit.anchoring.digests import Digest
from audit.anchoring.stamp_rows import KeptStamp, keep_stamp, unstamped
from audit.anchoring.statements import statement_of
from audit.anchoring.time_stamps import (
    LARGEST,
    LARGEST_CERTIFICATES,
    TimeStamp,
    check_stamp,
    read_certificates,
)
from audit.evidence_files import read_bounded
from audit.http_answers import NoAnswer, answer_of, names_host
from starter.errors import BadInput, PingtaiError, Unreachable
from workflows.words import Words

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

# They log each URL, whose path may be a customer's token.
for _talker in ("httpx", "httpcore"):
    logging.getLogger(_talker).setLevel(logging.WARNING)

URL = "PINGTAI_TIMESTAMP_URL"
CERTIFICATES = "PINGTAI_TIMESTAMP_CERTIFICATES"
_SECONDS = 30.0
"""However slowly an authority answers: it is asked again in an hour."""


@dataclass(frozen=True)
class Authority:
    """Where stamps are asked for, and the certificates that they must be by."""

    url: str
    pem: bytes
    certificates: tuple["Certificate", ...]

    @property
    def host(self) -> str:
        """Its name in messages: a path may hold a customer's token."""
        return urlsplit(self.url).hostname or ""


@dataclass(frozen=True)
class Stamped:
    """What came of asking: the days that have a stamp now, and why no more."""

    days: tuple[date, ...] = ()
    trouble: PingtaiError | None = None


def configured_authority() -> Authority | None:
    """Return the authority that the settings name; None: there is none.

    Raises:
        BadInput: they cannot be used.
    """
    url, path = os.environ.get(URL, "").strip(), os.environ.get(CERTIFICATES, "").strip()
    if not url:
        return None
    if not names_host(url):
        raise BadInput(
            f"{URL} cannot be used: write http:// or https:// and a host, without user and password",
            f"{URL} 无法使用：应为 http:// 或 https:// 加主机名，不含用户名和密码",
        )
    if not path:
        raise BadInput(
            f"{URL} is set without {CERTIFICATES}: name the PEM file with the authority's root certificate",
            f"已设置 {URL} 而未设置 {CERTIFICATES}：请指明含机构根证书的 PEM 文件",
        )
    pem = read_bounded(Path(path), LARGEST_CERTIFICATES)
    return Authority(url, pem, tuple(read_certificates(pem, f"{CERTIFICATES}={path}")))


async def stamp_missing(engine: AsyncEngine, authority: Authority) -> Stamped:
    """Have the digests stamped that have no stamp, in their order, until one cannot be had."""
    days: list[date] = []
    for digest in await unstamped(engine):
        try:
            stamp, response = await ask(authority, digest)
        except PingtaiError as error:
            return Stamped(tuple(days), error)
        await keep_stamp(engine, digest.day, stamp, KeptStamp(response, authority.pem))
        days.append(digest.day)
    return Stamped(tuple(days))


async def ask(authority: Authority, digest: Digest) -> tuple[TimeStamp, bytes]:
    """Return the authority's stamp of a digest, and its response as it came.

    Raises:
        Unreachable: it does not answer, or with something else.
        BadInput: its stamp does not hold.
    """
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder  # noqa: PLC0415 - loaded by who asks

    said = statement_of(digest)
    request = TimestampRequestBuilder(said, HashAlgorithm.SHA256).build()
    response = await _post(authority, request.as_bytes())
    found = check_stamp(response, said, authority.certificates, request.nonce)
    if isinstance(found, Words):
        raise BadInput(
            f"{authority.host}, digest of {digest.day}: {found.en}",
            f"{authority.host}，{digest.day} 的摘要：{found.zh}",
        )
    return found, response


async def _post(authority: Authority, request: bytes) -> bytes:
    headers = {"Content-Type": "application/timestamp-query"}
    try:
        return await answer_of(
            "POST", authority.url, LARGEST, _SECONDS, content=request, headers=headers
        )
    except NoAnswer as error:
        raise _no_answer(authority, error.words) from None


def _no_answer(authority: Authority, why: Words) -> Unreachable:
    return Unreachable(
        f"The time-stamping authority {authority.host} gives no time stamp: {why.en}. It is asked again"
        " each hour; no digest waits for it.",
        f"时间戳服务机构 {authority.host} 未签发时间戳：{why.zh}。每小时再次请求，摘要不因此延迟。",
    )
