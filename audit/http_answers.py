"""Why a host did not answer, in both languages: the client's own words are English, and of its inside."""

from workflows.words import Words


def http_reason(error: Exception) -> Words:
    """Return why an HTTP call came to nothing."""
    import httpx  # noqa: PLC0415 - whoever meets its errors has loaded it

    match error:
        case TimeoutError() | httpx.TimeoutException():
            return Words("no answer in time", "未按时应答")
        case httpx.ConnectError():
            return Words("no connection", "无法连接")
        case httpx.InvalidURL() | httpx.UnsupportedProtocol():
            return Words("the URL cannot be used", "网址无法使用")
    return Words("the answer broke off or is no HTTP", "应答中断或不是 HTTP")
