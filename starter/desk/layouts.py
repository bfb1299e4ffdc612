"""Versions of the layout, as commands name them."""

from typing import TYPE_CHECKING

from db.programme_rows import Direction, Layout
from starter.errors import BadInput

if TYPE_CHECKING:
    from starter.desk.reach import RegisterReads


async def layout_of(
    register: "RegisterReads",
    version: int | None,
    *,
    field: str | None = None,
    district: str | None = None,
) -> Layout:
    """A version of the layout; None: the one in force today.

    Raises:
        BadInput: there is no such version.
    """
    found = await register.layout(version=version, field=field, district=district)
    if found is None:
        raise no_such_version(version)
    return found


def no_such_version(version: int | None) -> BadInput:
    return BadInput(
        f"The layout has no version {version}. To see them: pingtai layout versions",
        f"布局没有第 {version} 版。各版本见 pingtai layout versions",
    )


def plain_directions(found: Layout) -> list[Direction]:
    """The directions of a layout, without the platforms in them."""
    return [
        Direction(
            field=one.field,
            direction=one.direction or "",
            priority=one.priority or 0,
            districts=one.districts,
        )
        for one in found.directions
    ]
