"""Officers with key files, at the commands of the roster."""

from collections.abc import Callable
from pathlib import Path

from click.testing import Result

from starter.signing.key_files import make_key

Run = Callable[..., Result]
HEADING = "人员编号,姓名,身份,单位,所在区,任命单位,公钥"


class Office:
    """Officers with key files, and the commands."""

    def __init__(self, pingtai: Run, folder: Path) -> None:
        self.folder, self._pingtai = folder, pingtai
        self.lines = {
            n: make_key(folder / n).openssh() for n in ("kw-01", "kw-02", "kw-03", "hd-01")
        }

    def sit_down(self, person: str, role: str = "commission", *more: str) -> None:
        """Log in with their key."""
        said = ("login", "--id", person, "--role", role, "--organisation", "市科委", *more)
        assert self._pingtai(*said, "--key", str(self.folder / person)).exit_code == 0

    def run(self, *said: str, code: int = 0, lang: str = "en") -> str:
        """What a command of the roster answers."""
        done = self._pingtai("roster", *said, lang=lang)
        assert done.exit_code == code, done.output
        return done.stdout if code == 0 else done.stderr

    def beside(self, *said: str, lang: str = "en") -> str:
        """What a command says beside its answer."""
        done = self._pingtai("roster", *said, lang=lang)
        assert done.exit_code == 0, done.output
        return done.stderr

    def key(self, person: str) -> str:
        """The file of a key."""
        return str(self.folder / person)

    def table(self, *rows: str) -> str:
        """A table of people."""
        path = self.folder / "people.csv"
        path.write_text("\n".join((HEADING, *rows)), encoding="utf-8")
        return str(path)

    def officers(self) -> str:
        """The table of two officers, and one of a district."""
        commission = "市科委、中关村管委会,市科委"
        return self.table(
            f"kw-01,李某,{commission},,人事处,{self.lines['kw-01']}",
            f"kw-02,张某,commission,市科委,,人事处,{self.lines['kw-02']} zhang@kw",
            f"hd-01,王某,所在区,海淀区科委,海淀区,海淀区科委,{self.lines['hd-01']}",
        )
