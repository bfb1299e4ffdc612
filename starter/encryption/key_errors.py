"""What goes wrong with keys, of the one tree in `workflows.errors`."""

from workflows.errors import BadInput, PingtaiError

VARIABLE = "PINGTAI_PAYLOAD_KEYS"


class MissingKey(PingtaiError):
    """A payload is encrypted with a key that is not here."""

    exit_code = 3

    def __init__(self, key: str) -> None:
        super().__init__(
            f"encrypted with the key {key}, which is not here: set {VARIABLE} to the keys of this system",
            f"已用密钥 {key} 加密，而此处没有该密钥：请将 {VARIABLE} 设为本系统的密钥",
        )
        self.key = key


class ErasedKey(PingtaiError):
    """The key of a term was destroyed: what it encrypted can be read by nobody."""

    def __init__(self, scope: str) -> None:
        super().__init__(
            f"erased: the key of {scope} was destroyed, and what it encrypted can no longer be read",
            f"已删除：{scope} 的密钥已销毁，其加密的内容无法再读取",
        )
        self.scope = scope


def unusable(en: str, zh: str) -> BadInput:
    """Return the error for a setting or a file that cannot be used."""
    return BadInput(f"{VARIABLE}: {en}", f"{VARIABLE}：{zh}")
