"""The typed client over HTTP, for whoever reaches `pingtai serve` and not Temporal.

Each call may be repeated, so it repeats by itself what was not answered, until its patience is at its end.
"""

import asyncio
import random
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar
from urllib.parse import quote

import httpx
from pydantic import TypeAdapter, ValidationError

from starter.client.interface import Applied, Sign, ToSign
from starter.client.problem_responses import raise_for
from starter.errors import MAY_BE_ACCEPTED, BadInput, NotSent, Unreachable
from starter.http_reasons import http_reason
from workflows.circumstances import UNKNOWN_HOLDER
from workflows.model import as_sent, parse
from workflows.words import Words

if TYPE_CHECKING:  # each call loads what it answers with
    from starter.plans.plan_view import PlanView
    from workflows.application import PlatformApplication
    from workflows.decision import Decision
    from workflows.record import LogEntry
    from workflows.roster_entries import RosterProof
    from workflows.run_io import CaseView, DecisionPreview
    from workflows.states import Receipt

Answer = TypeVar("Answer")
REPEATED, DUE, SET_ASIDE_BY = "Pingtai-Repeated", "Pingtai-Due", "Pingtai-Set-Aside-By"
DOUBTS = "Pingtai-Doubts"
"""What headers tell of an answer, since the body of a repeat is that of the first."""
_ANSWER_SECONDS = 40.0
"""The service itself gives up earlier, and says so."""
_CONNECT_SECONDS = 10.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 10.0
_AGAIN = frozenset((429, 502, 503, 504))


class PingtaiHttpClient:
    """All that one may ask of the system, over HTTP (`starter.client.interface.Pingtai`).

    Use it as a context manager, or `aclose` it at the end.
    """

    def __init__(
        self,
        url: str,
        key: str,
        *,
        patience: float = 60.0,
        transport: httpx.AsyncBaseTransport | None = None,
        key_from: str = "",
    ) -> None:
        """`key` is one of `pingtai keys create`; `patience` is how long a call is repeated (seconds).

        `key_from` is where it was read, told where the service does not know it.

        The environment's proxies are not used: `transport` may bring one, or other certificates.

        Raises:
            BadInput: the key is none.
        """
        if not (key.isascii() and key.isprintable() and key == key.strip()):
            # Else httpx says what is wrong with the header, and the key with it.
            raise BadInput("the key is one line of ASCII, ptk_…", "密钥应为一行 ASCII 字符 ptk_…")
        self._patience = patience
        self._key_from = key_from
        self._http = httpx.AsyncClient(
            base_url=url.rstrip("/"),
            headers={"authorization": f"Bearer {key}", "accept": "application/json"},
            timeout=httpx.Timeout(_ANSWER_SECONDS, connect=_CONNECT_SECONDS),
            trust_env=False,
            transport=transport,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        await self._http.aclose()

    async def apply(self, application: "PlatformApplication", sign: Sign | None = None) -> Applied:
        """See `Pingtai`. Raises also NotAllowed: the key may not apply."""
        if sign is not None:
            from starter.client.signed_applications import signed_application  # noqa: PLC0415 - few sign

            application = await signed_application(self, application, sign)
        answer = await self._call("POST", "/v1/applications", json=as_sent(application))
        applied = parse_answer(TypeAdapter(Applied), answer.content)
        told = {"repeated": REPEATED in answer.headers, "odd": DOUBTS in answer.headers}
        return applied.model_copy(update=told)

    async def application_to_sign(self, application: "PlatformApplication") -> ToSign | None:
        """Return what is to be signed of an application, as it would be handed in. Raises as `apply`."""
        asked = {"dry_run": "true"}
        answer = await self._call(
            "POST", "/v1/applications", json=as_sent(application), params=asked
        )
        tried = answer.json()
        if tried.get("to_sign") is None:
            return None
        return ToSign(decision=tried["to_sign"], signatures_needed=tried["signatures_needed"])

    async def taken_up(self, applied: Applied, within: float) -> bool:
        """See `Pingtai`. The service tells nothing of its workers: it is taken to be so, without waiting."""
        return True

    async def decide(self, platform_id: str, decision: "Decision | dict[str, Any]") -> "Receipt":
        """See `Pingtai`. Raises also NotAllowed: the key may not decide so."""
        from workflows.states import Receipt  # noqa: PLC0415

        answer = await self._decision(platform_id, decision)
        more = {
            "due": answer.headers.get(DUE),
            "set_aside_by": answer.headers.get(SET_ASIDE_BY),
            "repeated": REPEATED in answer.headers,
        }
        return parse(Receipt, {**answer.json(), **more})

    async def check(
        self, platform_id: str, decision: "Decision | dict[str, Any]"
    ) -> "DecisionPreview":
        """See `Pingtai`. Raises also NotAllowed: the key may not decide so."""
        from workflows.run_io import DecisionPreview  # noqa: PLC0415

        answer = await self._decision(platform_id, decision, dry_run="true")
        return DecisionPreview(
            stage=answer.json()["would_lead_to"],
            repeated=REPEATED in answer.headers,
            set_aside_by=answer.headers.get(SET_ASIDE_BY),
        )

    async def to_sign(
        self, platform_id: str, decision: "Decision | dict[str, Any]"
    ) -> ToSign | None:
        """See `Pingtai`. Raises also NotAllowed: the key may not decide so."""
        from starter.client.outgoing_decision import outgoing  # noqa: PLC0415 - few sign
        from starter.client.signed_decisions import completed_as_signed  # noqa: PLC0415

        # As the service completes an application, where there is a roster and where there is none.
        ways = [outgoing(decision, roster=roster)[1] for roster in (True, False)]
        own = decision if isinstance(decision, dict) else as_sent(decision)
        try:
            answer = await self._decision(platform_id, own, dry_run="true")
        except Unreachable as error:
            raise NotSent(error.words) from error
        tried = answer.json()
        if tried.get("to_sign") is None:
            return None
        completed = completed_as_signed(ways, tried["to_sign"])
        return ToSign(decision=completed, signatures_needed=tried["signatures_needed"])

    async def roster_proof(self, person: str) -> "RosterProof | None":
        """See `Pingtai`. Raises also NotAllowed: the key may not read."""
        from workflows.roster_entries import RosterProof  # noqa: PLC0415 - few sign

        answer = await self._call("GET", "/v1/roster/proof", params={"person": person})
        proof = answer.json().get("proof")
        return parse(RosterProof, proof) if proof else None

    async def roster_holder(self, public: str) -> str | None:
        """See `Pingtai`. Raises also NotAllowed: the key may not read."""
        answer = await self._call("GET", "/v1/roster/proof", params={"key": public})
        if proof := answer.json().get("proof"):
            return str(proof["entry"]["id"])
        roots = await self._call("GET", "/v1/roster/roots")
        return UNKNOWN_HOLDER if roots.json()["items"] else None

    async def state(self, platform_id: str) -> "CaseView":
        """See `Pingtai`. Raises also NotAllowed: the key may not read it."""
        answer = await self._call("GET", platform_path(platform_id))
        return _case_view(answer.content)

    async def assessment_state(self, platform_id: str, term: int, year: int) -> "CaseView":
        """See `Pingtai`. Raises also NotAllowed: the key may not read it."""
        path = f"{platform_path(platform_id)}/assessments/{year}"
        answer = await self._call("GET", path, params={"term": str(term)})
        return _case_view(answer.content)

    async def log(self, platform_id: str) -> "list[LogEntry]":
        """See `Pingtai`. Raises also NotAllowed: the key may not read it."""
        from workflows.record import LogEntry  # noqa: PLC0415

        answer = await self._call("GET", f"{platform_path(platform_id)}/log")
        return parse_answer(TypeAdapter(list[LogEntry]), answer.content)

    async def plan(
        self,
        platform_id: str,
        *,
        term: int | None = None,
        version: int | None = None,
        diff: Sequence[int] | None = None,
    ) -> "PlanView":
        """See `Pingtai`. Raises also NotAllowed: the key may not read it."""
        from starter.plans.plan_view import PlanView  # noqa: PLC0415

        wanted = None if diff is None else ",".join(map(str, diff)) or "last"
        path = f"{platform_path(platform_id)}/plan"
        answer = await self.get(path, term=term, version=version, diff=wanted)
        return parse_answer(TypeAdapter(PlanView), answer)

    async def get(self, path: str, **wanted: Any) -> bytes:
        """What the service answers to any read of docs/http.md, as JSON. Raises as `state` does.

        `wanted` are the parameters; what is None or False is not asked for.
        """
        params = {
            name: "true" if value is True else str(value)
            for name, value in wanted.items()
            if value is not None and value is not False
        }
        return (await self._call("GET", path, params=params)).content

    async def post(self, path: str, body: Any) -> tuple[bytes, bool]:
        """Make a write of docs/http.md; return the answer as JSON, and whether it had been taken before.

        Only for what may be repeated. Raises as `decide` does.
        """
        answer = await self._call("POST", path, json=body)
        return answer.content, REPEATED in answer.headers

    async def delete(self, path: str) -> None:
        """End something by a call of docs/http.md. Raises as `decide` does."""
        await self._call("DELETE", path)

    async def _decision(
        self, platform_id: str, decision: "Decision | dict[str, Any]", **params: str
    ) -> httpx.Response:
        raw = decision if isinstance(decision, dict) else as_sent(decision)
        path = f"{platform_path(platform_id)}/decisions"
        return await self._call("POST", path, json=raw, params=params)

    async def _call(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Call until it is answered; what is refused is raised."""
        until = asyncio.get_running_loop().time() + self._patience
        pause, sent = _FIRST_PAUSE, False
        while True:
            wait, why = pause, Words.same("")
            try:
                answer = await self._http.request(method, path, **more)
                if answer.status_code not in _AGAIN:
                    raise_for(answer, self._key_from)
                    return answer
                wait = max(pause, _retry_after(answer))
                why, sent = Words.same(f"HTTP {answer.status_code}"), True
            except httpx.UnsupportedProtocol:
                raise BadInput(
                    f"{self._http.base_url} cannot be used: write http:// or https://",
                    f"地址 {self._http.base_url} 无法使用：应以 http:// 或 https:// 开头",
                ) from None
            except httpx.TransportError as error:
                answer = None
                why = http_reason(error)
                sent = sent or not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
            if asyncio.get_running_loop().time() + wait > until:
                if answer is not None:
                    raise_for(answer, self._key_from)
                raise _silent(str(self._http.base_url), why, sent=sent)
            # Not all clients at once, after an outage.
            await asyncio.sleep(wait * random.uniform(0.7, 1.3))  # noqa: S311 - no secret
            pause = min(pause * 2, _LONGEST_PAUSE)


def parse_answer(wanted: TypeAdapter[Answer], content: bytes | str) -> Answer:
    """An answer, as the model that it is to be.

    Raises:
        BadInput: it is something else: of another release, or of another service.
    """
    try:
        return wanted.validate_json(content)
    except ValidationError:
        raise BadInput(
            "cannot read the service's answer: is it `pingtai serve` of this release?",
            "无法读取服务的应答：请确认其为 pingtai serve，且版本相符",
        ) from None


def _case_view(content: bytes) -> "CaseView":
    from workflows.run_io import CaseView  # noqa: PLC0415

    return parse_answer(TypeAdapter(CaseView), content)


def _silent(url: str, why: Words, *, sent: bool) -> Unreachable:
    """What is said when nobody answers; `sent`: something went out, and may have arrived."""
    if not sent:
        return NotSent(
            f"{url} is not reachable ({why.en}); nothing was sent",
            f"无法连接 {url}（{why.zh}）；未发送任何内容",
        )
    return Unreachable(
        f"{url} does not answer ({why.en}); {MAY_BE_ACCEPTED.en}",
        f"{url} 没有应答（{why.zh}），{MAY_BE_ACCEPTED.zh}",
    )


def platform_path(platform_id: str) -> str:
    return f"/v1/platforms/{quote(platform_id, safe='')}"


def _retry_after(answer: httpx.Response) -> float:
    said_so = answer.headers.get("retry-after", "")
    return min(float(said_so), _LONGEST_PAUSE) if said_so.isdecimal() else 0.0
