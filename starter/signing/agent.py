"""Keys in an OpenSSH agent, which keeps them and is asked by its socket (PROTOCOL.agent, two messages).

Not by `ssh-keygen -Y sign -U`: docs/decisions/0021-keys-of-people.md says why.
"""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple, Self

from starter.error_reasons import reason_of
from starter.errors import BadInput, NotAllowed, NotSent
from starter.signing.signer import NOBODY, TOUCH_WITHIN, Person, sealed
from workflows.ssh_signatures import (
    DECISION_NAMESPACE,
    BadSignature,
    PublicKey,
    SshParts,
    read_key_blob,
    ssh_string,
    unsigned_part,
)

SOCKET = "SSH_AUTH_SOCK"
_LIST, _LISTED, _SIGN, _SIGNED = 11, 12, 13, 14
_ANSWER_WITHIN = 10.0
"""For what no person is asked about (seconds)."""
_LONGEST = 256 * 1024
"""Of an answer, as OpenSSH has it (bytes)."""


class AgentKey(NamedTuple):
    """A key that an agent holds, and its comment: a path or a name."""

    key: PublicKey
    comment: str


def agent_keys() -> list[AgentKey]:
    """Return the keys of the agent that can sign decisions; others are passed over.

    Raises:
        BadInput: no agent is named.
        NotSent: it does not answer.
    """
    with _connected() as agent:
        answer = SshParts(agent.answer(bytes([_LIST]), _LISTED, _ANSWER_WITHIN))
    keys: list[AgentKey] = []
    try:
        for _ in range(int.from_bytes(answer.take(4))):
            blob, comment = answer.string(), answer.string().decode("utf-8", "replace")
            try:
                keys.append(AgentKey(read_key_blob(blob), comment))
            except BadSignature:
                continue  # of another algorithm
    except BadSignature:
        raise _odd() from None
    return keys


class AgentSigner:
    """Signs with a key of the agent."""

    def __init__(self, key: PublicKey, person: Person = NOBODY) -> None:
        """Sign with this key, which the agent held when it was asked."""
        self._key, self._person = key, person

    @classmethod
    def of(cls, fingerprint: str, person: Person = NOBODY) -> Self:
        """Return the signer with the key of a fingerprint.

        Raises:
            BadInput: no agent is named, or it does not hold the key: it may be locked.
            NotSent: it does not answer.
        """
        held = [one.key for one in agent_keys()]
        for key in held:
            if key.fingerprint() == fingerprint:
                return cls(key, person)
        if held:
            raise BadInput(
                f"your SSH agent does not hold the key {fingerprint}: ssh-add FILE adds it",
                f"SSH 代理程序中没有密钥 {fingerprint}：可用 ssh-add 文件 加入",
            )
        raise no_keys()

    @property
    def key(self) -> PublicKey:
        """See `Signer`."""
        return self._key

    def ready(self) -> None:
        """See `Signer`: its holder is asked at each signature, and not here."""

    def sign(self, form: bytes, namespace: str = DECISION_NAMESPACE) -> bytes:
        """See `Signer`."""
        self._person.told_to_touch(self._key)
        asked = ssh_string(self._key.blob()) + ssh_string(unsigned_part(form, namespace)) + bytes(4)
        with _connected() as agent:
            answer = SshParts(agent.answer(bytes([_SIGN]) + asked, _SIGNED, TOUCH_WITHIN))
        try:
            signed = answer.string()
        except BadSignature:
            raise _odd() from None
        return sealed(self._key, signed, form, namespace)


def no_keys() -> BadInput:
    """Return the error for an agent that shows no key: a locked one shows none."""
    return BadInput(
        "your SSH agent holds no Ed25519 key, or is locked: ssh-add FILE adds one, ssh-add -X unlocks it",
        "SSH 代理程序中没有 Ed25519 密钥，或已锁定：可用 ssh-add 文件 加入，或用 ssh-add -X 解锁",
    )


class _Agent:
    """A connection to an agent."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def answer(self, message: bytes, wanted: int, within: float) -> bytes:
        """The content of the agent's answer to a message.

        Raises:
            NotAllowed: the agent refuses.
            NotSent: it does not answer in time, or in another way.
        """
        self._connection.settimeout(within)
        try:
            self._connection.sendall(ssh_string(message))
            length = int.from_bytes(self._read(4))
            if not 0 < length <= _LONGEST:
                raise _odd()
            kind, *content = self._read(length)
        except TimeoutError:
            raise NotSent(
                f"your SSH agent did not answer within {within:.0f} seconds: was the key to be touched,"
                " or a question to be answered?",
                f"SSH 代理程序在 {within:.0f} 秒内没有应答：是否需要触碰硬件密钥或确认提示？",
            ) from None
        except OSError as error:
            raise _silent(error) from None
        if kind != wanted:
            raise NotAllowed(
                "your SSH agent refused to sign: it is locked (ssh-add -X), the key was removed, or its"
                " question was not answered with yes",
                "SSH 代理程序拒绝签名：可能已锁定（ssh-add -X）、密钥已移除，或未确认其提示",
            )
        return bytes(content)

    def _read(self, length: int) -> bytes:
        found = bytearray()
        while len(found) < length:
            part = self._connection.recv(length - len(found))
            if not part:
                raise _odd()
            found += part
        return bytes(found)


@contextmanager
def _connected() -> Iterator[_Agent]:
    path = os.environ.get(SOCKET)
    if not path:
        raise BadInput(
            f"no SSH agent: {SOCKET} is not set. Start one (eval $(ssh-agent); ssh-add FILE), or sign with"
            " a file: pingtai login --key FILE",
            f"没有 SSH 代理程序：未设置 {SOCKET}。请启动（eval $(ssh-agent); ssh-add 文件），或改用密钥文件："
            "pingtai login --key 文件",
        )
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(_ANSWER_WITHIN)
        try:
            connection.connect(path)
        except OSError as error:
            raise _silent(error) from None
        yield _Agent(connection)


def _silent(error: OSError) -> NotSent:
    path, why = os.environ.get(SOCKET), reason_of(error)
    return NotSent(
        f"the SSH agent at {path} does not answer: {why.en}",
        f"SSH 代理程序（{path}）没有应答：{why.zh}",
    )


def _odd() -> NotSent:
    return NotSent(
        f"what listens at {os.environ.get(SOCKET)} is no SSH agent",
        f"{os.environ.get(SOCKET)} 处不是 SSH 代理程序",
    )
