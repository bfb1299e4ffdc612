"""The point about the roster: whose it is."""

from sqlalchemy.ext.asyncio import AsyncEngine

from starter.roster.example_roster import key_path
from starter.roster.roster_origin import OFFICERS, RosterOrigin, roster_origin
from worker.doctor.finding import Finding, good, note
from workflows.words import Words


async def whose_roster(engine: AsyncEngine) -> Finding:
    """Without one nothing proves who decides; the example one proves it for trying only."""
    match await roster_origin(engine):
        case RosterOrigin.OWN:
            return good("the roster is set up", "人员目录已设立")
        case RosterOrigin.EXAMPLE if not all(key_path(one).exists() for one in OFFICERS):
            folder = key_path(OFFICERS[0]).parent
            return note(
                Words(
                    f"the roster is the example one, and its officers' keys are not in {folder}:"
                    " nobody can be entered in it",
                    f"人员目录为示例，而其人员的密钥不在 {folder}：无法登记人员",
                ),
                Words(
                    "to try it, put that folder there; for real work see docs/roster.md",
                    "继续试用的，请放入该文件夹；正式使用见 docs/roster.zh.md",
                ),
            )
        case RosterOrigin.EXAMPLE:
            return note(
                Words(
                    "the roster is the example one: its officers' keys lie in the data folder",
                    "人员目录为示例：其人员的密钥存于数据目录",
                ),
                Words("for trying only; see docs/roster.md", "仅供试用，见 docs/roster.zh.md"),
            )
        case _:
            return note(
                Words(
                    "no roster is set up: decisions are not signed",
                    "尚未设立人员目录：决定不予签名",
                ),
                Words("pingtai roster init", "请运行 pingtai roster init"),
            )
