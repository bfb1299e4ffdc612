"""What was not done, in a file of its own: to be mended, and run in the same way."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from starter.commands.batch.formats import Written
from starter.commands.batch.lines import NOT_DONE, Outcome, Result
from starter.error_reasons import reason_of
from starter.errors import BadInput
from starter.terminal.screen import complain
from workflows.words import Words


@dataclass(frozen=True)
class RejectedLines:
    """Where the lines of a file go that were not done."""

    file: str
    """The file that was read; `-` is standard input."""
    form: Written
    named: str | None
    """Where they were asked to go; None: beside the file."""
    target: Path | None
    """Where they are written; None: nowhere."""

    @classmethod
    def beside(cls, file: str, form: Written, named: str | None) -> "RejectedLines":
        """Choose a place before anything is sent; a file that is there, and may be half mended, is kept.

        Raises:
            BadInput: it would be the input itself, or there is no such folder.
        """
        if named is None:
            return cls(file, form, None, None if file == "-" else _free(file, form))
        target = Path(named)
        if file != "-" and target.absolute() == Path(file).absolute():
            raise BadInput("--refused names the input itself", "--refused 不能是输入文件本身")
        if not target.absolute().parent.is_dir():
            raise BadInput(
                f"--refused: no folder {target.parent}", f"--refused：没有目录 {target.parent}"
            )
        return cls(file, form, named, target)

    def keep(self, results: Sequence[Result]) -> None:
        """Write those that were not done, if any, and say where."""
        left = sorted(
            (result for result in results if result.outcome in NOT_DONE),
            key=lambda result: result.entry.number,
        )
        if not left:
            return
        if self.target is None:
            complain(
                Words(
                    "What was not done was not kept: send the same lines again, or name a file by --refused.",
                    "未办理的行没有另存：请重新提交相同内容，或以 --refused 指定文件。",
                )
            )
            return
        written = self.form.write(left)
        content = written.encode("utf-8") if isinstance(written, str) else written
        try:
            target = self._put(self.target, content)
        except OSError as error:
            complain(
                Words(
                    f"Cannot write {self.target} ({reason_of(error).en}). The failed lines are listed above.",
                    f"无法写入 {self.target}（{reason_of(error).zh}）：未办理的行见上。",
                )
            )
            return
        if any(result.outcome in (Outcome.BAD, Outcome.REFUSED) for result in left):
            todo = Words(
                "Correct what failed, then run the same command with that file.",
                "请改正有误的行，再以该文件重新运行同一命令。",
            )
        else:
            todo = Words(
                "Nothing in them needs correcting: run the same command with that file, or with the whole"
                " one again.",
                "各行无须改正：请以该文件或原文件重新运行同一命令。",
            )
        complain(
            Words(
                f"The lines that were not done are in {target}. {todo.en}",
                f"未办理的行已写入 {target}。{todo.zh}",
            )
        )

    def _put(self, target: Path, content: bytes) -> Path:
        draft = target.with_name(f".{target.name}.{os.getpid()}.new")
        if self.named is None:
            target = self._kept_for_us(target)
        draft.write_bytes(content)
        os.replace(draft, target)  # noqa: PTH105 - the atomic one
        return target

    def _kept_for_us(self, target: Path) -> Path:
        """Take a free name, so that nobody who runs the same file meanwhile writes over what we write."""
        while True:
            try:
                target.touch(exist_ok=False)
            except FileExistsError:
                following = _free(self.file, self.form)
                if following is None:
                    raise
                target = following
            else:
                return target


_AGAIN = re.compile(r"\.refused(-\d+)?$")


def _free(file: str, form: Written) -> Path | None:
    source = Path(file)
    suffix = source.suffix or form.suffix
    stem = _AGAIN.sub("", source.stem)  # what is left of a file that was itself left
    names = (f"{stem}.refused{f'-{n}' if n > 1 else ''}{suffix}" for n in range(1, 1_000))
    return next((path for name in names if not (path := source.with_name(name)).exists()), None)
