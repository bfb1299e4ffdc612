"""A file that a command writes: never over one that is there."""

from pathlib import Path

from starter.error_reasons import reason_of
from starter.errors import BadInput


def write_new(target: Path, content: bytes) -> None:
    """Write a new file.

    Raises:
        BadInput: there is such a file, which is kept, or it cannot be written.
    """
    try:
        with target.open("xb") as file:
            file.write(content)
    except FileExistsError:
        raise BadInput(
            f"{target} is there already, and is kept: choose another name, or remove it",
            f"{target} 已存在，未改动：请换用其他文件名，或先删除该文件",
        ) from None
    except (OSError, ValueError) as error:
        why = reason_of(error)
        raise BadInput(
            f"{target} cannot be written: {why.en}", f"无法写入 {target}：{why.zh}"
        ) from None
