"""The point about records that fill: a case refuses decisions long before the engine would end it."""

from sqlalchemy.ext.asyncio import AsyncEngine

from db.record_sizes import RecordSize, largest_records
from worker.doctor.finding import Finding, good, note
from workflows.model import MAX_RECORD_BYTES, MAX_TERM_BYTES
from workflows.words import Words, listed_zh

FILLING = 2 / 3
_NAMED = 5


async def records_have_room(engine: AsyncEngine) -> Finding:
    """No open case has filled two thirds of what its record may take."""
    found = await largest_records(engine, FILLING)
    if not found:
        return good("the records of all open cases have room", "未结束程序的记录均有余量")
    more = f" + {len(found) - _NAMED}" if len(found) > _NAMED else ""
    named = [_words(one) for one in found[:_NAMED]]
    return note(
        Words(
            f"records nearly full: {'; '.join(one.en for one in named)}{more}",
            f"记录将满：{listed_zh([one.zh for one in named])}{more}",
        ),
        Words(
            f"at {MAX_TERM_BYTES:,} bytes of a term, and {MAX_RECORD_BYTES:,} of an assessment, further"
            " decisions are refused, except to leave and to set aside: write shorter, and name documents"
            " instead of quoting them; the next term begins with an empty record",
            f"一期记录达到 {MAX_TERM_BYTES:,} 字节、一次考核达到 {MAX_RECORD_BYTES:,} 字节后，"
            "除退出和撤销更正外不再受理：请精简内容，以文件名称代替引用原文；下一期记录从头开始",
        ),
    )


def _words(one: RecordSize) -> Words:
    share = int(one.filled * 100)
    year = Words(f", year {one.year}", f"第 {one.year} 年") if one.year else Words("", "")
    return Words(
        f"{one.platform_id}{year.en} ({share}%, {one.entries} entries)",
        f"{one.platform_id}{year.zh}（{share}%，{one.entries} 条）",
    )
