"""Recording what became of a plaque 牌子 (§四): who may, and what fits what was recorded before."""

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, model_validator

from db.plaque_types import PlaqueEntry, PlaqueEvent, standing
from db.validity_queries import validity
from starter.clock import today
from starter.desk.reach import open_service
from starter.desk.service_address import service_address
from starter.errors import no_such_platform
from workflows.actors import Actor, Document
from workflows.field_labels import Label
from workflows.model import Day, Message, Remark, as_sent, parse, wrong
from workflows.refusal import Refusal, Refused
from workflows.vocabulary import Role

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

RULE = "§四"
_IN_ERROR = "pingtai plaque cancel"


class PlaqueRecord(Message):
    """What became of a plaque, on which day, by which document; or which entry was recorded in error."""

    event: Annotated[PlaqueEvent, Label("event", "事项")]
    happened_on: Annotated[Day, Label("day", "日期")]
    document: Annotated[Document | None, Label("document", "依据文件")] = None
    remark: Annotated[Remark | None, Label("remark", "说明")] = None
    cancels: Annotated[
        int | None, Field(ge=1, le=2**62), Label("entry in error", "有误记录编号")
    ] = None
    actor: Annotated[Actor, Label("actor", "经办人")]

    @model_validator(mode="after")
    def _make_sense(self) -> Self:
        if (self.event is PlaqueEvent.CANCELLED) != (self.cancels is not None):
            raise wrong(
                "`cancels` goes with the event `cancelled`, and only with it",
                "cancels 与 cancelled 应同时填写，其他事项不填 cancels",
            )
        if self.event is PlaqueEvent.CANCELLED and self.remark is None:
            raise wrong("say in `remark` why the entry is in error", "请在 remark 中写明撤销理由")
        return self


async def record_plaque(
    engine: "AsyncEngine", platform_id: str, said: PlaqueRecord, *, at: datetime, day: date
) -> tuple[PlaqueEntry, bool]:
    """Add to the log of a platform's plaques; return the entry, and whether it was there before.

    Raises:
        NoSuchPlatform: there is none of this id.
        Refused: this person may not, or it makes no sense after what was recorded before.
    """
    from db.plaque_rows import plaque_log  # noqa: PLC0415 - only who writes needs SQLAlchemy

    if said.actor.role is not Role.COMMISSION:
        raise _refused(
            "only the commission records what becomes of plaques", "牌子由市科委、中关村管委会登记"
        )
    if said.happened_on > day:
        raise _refused(
            f"{said.happened_on} is later than today ({day})",
            f"日期 {said.happened_on} 晚于今天（{day}）",
        )
    found = await validity(engine, platform_id, said.happened_on)
    if found is None:
        raise no_such_platform(platform_id)
    async with plaque_log(engine, platform_id) as log:
        before = next((one for one in log.entries if _is_same(one, said)), None)
        if before:
            return before, True
        last = standing(log.entries)
        match said.event:
            case PlaqueEvent.ISSUED:
                _check_issue(said.happened_on, last, valid=found.valid)
            case PlaqueEvent.RETURNED:
                _check_return(said.happened_on, last)
            case PlaqueEvent.CANCELLED:
                _check_cancel(said.cancels, log.entries, last)
        return await log.append(
            said.event,
            said.happened_on,
            actor=said.actor,
            at=at,
            document=said.document,
            remark=said.remark,
            cancels=said.cancels,
        ), False


async def send_plaque_record(platform_id: str, said: PlaqueRecord) -> tuple[PlaqueEntry, bool]:
    """Record it through the service or directly, as the command is set up. Raises as `record_plaque`."""
    address = service_address()
    if address is not None:
        from starter.client.http_client import platform_path  # noqa: PLC0415 - only this way needs it

        async with open_service(address) as client:
            content, before = await client.post(
                f"{platform_path(platform_id)}/plaques", as_sent(said)
            )
        return parse(PlaqueEntry, content), before
    from starter.client.register_access import open_engine  # noqa: PLC0415 - only this way needs SQLAlchemy

    async with open_engine() as engine:
        return await record_plaque(engine, platform_id, said, at=datetime.now(UTC), day=today())


def _is_same(one: PlaqueEntry, said: PlaqueRecord) -> bool:
    """Whether an entry that counts says this already."""
    if said.event is PlaqueEvent.CANCELLED:
        return one.cancels == said.cancels
    wanted = (str(said.event), said.happened_on, said.document, said.remark)
    return one.cancelled_by is None and wanted == (
        one.event,
        one.happened_on,
        one.document,
        one.remark,
    )


def _check_issue(day: date, last: PlaqueEntry | None, *, valid: bool) -> None:
    if last is not None and last.event == PlaqueEvent.ISSUED:
        raise _refused(
            f"a plaque was issued on {last.happened_on} (entry {last.number}) and has not come back:"
            f" record its return first; if that entry is in error: {_IN_ERROR} {last.number}",
            f"牌子已于 {last.happened_on} 颁发（记录 {last.number}），尚未交回：请先登记交回；"
            f"该记录有误的，请用 {_IN_ERROR} {last.number} 撤销",
        )
    _check_order(day, last)
    if not valid:
        raise _refused(
            f"the platform was not in the list on {day}: only a listed platform may hang the plaque",
            f"该平台 {day} 不在名单有效期内，不得颁发牌子",
        )


def _check_return(day: date, last: PlaqueEntry | None) -> None:
    if last is None or last.event != PlaqueEvent.ISSUED:
        raise _refused(
            "no plaque is out: record first that it was issued (`pingtai plaque issue`)",
            "没有已颁发而未交回的牌子：请先登记颁发（pingtai plaque issue）",
        )
    _check_order(day, last)


def _check_order(day: date, last: PlaqueEntry | None) -> None:
    if last is not None and day < last.happened_on:
        raise _refused(
            f"{day} lies before the last entry, of {last.happened_on} (entry {last.number})",
            f"日期 {day} 早于上一条记录（{last.happened_on}，记录 {last.number}）",
        )


def _check_cancel(
    number: int | None, entries: tuple[PlaqueEntry, ...], last: PlaqueEntry | None
) -> None:
    """Only the last entry can be cancelled: those before it are what it rests on."""
    if all(one.number != number for one in entries):
        raise _refused(
            f"the platform's log of plaques has no entry {number}",
            f"该平台的牌子记录中没有编号 {number}",
        )
    if last is None or last.number != number:
        raise _refused(
            f"entry {number} is not the last that counts; cancel the later ones first",
            f"记录 {number} 不是最后一条有效记录，请先撤销其后的记录",
        )


def _refused(en: str, zh: str) -> Refused:
    return Refused(Refusal(rule=RULE, en=en, zh=zh, stage=""))
