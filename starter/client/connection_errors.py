"""Why no connection to Temporal came about: the core's nested text as a reason that a person can act on."""

from workflows.words import Words

_REASONS = (
    ("ConnectionRefused", Words("connection refused", "连接被拒绝")),
    ("dns error", Words("the host name is unknown", "主机名无法解析")),
    (
        "InvalidContentType",
        Words(
            "the server there does not use TLS: unset TEMPORAL_TLS and TEMPORAL_API_KEY",
            "该服务器未启用 TLS：请取消 TEMPORAL_TLS 和 TEMPORAL_API_KEY",
        ),
    ),
    (
        "InvalidCertificate",
        Words(
            "the server's certificate is not trusted: check TEMPORAL_TLS_SERVER_CA_CERT_PATH and"
            " TEMPORAL_TLS_SERVER_NAME",
            "服务器证书不受信任：请检查 TEMPORAL_TLS_SERVER_CA_CERT_PATH 和 TEMPORAL_TLS_SERVER_NAME",
        ),
    ),
    (
        "AlertReceived",
        Words(
            "the server refuses the client's certificate: check TEMPORAL_TLS_CLIENT_CERT_PATH",
            "服务器拒绝客户端证书：请检查 TEMPORAL_TLS_CLIENT_CERT_PATH",
        ),
    ),
    (
        "FRAME_SIZE_ERROR",
        Words("what listens there is not Temporal", "该地址上的程序不是 Temporal"),
    ),
    (
        "ConnectionReset",
        Words(
            "the server breaks the connection off; if it uses TLS, set TEMPORAL_TLS=true",
            "服务器中断连接；如其启用了 TLS，请设置 TEMPORAL_TLS=true",
        ),
    ),
    ("TimedOut", Words("no answer in time", "未按时应答")),
)
"""What the core's text contains, and what that means. The first that fits is the reason."""
_LONGEST = 200


def connection_reason(told: str) -> Words:
    """Return the reason in words; of a text that is unknown the first line, cut between two words."""
    for part, words in _REASONS:
        if part in told:
            return words
    line = next(iter(told.splitlines()), "")
    if len(line) > _LONGEST:
        line = line[:_LONGEST].rpartition(" ")[0] + " …"
    return Words.same(line)
