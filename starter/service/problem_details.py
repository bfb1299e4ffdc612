"""Problem details (RFC 9457): one form for everything that goes wrong, in English and Chinese."""

from enum import StrEnum
from typing import Any

from workflows.awaited import Awaited
from workflows.model import InvalidMessage, Record
from workflows.refusal import Refused

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 5
"""What is told in Retry-After: a part that is away is looked for again by then."""


class Kind(StrEnum):
    """The kinds of problem; each has its status and a title. The `type` is a URN that never changes."""

    status: int
    heading: str
    zh: str

    def __new__(cls, value: str, status: int, heading: str, zh: str) -> "Kind":
        """Make a kind that is equal to its name in the URN."""
        kind = str.__new__(cls, value)
        kind._value_ = value
        kind.status = status
        kind.heading = heading
        kind.zh = zh
        return kind

    BAD_REQUEST = "bad-request", 400, "The request cannot be read", "请求无法读取"
    NO_KEY = "no-key", 401, "A valid key is needed", "需要有效的密钥"
    NOT_ALLOWED = "not-allowed", 403, "The key does not allow this", "密钥无此权限"
    NOT_FOUND = "not-found", 404, "There is no such thing", "没有此项"
    NO_SUCH_METHOD = "no-such-method", 405, "The method is not known here", "不支持此方法"
    SLOW_BODY = "slow-body", 408, "The body did not come in time", "请求内容未按时到达"
    REFUSED = "refused", 409, "The rules refuse it", "不予受理"
    KEY_REUSED = "key-reused", 409, "The Idempotency-Key was used before", "幂等键已用于其他请求"
    TOO_MANY = "too-many", 409, "There are too many already", "数量已达上限"
    GONE = "gone", 410, "The cursor is of a feed that is gone", "游标已失效"
    TOO_LARGE = "too-large", 413, "The body is too large", "请求内容过大"
    MEDIA_TYPE = "media-type", 415, "The body is not JSON", "请求内容不是 JSON"
    UNKNOWN_HOST = "unknown-host", 421, "The service has no such name", "本服务没有此名称"
    INVALID = "invalid", 422, "Some fields do not fit", "字段不符合要求"
    MISTAKE = "mistake", 500, "A mistake of ours", "系统内部错误"
    AWAY = "away", 503, "A part of the system does not answer now", "系统暂时无法应答"
    TOO_SLOW = "too-slow", 503, "It took too long", "处理超时"
    BUSY = "busy", 503, "Too much is asked at once", "请求过多"

    @property
    def urn(self) -> str:
        """The `type`."""
        return f"urn:pingtai:problem:{self}"


class FieldProblem(Record):
    """A field that does not fit, and why."""

    field: str
    en: str
    zh: str


class ProblemDetails(Record):
    """What is answered when something goes wrong. `detail` is in the language of Accept-Language.

    Of a refusal it also says what is awaited; `en` and `zh` are the reason alone.
    """

    type: str
    title: str
    status: int
    detail: str
    instance: str
    en: str
    zh: str
    rule: str | None = None
    """The article that refuses it."""
    stage: str | None = None
    """Where the case stands."""
    awaited: tuple[Awaited, ...] | None = None
    """What is awaited instead, and from whom."""
    errors: tuple[FieldProblem, ...] | None = None


class Problem(Exception):
    """Ends a call with problem details."""

    def __init__(
        self,
        kind: Kind,
        en: str,
        zh: str,
        *,
        headers: dict[str, str] | None = None,
        whole: tuple[str, str] | None = None,
        **extensions: Any,
    ) -> None:
        """`extensions` are further members of `ProblemDetails`; `whole` is the detail where it says more."""
        self.kind = kind
        self.en = en
        self.zh = zh
        self.headers = dict(headers or {})
        self.whole = whole or (en, zh)
        if kind.status == 503:
            self.headers.setdefault("Retry-After", str(RETRY_SECONDS))
        self.extensions = extensions
        super().__init__(en)

    def details(self, instance: str, language: str) -> dict[str, Any]:
        """The members of the answer."""
        chinese = language == "zh"
        return ProblemDetails(
            type=self.kind.urn,
            title=self.kind.zh if chinese else self.kind.heading,
            status=self.kind.status,
            detail=self.whole[chinese],
            instance=instance,
            en=self.en,
            zh=self.zh,
            **self.extensions,
        ).model_dump(mode="json", exclude_none=True)


def refused(error: Refused) -> Problem:
    """The rules' refusal: which article, where the case stands, what is awaited."""
    why = error.refusal
    return Problem(
        Kind.REFUSED,
        why.en,
        why.zh,
        whole=(why.text("en"), why.text("zh")),
        rule=why.rule,
        stage=why.stage,
        awaited=why.awaited,
    )


def invalid(error: InvalidMessage) -> Problem:
    """A message that does not fit its model: each field, and why."""
    errors = tuple(FieldProblem(field=field, en=en, zh=zh) for field, en, zh in error.problems)
    return Problem(Kind.INVALID, error.en, error.zh, errors=errors)


def away(en: str, zh: str) -> Problem:
    """A part of the system that does not answer."""
    return Problem(Kind.AWAY, en, zh)


def not_found(en: str, zh: str) -> Problem:
    """Nothing is there of this name."""
    return Problem(Kind.NOT_FOUND, en, zh)
