"""A newcomer's first hour in a fresh home: everything is signed, and what two persons sign, too."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.processes import pingtai, started
from worker.ports import free_port

NEW = "bj-water-membrane"
LISTED = "bj-quantum-metrology"


class Newcomer:
    """Types commands in a home of their own."""

    def __init__(self, home: Path, desk: Path) -> None:
        self.home = home
        self._own = {
            "HOME": str(desk),
            "PINGTAI_PROFILE": str(desk / "profile.toml"),
            "PINGTAI_TEMPORAL_PORT": str(free_port(30_833)),
            "PINGTAI_EXAMPLES": "",
        }

    def types(self, *words: str, code: int = 0, lang: str = "en") -> str:
        """What is answered, and what is said beside it."""
        done = pingtai(self.home, "--lang", lang, *words, **self._own)
        assert code == done.returncode, (words, done.stdout, done.stderr)
        return done.stdout + done.stderr


@pytest.fixture
def newcomer(home: Path, tmp_path: Path) -> Iterator[Newcomer]:
    """Somebody who has just heard of it."""
    newcomer = Newcomer(home, tmp_path)
    yield newcomer
    newcomer.types("stop")


def test_from_the_first_command_on_everything_is_signed(newcomer: Newcomer, tmp_path: Path) -> None:
    """up, seed, login, recommend; a listing by two; the dossier says of each decision who signed it."""
    types = newcomer.types
    assert "Roster       example, for trying only" in types("up", "--detach")
    types("seed")
    said = types(
        *("login", "--id", "hd-01", "--role", "district", "--district", "haidian"),
        *("--organisation", "海淀区科技主管部门"),
    )
    assert "can sign" in said
    assert "entered in the example roster" in said
    assert "bj-riscv-soc" in types("inbox")
    recommend = ("recommend", "bj-riscv-soc", "--outcome", "recommended", "--opinion", "同意推荐。")
    assert "(hd-01)" in types(*recommend)

    assert "可签名" in types("login", "--id", "commission-07", lang="zh")
    number = ("--list-number", "2027-01", "--certificate-number", "GX-2027-001")
    left = types("list", LISTED, "--outcome", "included", *number, lang="zh")
    assert "pingtai countersign 1" in left
    assert "pingtai login --id demo-01" in left
    types("login", "--id", "demo-01")
    signed = types("countersign", "1", "--yes")
    assert "(commission-07)" in signed
    assert "(demo-01)" in signed

    body = ("--organisation", "北京霁川模型评测中心")
    operator = types("login", "--id", "op-99", "--role", "operator", *body)
    assert "with the first decision" in operator and "keepers of the roster" not in operator
    withdrawn = types("withdraw", "bj-llm-evaluation", "--reason", "停办")
    assert "op-99: entered in the example roster" in withdrawn
    assert "(op-99)" in withdrawn
    by_service(newcomer, tmp_path / "key.txt")

    for platform in ("bj-riscv-soc", LISTED):
        dossier = tmp_path / f"{platform}.zip"
        types("audit", "dossier", platform, "-o", str(dossier))
        said = types("audit", "verify", str(dossier))
        assert re.search(r"(\d+) of \1 decisions? signed, by \d+ keys?, \1 by the roster", said), (
            said
        )
    assert "Every change was signed as it must be" in types("audit", "roster")


def by_service(newcomer: Newcomer, key: Path) -> None:
    """Somebody who works by HTTP, whose key may not change the roster, is entered and signs like everybody."""
    address = f"127.0.0.1:{free_port(28_880)}"
    said = newcomer.types(
        *("keys", "create", "区", "--scope", "read", "--scope", "decide:district"),
        *("--district", "changping"),
    )
    key.touch(mode=0o600)
    key.write_text(next(word for word in said.split() if word.startswith("ptk_")))
    with started(newcomer.home, "serve", "--address", address, ready="Ctrl-C"):
        said = newcomer.types(
            *("login", "--id", "cp-01", "--role", "district", "--district", "changping"),
            *("--organisation", "昌平区科技主管部门"),
            *("--url", f"http://{address}", "--key-file", str(key)),
        )
        assert "can sign" in said
        newcomer.types("logout")


def test_whose_roster_it_is_is_said_everywhere(newcomer: Newcomer) -> None:
    """Of the example one, and of none; who was started for real work never gets the example one later."""
    assert "none yet" in newcomer.types("up", "--detach", "--no-examples")
    assert "没有" not in newcomer.types("status", lang="zh")
    assert "尚未设立" in newcomer.types("status", lang="zh")
    newcomer.types("stop")
    assert "none yet" in newcomer.types("up", "--detach")
    assert "no roster is set up" in newcomer.types("doctor")
    assert not (newcomer.home / "example-keys").exists()
