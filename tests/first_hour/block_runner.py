"""Typing in what a document shows: commands of ours in this process, others as a shell runs them."""

import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from click.testing import CliRunner

from starter.client.local_stack import read_stack
from tests.first_hour.document_blocks import Block
from tests.system.processes import EXAMPLES, MAIN, PATIENCE, PINGTAI, ROOT, WARM
from worker.main import pingtai

_REFUSED = 3
_PROBLEM = "urn:pingtai:problem:"
_USUAL_HTTP = "127.0.0.1:8080"
_WATCH_SECONDS = 0.5
_READY = ("Ctrl-C", "is running", "waiting", "total")
_STANDING = (("worker",), ("up",), ("inbox", "--watch"))
"""Commands that run until they are stopped."""
_OWN_PROCESS = (("up",), ("stop",))


class Typist:
    """Types in blocks, in one directory, one after the other."""

    def __init__(self, place: Path, http: str) -> None:
        """Work in this place, each document in a folder of its own; `http`: where `pingtai serve` listens."""
        self._place = self._folder = place
        self._http = http
        self._running = ExitStack()
        self._serves = False
        self.told: list[str] = []
        """What went otherwise than its document says."""

    def close(self) -> None:
        """Stop what was left running."""
        self._running.close()

    def open(self, document: Path) -> None:
        """Begin with a document, in an empty folder beside the examples."""
        self._folder = self._place / document.relative_to(ROOT).with_suffix("")
        self._folder.mkdir(parents=True)
        (self._folder / "examples").symlink_to(EXAMPLES)
        os.chdir(self._folder)

    def type_in(self, block: Block) -> None:
        """Run a block's commands, in order, to the first that goes wrong."""
        if "not run" in block.marks:
            return
        before = [one.strip() for one in block.marks.get("first", "").split(";") if one.strip()]
        expected = (0, _REFUSED) if "refused" in block.marks else (0,)
        with ExitStack() as standing:
            for command in (*before, *block.commands()):
                code, said = self._run(command, standing)
                if code not in expected:
                    self.told.append(f"{block.where}: {command}\n  {code}: {said.strip()[-400:]}")
                    return

    def _run(self, command: str, standing: ExitStack) -> tuple[int, str]:
        command = command.replace(_USUAL_HTTP, self._http)
        words = shlex.split(command, comments=True)
        if words[0] == ".":  # the environment in which the tests run
            return 0, ""
        if words[0] != "pingtai" or any(sign in command for sign in ("|", "~")):
            return self._shell(command)
        words, target = _redirected(words[1:])
        if words == ["serve"]:
            return self._serve()
        if "--detach" not in words and any(_is(words, kind) for kind in _STANDING):
            return standing.enter_context(self._standing(words))
        if any(_is(words, kind) for kind in _OWN_PROCESS):
            return self._shell(shlex.join((*PINGTAI, *words)))
        done = CliRunner().invoke(pingtai, list(self._expanded(words)))
        if target:
            (self._folder / target).write_text(done.stdout, encoding="utf-8")
        return done.exit_code, done.output + repr(done.exception or "")

    def _expanded(self, words: list[str]) -> Iterator[str]:
        """The words, with names of files for patterns of them, as a shell gives them."""
        for word in words:
            found = sorted(self._folder.glob(word)) if "*" in word else []
            yield from (str(one.relative_to(self._folder)) for one in found) if found else (word,)

    def _shell(self, command: str) -> tuple[int, str]:
        own = f'pingtai() {{ {shlex.join(PINGTAI)} "$@"; }}\n'
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        done = subprocess.run(
            ("bash", "-c", own + command),
            cwd=self._folder,
            env={**os.environ, "PATH": path, **self._of_reader()},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        # curl is content with whatever is answered: what the service refuses is refused here, too.
        code = done.returncode or (_REFUSED if _PROBLEM in done.stdout else 0)
        return code, done.stdout + done.stderr

    def _serve(self) -> tuple[int, str]:
        """Start the service once: it stays for the documents after this one."""
        if self._serves:
            return 0, ""
        self._serves = True
        return self._running.enter_context(self._standing(["serve"]))

    def _of_reader(self) -> dict[str, str]:
        """What the documents say in variables: the service, a key for it, and where Temporal is."""
        home, key = Path(os.environ["PINGTAI_HOME"]), self._folder / "follower.txt"
        known = {
            "URL": f"http://{self._http}",
            "KEY": key.read_text().strip() if key.exists() else "",
        }
        stack = read_stack(home)
        return known | ({"TEMPORAL_ADDRESS": stack.temporal_address} if stack else {})

    @contextmanager
    def _standing(self, words: list[str]) -> Iterator[tuple[int, str]]:
        """A command that runs until it is stopped: its code is 0 once it is ready."""
        log = self._folder / f"standing-{time.monotonic_ns()}.log"
        with log.open("w") as out, Path(os.devnull).open() as nothing:
            files = (nothing.fileno(), out.fileno(), out.fileno())
            process = WARM.start(MAIN, words, os.environ, self._folder, files)
        # Who watches writes only what changes, where no terminal shows it.
        quiet = time.monotonic() + _WATCH_SECONDS if "--watch" in words else None
        deadline = time.monotonic() + PATIENCE
        while process.poll() is None and not any(word in log.read_text() for word in _READY):
            if quiet and time.monotonic() > quiet:
                break
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        yield process.poll() or 0, log.read_text()
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)


def _is(words: list[str], kind: tuple[str, ...]) -> bool:
    return words[:1] == [kind[0]] and set(kind) <= set(words)


def _redirected(words: list[str]) -> tuple[list[str], str | None]:
    """A command's words, and the file to which its output goes."""
    if ">" not in words:
        return words, None
    at = words.index(">")
    return words[:at], words[at + 1]
