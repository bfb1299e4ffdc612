"""Every error that can end a call, as the problem that is answered: a traceback is never an answer."""

import asyncpg
import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from temporalio.service import RPCError

from db.sqlstate import Trouble, database_errors, trouble_of
from starter.errors import Moved, NoRoster, NoSuchPlatform, PingtaiError
from starter.service import problem_details
from starter.service.near_choices import ask_near_in
from starter.service.near_platforms import with_near
from starter.service.parameter_words import in_plain_words, wrong_parameter
from starter.service.problem_details import FieldProblem, Kind, Problem
from starter.service.responses import problem_reply
from workflows.model import FieldError, InvalidMessage
from workflows.refusal import Refused
from workflows.words import Words

_log = structlog.stdlib.get_logger("pingtai.http")
_DATABASE = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
ANSWERED = (
    Problem,
    Refused,
    InvalidMessage,
    PingtaiError,
    RequestValidationError,
    HTTPException,
    RPCError,
    SQLAlchemyError,
    *_DATABASE,
)
"""Errors that have an answer of their own; any other is a mistake of ours."""
_MOVES_SECONDS = "1"
"""A case that moves to another Temporal takes no decisions for about so long."""
_UNKNOWN = Words("no such parameter, or given twice", "没有此参数，或重复")


def answer_for_errors(app: FastAPI) -> None:

    async def answer(request: Request, error: Exception) -> Response:
        if isinstance(error, HTTPException) and error.status_code == 405:
            _name_all_methods(request, error)
        if isinstance(error, NoSuchPlatform):
            error = await with_near(request, error)
        if isinstance(error, InvalidMessage):
            error = ask_near_in(error, getattr(request.state, "sent", None))
        return problem_reply(problem_of(error), request)

    for kind in ANSWERED:
        app.add_exception_handler(kind, answer)


def _name_all_methods(request: Request, error: HTTPException) -> None:
    """FastAPI names the methods of the first route at an address; there may be more routes at it."""
    path = getattr(request.scope.get("route"), "path", "")
    calls = request.app.openapi()["paths"].get(path)
    if calls:
        error.headers = {"Allow": ", ".join(sorted(method.upper() for method in calls))}


def problem_of(error: Exception) -> Problem:
    """The problem that an error is answered as. What is not the caller's business is logged only."""
    match error:
        case Problem():
            problem = error
        case Refused():
            problem = problem_details.refused(error)
        case InvalidMessage():
            told = (FieldError(one.field, in_plain_words(one.words)) for one in error.problems)
            problem = problem_details.invalid(InvalidMessage(error.what, *told))
        case NoSuchPlatform() | NoRoster():
            problem = Problem(Kind.NOT_FOUND, error.words)
        case RequestValidationError():
            problem = _parameters(error)
        case HTTPException():
            problem = _of_http(error)
        case Moved():
            again = {"Retry-After": _MOVES_SECONDS}
            problem = Problem(Kind.AWAY, error.words, headers=again)
        case PingtaiError():  # Unreachable, and settings of the service that are wrong
            problem = _away(
                error, "Temporal or the register does not answer", "流程引擎或名册没有应答"
            )
        case RPCError():
            problem = _away(error, "Temporal does not answer", "流程引擎没有应答")
        case SQLAlchemyError() | OSError() | asyncpg.PostgresError() | asyncpg.InterfaceError() if (
            trouble_of(error) is not Trouble.MISTAKE
        ):
            problem = _away(error, "the register does not answer", "名册没有应答")
        case _:
            problem = _mistake(error)
    return problem


def _away(error: Exception, en: str, zh: str) -> Problem:
    """Where the parts are, and why they are away, is for the log and not for whoever calls."""
    why = str(getattr(error, "orig", "") or error)
    trouble = str(trouble_of(error)) if isinstance(error, database_errors()) else None
    _log.warning(
        "a part does not answer",
        trouble=trouble,
        why=why.splitlines()[0][:300] if why else type(error).__name__,
    )
    return Problem(Kind.AWAY, f"{en}; try again in a moment", f"{zh}，请稍后重试")


def _mistake(error: Exception) -> Problem:
    _log.error("internal error", exc_info=error)
    return Problem(
        Kind.MISTAKE,
        "internal error of the service; see its log",
        "系统内部错误，详见服务日志",
    )


def _parameters(error: RequestValidationError) -> Problem:
    found = [FieldError(*wrong_parameter(one)) for one in error.errors()[:5]]
    return problem_details.invalid(InvalidMessage("parameters", *found))


def _of_http(error: HTTPException) -> Problem:
    headers = dict(error.headers or {})
    if error.status_code == 405:
        return Problem(
            Kind.NO_SUCH_METHOD,
            f"allowed here: {headers.get('Allow', '')}",
            f"可用方法：{headers.get('Allow', '')}",
            headers=headers,
        )
    if error.status_code == 404:
        return Problem(
            Kind.NOT_FOUND, "no such address: see /openapi.json", "没有此地址，见 /openapi.json"
        )
    return Problem(Kind.BAD_REQUEST, str(error.detail)[:200], str(error.detail)[:200])


def unknown_parameters(names: list[str]) -> Problem:
    """Parameters that a call does not have, or that were given twice: a typing mistake is never ignored."""
    listed = [name[:120] for name in names[:5]]
    errors = tuple(FieldProblem(field=name, **_UNKNOWN._asdict()) for name in listed)
    return Problem(Kind.INVALID, _UNKNOWN.at(", ".join(listed)), errors=errors)
