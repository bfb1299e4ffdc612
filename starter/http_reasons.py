"""Why a call by HTTP has no answer, in both languages: what the library says is English, and for its users."""

import socket
import ssl
from collections.abc import Iterator
from os import strerror

import httpx

from starter.error_reasons import reason_of
from workflows.words import Words

_DEEPEST = 9


def http_reason(error: Exception) -> Words:
    """Return the reason of an error of httpx, or of a time that is over."""
    match error:
        case TimeoutError() | httpx.TimeoutException():
            return Words("no answer in time", "未按时应答")
        case httpx.ConnectError():
            return next(filter(None, map(_of_system, _causes(error))), _NO_CONNECTION)
        case httpx.InvalidURL() | httpx.UnsupportedProtocol():
            return Words("the URL cannot be used", "网址无法使用")
        case httpx.TransportError():
            return Words("the answer broke off or is no HTTP", "应答中断或不是 HTTP")
    return reason_of(error)


_NO_CONNECTION = Words("no connection", "无法建立连接")


def _causes(error: BaseException, depth: int = 0) -> Iterator[BaseException]:
    """What led to an error, the nearest first."""
    yield error
    inner = [error.__cause__ or error.__context__]
    if isinstance(error, BaseExceptionGroup):
        inner += error.exceptions
    for one in inner:
        if one is not None and depth < _DEEPEST:
            yield from _causes(one, depth + 1)


def _of_system(error: BaseException) -> Words | None:
    match error:
        case socket.gaierror():
            return Words("the host name is unknown", "主机名无法解析")
        case ssl.SSLCertVerificationError():
            return Words("the server's certificate is not trusted", "服务器证书不受信任")
        case ssl.SSLError():
            return Words("the server there does not use TLS", "该服务器未启用 TLS")
        case OSError(errno=int(number)):  # asyncio's own text names the address once more
            told = strerror(number)
            return Words(told[:1].lower() + told[1:], reason_of(error).zh)
    return None
