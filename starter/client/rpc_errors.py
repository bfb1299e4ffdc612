"""What Temporal and a workflow answer when they say no, as errors that a person can act on."""

from collections.abc import Iterator
from contextlib import contextmanager

from temporalio.client import (
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from starter.errors import (
    MAY_BE_ACCEPTED,
    BadInput,
    Moved,
    NoSuchPlatform,
    Unreachable,
    no_such_platform,
)
from workflows.leaving import destination_in
from workflows.model import invalid, parse
from workflows.refusal import Refusal, Refused
from workflows.words import Words

_NO_ANSWER = Words("did not answer in time", "未按时应答")
_BROKEN_OFF = Words("broke off the call", "中断了调用")
_NOT_NOW = {
    RPCStatusCode.UNAVAILABLE: Words("is not reachable", "无法连接"),
    RPCStatusCode.DEADLINE_EXCEEDED: _NO_ANSWER,
    RPCStatusCode.CANCELLED: _NO_ANSWER,
    # "transport error" and the like: a server that is killed while it answers.
    RPCStatusCode.UNKNOWN: _BROKEN_OFF,
    RPCStatusCode.INTERNAL: Words("failed", "发生错误"),
    RPCStatusCode.ABORTED: _BROKEN_OFF,
    RPCStatusCode.FAILED_PRECONDITION: Words("has no worker that answers", "没有可应答的工作进程"),
    RPCStatusCode.RESOURCE_EXHAUSTED: Words("is overloaded", "繁忙"),
    RPCStatusCode.UNAUTHENTICATED: Words(
        "does not know the caller: check the API key or certificate",
        "无法识别调用方：请检查 API 密钥或证书",
    ),
    RPCStatusCode.PERMISSION_DENIED: Words(
        "does not allow this: check the API key and the namespace",
        "不允许此操作：请检查 API 密钥和命名空间",
    ),
}


@contextmanager
def translate_rpc_errors(workflow_id: str = "") -> Iterator[None]:
    """Turn Temporal's errors into ours; `workflow_id` is the case that is called, for the message.

    Raises:
        Refused, InvalidMessage: the workflow refuses.
        NoSuchPlatform: there is no workflow of this id, or it is closed.
        Moved: it moves to another Temporal, or has moved.
        BadInput: there is no namespace of this name.
        Unreachable: no answer. An update may still be taken later: repeat it with the same id.
    """
    try:
        yield
    except WorkflowUpdateFailedError as error:
        raise refusal_of(error.cause) from None
    except WorkflowUpdateRPCTimeoutOrCancelledError:
        raise Unreachable(
            f"no worker answered in time; {MAY_BE_ACCEPTED.en}",
            f"没有工作进程按时应答，{MAY_BE_ACCEPTED.zh}",
        ) from None
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            if error.message.startswith("Namespace "):
                raise BadInput(
                    f"Temporal: {error.message} Check TEMPORAL_NAMESPACE or the profile",
                    f"Temporal：{error.message}。请检查 TEMPORAL_NAMESPACE 或配置文件",
                ) from None
            raise _no_such_case(workflow_id) from None
        why = _NOT_NOW.get(error.status)
        if why is None:
            raise
        # What the library says of a lost connection is of no use to who reads Chinese.
        detail = "" if error.status is RPCStatusCode.UNAVAILABLE else f"（{error.message}）"
        raise Unreachable(
            f"Temporal {why.en} ({error.message}). Is a worker running (`pingtai up` or `pingtai worker`)?",
            f"Temporal {why.zh}{detail}。请确认工作进程已启动（pingtai up 或 pingtai worker）。",
        ) from None


def refusal_of(cause: BaseException) -> Exception:
    """The refusal, or the complaint about the message, that a workflow's answer carries."""
    if not isinstance(cause, ApplicationError) or not cause.details:
        return Unreachable(f"unexpected answer: {cause}", f"意外的应答：{cause}")
    if to := destination_in(cause):
        return Moved(cause.message.partition(" ")[0], to)
    if cause.type == "Refused":
        return Refused(parse(Refusal, cause.details[0]))
    text = str(cause.details[0])
    what, _, why = cause.message.partition(": ")
    return invalid(what, "", why, text.partition("：")[2])


def _no_such_case(workflow_id: str) -> NoSuchPlatform:
    """Return the error for a workflow that is not there, or is closed: a platform, or its assessment."""
    _, _, rest = workflow_id.partition(":")
    platform_id, _, assessment = rest.partition(":")
    if not assessment:
        return no_such_platform(platform_id or workflow_id)
    return NoSuchPlatform(
        f'Platform "{platform_id}" has no open assessment {assessment}',
        f"平台“{platform_id}”没有进行中的考核（{assessment}）",
    )
