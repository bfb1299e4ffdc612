"""Keys of hardware tokens whose handle is in a file (`ssh-keygen -t ed25519-sk`): OpenSSH asks the token.

Only its own tools speak to tokens on every system; a token's key in the agent needs no file.
"""

import subprocess

from starter.errors import BadInput, NotAllowed, NotSent
from starter.signing.key_files import KeyFile
from starter.signing.signer import NOBODY, TOUCH_WITHIN, Person, checked
from workflows.ssh_signatures import DECISION_NAMESPACE, BadSignature, PublicKey, read_armored

TOOL = "ssh-keygen"
_SHOWN = 300
"""Characters of what the tool says."""


class TokenFileSigner:
    """Signs with a token whose handle is in a file."""

    def __init__(self, file: KeyFile, person: Person = NOBODY) -> None:
        """Sign with the token's key of this file, which has been read."""
        self._file, self._person = file, person

    @property
    def key(self) -> PublicKey:
        """See `Signer`."""
        return self._file.key

    def ready(self) -> None:
        """See `Signer`: its holder is asked at each signature, and not here."""

    def sign(self, form: bytes, namespace: str = DECISION_NAMESPACE) -> bytes:
        """See `Signer`; the tool itself asks for the token's PIN, on the terminal."""
        self._person.told_to_touch(self.key)
        said = [TOOL, "-q", "-Y", "sign", "-n", namespace, "-f", str(self._file.path)]
        try:
            done = subprocess.run(  # noqa: S603 - a path and a fixed word
                said, input=form, capture_output=True, timeout=TOUCH_WITHIN, check=False
            )
        except FileNotFoundError:
            raise BadInput(
                f"a token's key needs OpenSSH's {TOOL}: install it",
                f"使用硬件密钥须安装 OpenSSH 的 {TOOL}",
            ) from None
        except subprocess.TimeoutExpired:
            raise NotSent(
                f"the security key was not touched within {TOUCH_WITHIN:.0f} seconds",
                f"{TOUCH_WITHIN:.0f} 秒内未触碰硬件密钥",
            ) from None
        try:
            signature = read_armored(done.stdout.decode("ascii", "replace"))
        except BadSignature:
            told = done.stderr.decode("utf-8", "replace").strip()[-_SHOWN:]
            raise NotAllowed(
                f"the security key did not sign: {told}", f"硬件密钥未签名：{told}"
            ) from None
        return checked(signature, self.key, form, namespace)
