"""What a witness keeps: for each day that it saw the statement, its signature of it, and the leaves.

A statement is written before it is signed, and never written over: whatever breaks off, no two digests of a
day are signed.
"""

import subprocess
from datetime import date
from pathlib import Path

from audit.anchoring.cosignatures import signed_by
from audit.anchoring.digests import Digest
from audit.anchoring.publication import LARGEST_LEAVES, leaves_file, statement_file
from audit.anchoring.statements import LARGEST, NAMESPACE, read_statement, statement_of
from audit.evidence_files import read_bounded, write_new
from starter.error_reasons import reason_of
from starter.errors import BadInput
from workflows.words import Words

_DAY = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9].txt"


class WitnessFolder:
    """A folder, which is made where there is none."""

    def __init__(self, folder: Path) -> None:
        """Open it.

        Raises:
            BadInput: it cannot be made, or one of its statements is damaged.
        """
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            paths = sorted(folder.glob(_DAY))
        except OSError as error:
            why = reason_of(error)
            raise BadInput(
                f"{folder} cannot be used: {why.en}", f"无法使用 {folder}：{why.zh}"
            ) from None
        self.seen: dict[date, str] = {}
        for path in paths:
            said = read_statement(read_bounded(path, LARGEST))
            if said is None or statement_file(said[0]) != path.name:
                raise BadInput(
                    f"{path} is no statement of its day: it was damaged. A witness that cannot say what it"
                    " saw signs nothing: restore it from a copy.",
                    f"{path} 不是当日的摘要声明，已损坏。无法说明所见的见证人不得签署：请从备份恢复。",
                )
            self.seen[said[0]] = said[1]

    def last(self) -> tuple[date, str, bytes] | None:
        """Return the newest day that was seen, its root and its leaves.

        Raises:
            BadInput: its leaves cannot be read.
        """
        if not self.seen:
            return None
        day = max(self.seen)
        return day, self.seen[day], read_bounded(self.folder / leaves_file(day), LARGEST_LEAVES)

    def record(self, digest: Digest, leaves: bytes) -> None:
        """Keep what was seen of a day.

        Raises:
            BadInput: the day was recorded meanwhile, or it cannot be written.
        """
        path = self.folder / leaves_file(digest.day)
        if digest.day not in self.seen:
            path.unlink(missing_ok=True)  # of a run that was broken off before it had seen the day
        write_new(path, leaves)
        write_new(self.folder / statement_file(digest.day), statement_of(digest))
        self.seen[digest.day] = digest.root

    def unsigned(self) -> list[date]:
        """Return the days that were seen and are not signed yet."""
        return [day for day in sorted(self.seen) if not self._signature(day).exists()]

    def sign(self, day: date, key: Path) -> None:
        """Sign the statement of a day, as OpenSSH does it: with a key file, or by the agent.

        Raises:
            BadInput: ssh-keygen is missing, refuses, or the key is of another kind than Ed25519.
        """
        said = read_bounded(self.folder / statement_file(day), LARGEST)
        command = ["ssh-keygen", "-q", "-Y", "sign", "-n", NAMESPACE, "-f", str(key)]
        try:
            done = subprocess.run(command, input=said, capture_output=True, check=False)  # noqa: S603
        except OSError as error:
            why = reason_of(error)
            raise BadInput(
                f"ssh-keygen cannot be started: {why.en}. Install OpenSSH 8.2 or later.",
                f"无法启动 ssh-keygen：{why.zh}。请安装 OpenSSH 8.2 或更高版本。",
            ) from None
        if done.returncode:
            why = Words.same(_plain(done.stderr))
            raise BadInput(
                f"ssh-keygen does not sign with {key}: {why.en}",
                f"ssh-keygen 未能以 {key} 签署：{why.zh}",
            )
        signer = signed_by(done.stdout, said)
        if isinstance(signer, Words):
            raise BadInput(
                f"{key} is no Ed25519 key: make one with `ssh-keygen -t ed25519`",
                f"{key} 不是 Ed25519 密钥：可用 ssh-keygen -t ed25519 生成",
            )
        write_new(self._signature(day), done.stdout)

    def _signature(self, day: date) -> Path:
        return self.folder / f"{statement_file(day)}.sig"


def _plain(said: bytes, letters: int = 160) -> str:
    text = " ".join(said.decode("utf-8", "replace").split())
    return "".join(one for one in text if one.isprintable())[:letters]
