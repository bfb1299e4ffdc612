"""Problem details (RFC 9457): one form for everything that goes wrong, in English and Chinese."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any

from starter.cited_articles import cited_in_full
from starter.errors import MAY_BE_ACCEPTED, Unreachable
from workflows.awaited import Awaited
from workflows.model import InvalidMessage, Record, complaint
from workflows.refusal import Refused
from workflows.vocabulary import Kind as DecisionKind
from workflows.words import Language, Words

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 5
"""Sent as Retry-After: a part that is away is looked for again by then."""


class Kind(Enum):
    """The kinds of problem: the status and the title of each. Its name, as a URN, never changes."""

    BAD_REQUEST = 400, Words("The request cannot be read", "请求无法读取")
    NO_KEY = 401, Words("A valid key is needed", "需要有效的密钥")
    NOT_ALLOWED = 403, Words("The key does not allow this", "密钥无此权限")
    NOT_FOUND = 404, Words("Not found", "没有此项")
    NO_SUCH_METHOD = 405, Words("Method not allowed", "不支持此方法")
    SLOW_BODY = 408, Words("The body did not arrive in time", "请求内容未按时到达")
    REFUSED = 409, Words("The rules refuse it", "不予受理")
    KEY_REUSED = 409, Words("The Idempotency-Key was used before", "幂等键已用于其他请求")
    DOUBTFUL = 409, Words("A person would be asked about it", "存疑，未提交")
    TOO_MANY = 409, Words("There are too many already", "数量已达上限")
    GONE = 410, Words("The cursor belongs to a feed that is gone", "游标已失效")
    TOO_LARGE = 413, Words("The body is too large", "请求内容过大")
    MEDIA_TYPE = 415, Words("The body is not JSON", "请求内容不是 JSON")
    UNKNOWN_HOST = 421, Words("The service does not have this name", "本服务没有此名称")
    INVALID = 422, Words("Some fields are invalid", "字段不符合要求")
    MISTAKE = 500, Words("Internal error", "系统内部错误")
    AWAY = 503, Words("A part of the system does not answer", "系统暂时无法应答")
    TOO_SLOW = 503, Words("The call took too long", "处理超时")
    BUSY = 503, Words("Too many calls at once", "请求过多")

    def __init__(self, status: int, title: Words) -> None:
        self.status = status
        self.title = title

    def __str__(self) -> str:
        return self.name.lower().replace("_", "-")

    @property
    def urn(self) -> str:
        return f"urn:pingtai:problem:{self}"


class FieldProblem(Record):
    """A field that does not fit, and why."""

    field: str
    en: str
    zh: str


class Doubt(Record):
    """Something that the rules accept and that is seldom meant."""

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
    doubts: tuple[Doubt, ...] | None = None
    """What a person would be asked about."""


class Problem(Exception):
    """Ends a call with problem details."""

    def __init__(
        self,
        kind: Kind,
        en: str | Words,
        zh: str = "",
        *,
        headers: dict[str, str] | None = None,
        detail: Words | None = None,
        **extensions: Any,
    ) -> None:
        """`detail` where it says more than the reason; `extensions`: further members of `ProblemDetails`."""
        self.kind = kind
        self.words = _cited(en if isinstance(en, Words) else Words(en, zh))
        self.headers = dict(headers or {})
        self.detail = _cited(detail) if detail else self.words
        if kind.status == 503:
            self.headers.setdefault("Retry-After", str(RETRY_SECONDS))
        self.extensions = extensions
        super().__init__(self.words.en)

    def details(self, instance: str, language: Language) -> dict[str, Any]:
        return ProblemDetails(
            type=self.kind.urn,
            title=self.kind.title.text(language),
            status=self.kind.status,
            detail=self.detail.text(language),
            instance=instance,
            **self.words._asdict(),
            **self.extensions,
        ).model_dump(mode="json", exclude_none=True)


@contextmanager
def answered_in_time() -> Iterator[None]:
    """Of a block that sends a message to a workflow: where no answer comes, it may still be accepted.

    Raises:
        Problem: 503.
    """
    try:
        yield
    except Unreachable:
        raise Problem(
            Kind.AWAY,
            f"no answer in time; {MAY_BE_ACCEPTED.en}",
            f"未能按时应答，{MAY_BE_ACCEPTED.zh}",
        ) from None


def refused(error: Refused) -> Problem:
    """The rules' refusal: which article, where the case stands, what is awaited."""
    why = error.refusal
    return Problem(
        Kind.REFUSED,
        why.reason,
        detail=why.words,
        rule=why.rule,
        stage=why.stage,
        awaited=why.awaited,
    )


def invalid(error: InvalidMessage) -> Problem:
    """A message that does not fit its model: each field, and why."""
    errors = tuple(
        FieldProblem(field=field, **_cited(why)._asdict()) for field, why in error.problems
    )
    named = ((Words.same(field), why) for field, why in error.problems)
    return Problem(Kind.INVALID, complaint(_message(error.what), named), errors=errors)


def _cited(words: Words) -> Words:
    return Words(words.en, cited_in_full(words.zh))


def _message(what: str) -> Words:
    """What a message is called: in English by its name on the wire."""
    if what in tuple(DecisionKind):
        return Words(what, DecisionKind(what).zh)
    return Words(what, _MESSAGES.get(what, what))


_MESSAGES = {
    "parameters": "参数",
    "application": "申请",
    "PlatformApplication": "申请",
    "decision": "决定",
    "subscription": "订阅",
    "replay": "重新投递",
    "PlaqueRecord": "牌子",
}
