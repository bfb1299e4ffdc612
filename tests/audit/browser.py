"""A headless Chromium, spoken to over a pipe by its own protocol: what a page says, asks for and shows."""

import base64
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

_LAUNCH = """
import fcntl, os, sys
given = [fcntl.fcntl(int(one), fcntl.F_DUPFD, 10) for one in sys.argv[1:3]]
os.dup2(given[0], 3)
os.dup2(given[1], 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""Chromium reads what it is told from descriptor 3, and answers on 4."""
_ERRORS = ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")


@dataclass
class Seen:
    """What came of opening a page."""

    console: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """The addresses that it asked for, but for its own."""
    picture: bytes = b""
    pdf: bytes = b""
    pages: int = 0
    """How many pages of A4 it prints on."""
    found: Any = None
    """What the script that was given found on the page."""


class Browser:
    """One that runs."""

    def __init__(self, told: int, answers: int) -> None:
        """Speak through these descriptors."""
        self._told = told
        self._answers = answers
        self._heard = bytearray()
        self._number = 0
        self._events: list[Any] = []

    def open(self, page: Path, *, width: int = 0, script: str = "") -> Seen:
        """Open a page, take its picture and print it; a script looks instead, on a screen so wide."""
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        session = self._ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self._ask(f"{domain}.enable", session)
        if width:
            phone = {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": True}
            self._ask("Emulation.setDeviceMetricsOverride", session, **phone)
        self._events.clear()
        self._ask("Page.navigate", session, url=page.as_uri())
        while not any(e.get("method") == "Page.loadEventFired" for e in self._events):
            self._read()
        seen = Seen()
        if script:
            looked = self._ask("Runtime.evaluate", session, expression=script, returnByValue=True)
            seen.found = looked["result"].get("value")
        else:
            shot = self._ask("Page.captureScreenshot", session, captureBeyondViewport=True)
            printed = {"preferCSSPageSize": True, "printBackground": True}
            paper = self._ask("Page.printToPDF", session, **printed)
            seen.picture, seen.pdf = (base64.b64decode(one["data"]) for one in (shot, paper))
            seen.pages = seen.pdf.count(b"/Type /Page\n")
        for event in self._events:
            if event.get("method") in _ERRORS:
                seen.console.append(json.dumps(event["params"]))
            elif event.get("method") == "Network.requestWillBeSent":
                address = event["params"]["request"]["url"]
                if address != page.as_uri() and not address.startswith("data:"):
                    seen.asked.append(address)
        self._ask("Target.closeTarget", targetId=target)
        return seen

    def close(self) -> None:
        """End it."""
        self._ask("Browser.close")
        os.close(self._answers)
        os.close(self._told)

    def _ask(self, method: str, session: str | None = None, /, **said: Any) -> Any:
        self._number += 1
        message = {"id": self._number, "method": method, "params": said}
        if session:
            message["sessionId"] = session
        os.write(self._told, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._read()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                return answer["result"]

    def _read(self) -> Any:
        while (end := self._heard.find(b"\0")) < 0:
            more = os.read(self._answers, 1 << 20)
            assert more, "the browser has ended"
            self._heard += more
        message = json.loads(self._heard[:end])
        del self._heard[: end + 1]
        if "method" in message:
            self._events.append(message)
        return message


@contextmanager
def browser(folder: Path) -> Iterator[Browser]:
    """A browser with a profile of its own, and with nothing on the network that it could reach."""
    its_ear, our_mouth = os.pipe()
    our_ear, its_mouth = os.pipe()
    command = [
        str(CHROMIUM),
        "--headless=new",
        "--remote-debugging-pipe",
        # Root has no sandbox; what is opened here is our own.
        *(("--no-sandbox",) if os.geteuid() == 0 else ()),
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--window-size=900,1270",
        # The discard port: nobody listens there.
        "--proxy-server=http://127.0.0.1:9",
        f"--user-data-dir={folder / 'profile'}",
    ]
    with (folder / "browser.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", _LAUNCH, str(its_ear), str(its_mouth), *command],
            pass_fds=(its_ear, its_mouth),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    os.close(its_ear)
    os.close(its_mouth)
    running = Browser(our_mouth, our_ear)
    try:
        yield running
        running.close()
        process.wait(timeout=20)
    finally:
        process.kill()
        process.wait()
