"""The mark of a restore that has not ended: nothing may start on half a system."""

from pathlib import Path

from starter.errors import BadInput


def unfinished_file(home: Path) -> Path:
    """The file that is there while a home is being restored."""
    return home / "restore.unfinished"


def refuse_unfinished(home: Path) -> None:
    """Refuse to start on a home whose restore was cut off.

    Raises:
        BadInput: it was.
    """
    if unfinished_file(home).exists():
        raise BadInput(
            f"a restore into {home} was cut off: run `pingtai restore FILE` again",
            f"恢复到 {home} 的操作中断：请重新运行 pingtai restore 文件",
        )
