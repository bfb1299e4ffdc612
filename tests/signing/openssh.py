"""OpenSSH's own tools, where the machine has them; and an agent that answers what a test says."""

import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from workflows.ssh_signatures import SshParts, ssh_string

KEYGEN, AGENT, ADD = (shutil.which(name) for name in ("ssh-keygen", "ssh-agent", "ssh-add"))
needs_openssh = pytest.mark.skipif(
    not (KEYGEN and AGENT and ADD), reason="OpenSSH's ssh-keygen and ssh-agent are not installed"
)

Answer = Callable[[int, SshParts], bytes]
"""What an agent answers to a message: its number, and what follows it."""


def ran(*said: str, stdin: bytes = b"") -> bytes:
    """What a tool writes to standard output; it must succeed."""
    return subprocess.run(said, input=stdin, capture_output=True, check=True).stdout


def keygen(path: Path, passphrase: str = "", kind: str = "ed25519") -> Path:
    """A key that `ssh-keygen` made."""
    ran(str(KEYGEN), "-q", "-t", kind, "-N", passphrase, "-C", "a comment", "-f", str(path))
    return path


def verifies(signature: str, form: bytes, line: str, namespace: str, folder: Path) -> bool:
    """Whether `ssh-keygen -Y verify` takes a signature for that of a key."""
    (folder / "signers").write_text(f"wang {line}\n")
    (folder / "form.sig").write_text(signature)
    said = [str(KEYGEN), "-Y", "verify", "-f", "signers", "-I", "wang", "-n", namespace]
    done = subprocess.run(
        [*said, "-s", "form.sig"], input=form, capture_output=True, check=False, cwd=folder
    )
    return done.returncode == 0


@contextmanager
def real_agent(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An agent of OpenSSH without keys, which ends with the block."""
    path = folder / "agent"
    agent = subprocess.Popen(
        [str(AGENT), "-D", "-a", str(path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert agent.stdout
    with agent.stdout:
        agent.stdout.readline()  # it says where it listens once it does
        monkeypatch.setenv("SSH_AUTH_SOCK", str(path))
        try:
            yield
        finally:
            agent.terminate()
            agent.wait()


@contextmanager
def odd_agent(folder: Path, monkeypatch: pytest.MonkeyPatch, answer: Answer) -> Iterator[None]:
    """An agent that answers each message as a test says; nothing: it says nothing, and hangs up later."""
    path = folder / "odd-agent"
    ended = threading.Event()

    def serve(listening: socket.socket) -> None:
        while not ended.is_set():
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                length = int.from_bytes(connection.recv(4))
                message = b""
                while len(message) < length:
                    message += connection.recv(length - len(message))
                told = answer(message[0], SshParts(message[1:]))
                if told:
                    connection.sendall(told)
                else:
                    ended.wait()

    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(os.fspath(path))
        listening.listen()
        thread = threading.Thread(target=serve, args=(listening,))
        thread.start()
        monkeypatch.setenv("SSH_AUTH_SOCK", str(path))
        try:
            yield
        finally:
            ended.set()
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()


def framed(kind: int, content: bytes = b"") -> bytes:
    """An agent's message, as it goes over its socket."""
    return ssh_string(bytes([kind]) + content)
