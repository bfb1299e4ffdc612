"""Who calls, and what their key lets them do."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Security
from fastapi.security import HTTPBearer
from starlette.requests import Request

from db.key_queries import ApiKey
from db.key_rows import Keys
from starter.service.problem_details import Kind, Problem
from starter.service.request_guard import Measures
from starter.service.scopes import Scope, deciding_as
from workflows.actors import Actor
from workflows.bodies import Body, body_of, same_body
from workflows.name_comparison import same_name
from workflows.vocabulary import District, Role
from workflows.words import Words, listed

_LONGEST = 200
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="pingtai"'}
_NEW = Words("ask the administrator of the service for a new one", "请向服务管理员申请新的密钥")
_DECLARED = HTTPBearer(
    scheme_name="key",
    bearerFormat="ptk_ID_SECRET",
    description="A key of `pingtai keys create`. 密钥由 pingtai keys create 生成",
    auto_error=False,
)
"""For the OpenAPI document only: the header is read here, so that each refusal has our own words."""


class Caller:
    """Who calls: a valid key, or nobody in particular. What it may not do raises a `Problem`."""

    def __init__(self, key: ApiKey | None, measures: Measures) -> None:
        self.key = key
        self._measures = measures

    def may(self, scope: Scope) -> bool:
        return self.key is not None and scope in self.key.scopes

    def sees(self, district: str) -> bool:
        """Whether the key may read what is of a district."""
        return (
            self.may(Scope.READ) and self.key is not None and self.key.district in (None, district)
        )

    def require(self, *scopes: Scope) -> ApiKey:
        """The key, which must have one of the scopes.

        Raises:
            Problem: 401 without a key, 403 with one that has none of them.
        """
        if self.key is None:
            raise self.no_key(
                "missing",
                "this call needs a key: Authorization: Bearer ptk_…",
                "此调用需要密钥：Authorization: Bearer ptk_…",
            )
        if not any(self.may(scope) for scope in scopes):
            wanted = listed(scopes)
            raise self._not_allowed(
                "scope", f"the key lacks the scope {wanted.en}", f"密钥没有权限 {wanted.zh}"
            )
        return self.key

    def only_of(self, district: str) -> None:
        """Let a key of one district touch nothing of another's. Raises Problem (403)."""
        own = self.key.district if self.key else None
        if own is not None and own != district:
            raise self._not_allowed(
                "district",
                f"the key is for {_named(own).en}, and this belongs to another district",
                f"密钥仅限{_named(own).zh}，此项属于其他区",
            )

    def district_within(self, wanted: District | None) -> str | None:
        """The district to look at: a key of one sees no other. Raises Problem (403)."""
        if wanted is not None:
            self.only_of(wanted)
        own = self.key.district if self.key else None
        return own or (wanted and str(wanted))

    def speak_as(self, actor: Actor) -> None:
        """Let a key decide in its own roles, for its own body and district only. Raises Problem (403)."""
        key = self.require(deciding_as(actor.role))
        self.speak_for(body_of(actor))
        if key.organisation and actor.credit_code and not key.credit_code:
            # It would decide, and the key does not say it.
            raise self._not_allowed(
                "organisation",
                f"the key speaks for {key.organisation} by its name: leave credit_code out, or create the key"
                " with --credit-code",
                f"密钥以名称代表“{key.organisation}”，请勿填写 credit_code，或以 --credit-code 重新创建密钥",
            )
        if actor.role is Role.DISTRICT and actor.district != key.district:
            raise self._not_allowed(
                "district",
                f"the key speaks for {_named(key.district).en}, not for {_named(actor.district).en}",
                f"密钥代表{_named(key.district).zh}，不是{_named(actor.district).zh}",
            )

    def speak_for(self, body: Body) -> None:
        """Let a key of one body name no other as the one that speaks. Raises Problem (403)."""
        own = self.body
        if own is not None and not same_body(own, body):
            raise self._not_allowed(
                "organisation",
                f"the key speaks for {_with_code(own)}, not for {_with_code(body)}",
                f"密钥代表“{_with_code(own)}”，不是“{_with_code(body)}”",
            )

    def is_named_otherwise(self, body: Body) -> bool:
        """Whether a body is the key's by its code alone: where another has none, names decide."""
        own = self.body
        return own is not None and not same_name(own.name, body.name)

    def ran(self, operator: Body) -> None:
        """Let a key of one body begin no next term of a platform that another ran. Raises Problem (403)."""
        if self.body is not None and not same_body(self.body, operator):
            raise self._not_allowed(
                "organisation",
                "another body ran the platform's last term: only the commission can give it to"
                " this one",
                "该平台上一期由其他单位运营，仅市科委、中关村管委会可为其他单位提交下一期",
            )

    @property
    def body(self) -> Body | None:
        """The body that a key is bound to; None: a key of any."""
        key = self.key
        return Body(key.organisation, key.credit_code) if key and key.organisation else None

    def no_key(self, reason: str, en: str, zh: str) -> Problem:
        """The problem (401) of a call without a valid key, counted by its reason."""
        self._measures.refused_keys.labels(reason).inc()
        return Problem(Kind.NO_KEY, en, zh, headers=_CHALLENGE)

    def _not_allowed(self, reason: str, en: str, zh: str) -> Problem:
        self._measures.refused_keys.labels(reason).inc()
        return Problem(Kind.NOT_ALLOWED, en, zh)


def _with_code(body: Body) -> str:
    return f"{body.name} ({body.credit_code})" if body.credit_code else body.name


def _named(district: str | None) -> Words:
    named = (one.words for one in District if one == district)
    return next(named, Words("no district", "（未注明的区）"))


async def caller(request: Request, _: Annotated[object, Security(_DECLARED)]) -> Caller:
    """Who calls. No key at all is the public; a key that is none, has expired or was revoked is refused.

    Raises:
        Problem: 401.
        Unreachable: the register, which knows the keys, does not answer.
    """
    nobody = Caller(None, request.app.state.measures)
    given = request.headers.getlist("authorization")
    if not given:
        return nobody
    scheme, _space, token = given[0].partition(" ")
    if len(given) > 1 or scheme.lower() != "bearer" or len(token) > _LONGEST:
        raise nobody.no_key(
            "malformed", "write: Authorization: Bearer ptk_…", "应写作 Authorization: Bearer ptk_…"
        )
    now = datetime.now(UTC)
    keys = Keys(await request.app.state.backends.engine())
    key = await keys.of_token(token.strip())
    if key is None:
        raise nobody.no_key("unknown", f"unknown key: {_NEW.en}", f"没有此密钥：{_NEW.zh}")
    request.state.key_id = key.id
    standing = key.standing(now)
    if standing != "valid":
        # Only whoever has the whole key is told so.
        zh = "密钥已撤销" if standing == "revoked" else "密钥已过期"
        raise nobody.no_key(standing, f"the key is {standing}: {_NEW.en}", f"{zh}：{_NEW.zh}")
    if not request.app.state.shares.take(request.scope["state"], key.id):
        raise Problem(
            Kind.BUSY,
            "too many calls of this key are being answered",
            "此密钥正在处理的调用过多，请稍后重试",
        )
    await keys.note_use(key, now)
    known = request.state.caller = Caller(key, nobody._measures)
    return known


def needs(*scopes: Scope) -> Callable[[Caller], Awaitable[Caller]]:
    """A caller whose key has one of the scopes."""

    async def allowed(who: Annotated[Caller, Security(caller)]) -> Caller:
        who.require(*scopes)
        return who

    return allowed


Anyone = Annotated[Caller, Security(caller)]
"""Also the public; a key that is given must be valid all the same."""
Applicant = Annotated[Caller, Security(needs(Scope.APPLY))]
Reader = Annotated[Caller, Security(needs(Scope.READ))]
Decider = Annotated[
    Caller,
    Security(needs(Scope.DECIDE_OPERATOR, Scope.DECIDE_DISTRICT, Scope.DECIDE_COMMISSION)),
]
Monitor = Annotated[Caller, Security(needs(Scope.METRICS))]
