"""What the service answers when it says no (RFC 9457), as the errors that the Temporal client raises, too."""

from contextlib import suppress

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from starter.errors import BadInput, NoSuchPlatform, NotAllowed, PingtaiError, Unreachable
from workflows.awaited import Awaited
from workflows.model import FieldError, InvalidMessage
from workflows.refusal import Refusal, Refused
from workflows.words import Words

_NO_KEY, _NOT_ALLOWED, _NOT_FOUND = 401, 403, 404
_NOTHING_TO_SAY = 204
_MOVED, _BAD, _SERVER = 300, 400, 500


class _Field(BaseModel):
    field: str
    en: str
    zh: str


class _Problem(BaseModel):
    """What we read of a problem; anything else in it is passed over."""

    model_config = ConfigDict(extra="ignore")

    en: str = ""
    zh: str = ""
    rule: str | None = None
    stage: str = ""
    awaited: tuple[Awaited, ...] = ()
    errors: tuple[_Field, ...] = ()


def raise_for(answer: httpx.Response, key_from: str = "") -> None:
    """Nothing, for an answer that says yes. `key_from`: where the key was read.

    Raises:
        Refused: the rules refuse it.
        InvalidMessage: it does not fit its model.
        NoSuchPlatform: there is no platform, or assessment, of this id.
        NotAllowed: the key is none, or may not do this.
        BadInput: the call cannot be used as it is.
        Unreachable: the service cannot answer now.
    """
    if answer.status_code < _MOVED:
        if answer.status_code != _NOTHING_TO_SAY:
            _check_json(answer)
        return
    if answer.status_code < _BAD:
        # What is sent carries the key: it follows nobody elsewhere.
        raise BadInput(
            f"the service answered HTTP {answer.status_code}, a redirect: check its address",
            f"服务应答 HTTP {answer.status_code}（重定向）：请核对服务地址",
        )
    problem = _read(answer)
    if problem.rule:
        refusal = problem.model_dump(include={"rule", "en", "zh", "stage", "awaited"})
        raise Refused(Refusal.model_validate(refusal))
    if problem.errors:
        found = (FieldError(one.field, Words(one.en, one.zh)) for one in problem.errors)
        raise InvalidMessage("message", *found)
    kinds: dict[int, type[PingtaiError]] = {
        _NO_KEY: NotAllowed,
        _NOT_ALLOWED: NotAllowed,
        _NOT_FOUND: NoSuchPlatform,
    }
    en, zh = problem.en, problem.zh or problem.en
    if answer.status_code == _NO_KEY and key_from:
        en, zh = f"{en} (the key is from {key_from})", f"{zh}（密钥取自 {key_from}）"
    late = Unreachable if answer.status_code >= _SERVER else BadInput
    raise kinds.get(answer.status_code, late)(en, zh)


def _check_json(answer: httpx.Response) -> None:
    """A page for people, as a proxy shows it to who is to log in, is no answer of ours."""
    if not answer.headers.get("content-type", "").startswith("application/json"):
        raise BadInput(
            "the server at this address is not `pingtai serve`: check the address",
            "该地址应答的不是 pingtai serve：请核对服务地址",
        )


def _read(answer: httpx.Response) -> _Problem:
    """The problem that an answer tells of; in its own words where it tells of none."""
    found = _Problem()
    with suppress(ValidationError):
        found = _Problem.model_validate_json(answer.content)
    if found.en:
        return found
    number = answer.status_code
    return _Problem(en=f"the service answered HTTP {number}", zh=f"服务应答 HTTP {number}")
