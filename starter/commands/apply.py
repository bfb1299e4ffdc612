"""`pingtai apply`: submit an application."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from pydantic import BaseModel

from starter.client.interface import Applied, Pingtai
from starter.client.receipt_file import application_content, expect_new, keep_receipt
from starter.clock import today
from starter.commands.document_files import document, folder_of, with_documents
from starter.commands.input_files import read_object
from starter.commands.options import json_option
from starter.commands.own_signature import OwnSignature
from starter.commands.plan_files.plan_file import read_plan
from starter.commands.receipt_view import FIRST_ANSWER, NEXT, REPEATED, nothing_awaited
from starter.commands.word_choice import chinese_list, word
from starter.desk.did_you_mean import only_written_alike
from starter.desk.platform_names import written_alike
from starter.desk.reach import by_http, open_pingtai
from starter.errors import BadInput, NotAllowed, PingtaiError
from starter.terminal.catalogue import AS_WRITTEN, made
from starter.terminal.command_runner import answering
from starter.terminal.named_fields import NamedFields
from starter.terminal.screen import Said, complain, facts, show, show_json
from starter.terminal.wording import PLATFORM_LABEL, STAGE, TERM, awaited, awaited_in, stage
from workflows.application import PlatformApplication
from workflows.field_labels import label_of
from workflows.model import InvalidMessage, parse
from workflows.periods import last_day
from workflows.run_io import CaseView
from workflows.vocabulary import Condition, Stage
from workflows.words import Words

if TYPE_CHECKING:
    from starter.client.register_lookups import RegisterLookups


def fields_of(model: type[BaseModel]) -> Words:
    """The fields of a message, a line each, for the help of who writes it."""
    labels = {name: label_of(field) for name, field in model.model_fields.items()}
    en = (f"{name:<15} {one.en} {one.zh} {one.article}" for name, one in labels.items() if one)
    zh = (f"{name:<15} {one.words.zh}" for name, one in labels.items() if one)
    between = "\n  "
    return Words(
        AS_WRITTEN + between.join(("Fields:", *(line.rstrip() for line in en))),
        AS_WRITTEN + between.join(("申请内容：", *zh)),
    )


_FIELDS = made(fields_of(PlatformApplication))


LOOK_SECONDS = 5.0
"""How long to wait for where the platform stands: the application itself has been taken by then."""


@click.command(
    "apply",
    help=f"""Submit an application. 提交申请 §四(一)

It is a JSON object, for a new platform or for the next term of one. The same application again gives
the first answer and changes nothing. In the last 180 days of validity the application for the next
term is kept until the term ends, and begins then; another one takes its place, and
`pingtai next-term ID --taken-back` takes it back.

{_FIELDS}

\b
Example:
  pingtai apply --file examples/bj-water-membrane/application.json
""",
)
@click.option(
    "--file",
    "file",
    required=True,
    metavar="FILE",
    help="The application as JSON; - is stdin. 申请文件",
)
@click.option(
    "--plan",
    metavar="FILE",
    help="The plan, instead of the application's own: .md, .xlsx or .json. 建设方案",
)
@click.option(
    "--document",
    "documents",
    multiple=True,
    metavar="CONDITION=FILE[=TITLE]",
    help=made(
        Words(
            "A document for one of the five conditions, added to those of the application. Hashed"
            f" here; the file is not sent. 证明文件. CONDITION: {', '.join(Condition)}",
            "建设条件的证明文件，补充到申请所列文件中。在本机计算摘要值，不发送文件。"
            f"条件：{chinese_list(Condition)}",
        )
    ),
)
@click.option(
    "--receipt",
    "receipt",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Keep the receipt in a new file (`pingtai audit receipt`). 回执文件",
)
@json_option
@answering
async def apply_command(
    *,
    file: str,
    plan: str | None,
    documents: tuple[str, ...],
    receipt: Path | None,
    as_json: bool,
) -> None:
    """Submit an application."""
    if receipt:
        expect_new(receipt)
    raw = _completed(with_documents(read_object(file), folder_of(file)), plan, documents)
    try:
        application = parse(PlatformApplication, raw)
    except InvalidMessage as error:
        raise NamedFields(error, PlatformApplication) from None
    alike = await written_alike(application.platform_id)
    async with open_pingtai(register=None if by_http() else _register()) as client:
        try:
            applied = await client.apply(application, partial(OwnSignature().sign, client))
        except InvalidMessage as error:
            raise NamedFields(error, PlatformApplication) from None
        view = await _look(client, applied)
        if receipt:
            await _keep_receipt(receipt, client, applied)
    if alike is None and applied.odd:  # the key may not read which one that is
        alike = only_written_alike(applied.platform_id, None)
    if alike and not applied.repeated:
        complain(alike)
    if as_json:
        state = view.model_dump(mode="json") if view else None
        show_json({**applied.model_dump(mode="json", exclude={"odd"}), "state": state})
        return
    rows: list[tuple[Said, object]] = [
        (REPEATED, FIRST_ANSWER if applied.repeated else None),
        (PLATFORM_LABEL, applied.platform_id),
        (Words("application", "申请"), applied.application_id),
        (TERM, applied.term),
        (Words("workflow", "流程编号"), applied.workflow_id),
    ]
    show(facts(rows + _standing(applied, view)))


def _completed(raw: dict[str, Any], plan: str | None, documents: Iterable[str]) -> dict[str, Any]:
    """An application with the plan and the documents that flags name.

    Raises:
        BadInput: a file cannot be read, or a flag is not written as it should be.
    """
    if plan:
        raw["plan"] = read_plan(plan)
    for given in documents:
        name, equals, paper = given.partition("=")
        condition = word(Condition, name, given)
        found = document(paper if equals else "")
        answers = raw.setdefault("conditions", {})
        answer = answers.setdefault(condition, {}) if isinstance(answers, dict) else None
        if isinstance(answer, dict):  # else the model says what is wrong with it
            answer["documents"] = [*answer.get("documents", ()), found]
    return raw


async def _keep_receipt(path: Path, client: Pingtai, applied: Applied) -> None:
    """Keep the entry of an application, with its hash; it is there as soon as a worker has taken it up.

    Raises:
        BadInput: there is none yet, or the file cannot be written.
    """
    term = applied.term - 1 if applied.begins else applied.term
    try:
        log = await client.log(applied.platform_id)
    except PingtaiError:
        log = []
    content = application_content(applied.platform_id, applied.application_id, log, term)
    if content is None:
        raise BadInput(
            f"the application was submitted, and {path} not written: its entry cannot be read yet."
            " Run the same command again; nothing is accepted twice",
            f"申请已提交，但未写入 {path}：其记录尚不可读。请重新运行同一命令，不会重复受理",
        )
    keep_receipt(path, content)


_BEGINS = Words("begins on", "开始日期")


def _standing(applied: Applied, view: CaseView | None) -> list[tuple[Said, object]]:
    if view and view.platform:
        due = view.due.due if view.due else None
        overdue = view.platform.overdue
        then = awaited(view.awaited, due, overdue=overdue, today=today())
        now = view.platform.stage
    elif applied.repeated:
        return []
    else:  # a new application can only be in the first stage
        now = Stage.RECOMMENDATION
        then = awaited(awaited_in(now, overdue=False))
    end = view.platform.valid_until if view and view.platform else None
    following = then or nothing_awaited(now, None, end)
    rows: list[tuple[Said, object]] = [(STAGE, stage(now)), (NEXT, following)]
    if applied.begins:
        return [(_BEGINS, last_day(applied.begins) + timedelta(days=1)), *rows[:1]]
    return rows


async def _look(client: Pingtai, applied: Applied) -> CaseView | None:
    """Where the platform stands; None when no worker says so, for it will take up the case later."""
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            return await client.state(applied.platform_id)
    except NotAllowed as error:  # a key that may apply need not have the scope to read
        complain(
            Words(
                f"The application was submitted. {error.words.en}", f"申请已提交。{error.words.zh}"
            )
        )
        return None
    except (PingtaiError, TimeoutError):
        complain(
            Words(
                "The application was submitted, but no worker is running. Run: pingtai up, or pingtai worker",
                "申请已提交，但没有工作进程在运行。请运行：pingtai up 或 pingtai worker",
            )
        )
        return None


def _register() -> "RegisterLookups":
    """What the register knows of terms; an application does not fail because it cannot be asked."""
    from starter.client.register_lookups import RegisterLookups  # noqa: PLC0415 - only the direct way needs it

    return RegisterLookups(away=_taken_as_first)


def _taken_as_first(error: PingtaiError) -> None:
    complain(
        Words(
            f"Submitted as a first term, because the register does not answer: {error.words.en}",
            f"名册无法查询，按首期申请处理：{error.words.zh}",
        )
    )
