"""By which keys a decision was signed, in words beside its entry."""

from collections.abc import Sequence

from starter.terminal.language import say
from workflows.record import EntryKind, LogEntry
from workflows.roster_entries import RosterEntry
from workflows.words import Words, listed

_LETTERS = 10
"""Letters of a key's fingerprint that are shown: it has 43."""
_KIND = "SHA256:"


def short_fingerprint(whole: str) -> str:
    """Return the beginning of a key's fingerprint: `SHA256:AbCdEfGhIj…`."""
    return f"{whole[: len(_KIND) + _LETTERS]}…"


def people_words(people: Sequence[RosterEntry]) -> str:
    """Who signed a decision, and who countersigned it, where the roster says who they are."""
    first, *others = people
    en = f"signed by {first.name} ({first.id})"
    zh = f"签名人 {first.name}（{first.id}）"
    for one in others:
        en += f", countersigned by {one.name} ({one.id})"
        zh += f"，会签人 {one.name}（{one.id}）"
    return say(Words(en, zh))


def signature_words(entry: LogEntry) -> str:
    """By which keys a decision was signed: `signed by SHA256:AbCdEfGhIj…`. Empty where nobody signed it.

    The signatures are verified for it: who can write to a register could put any beside an entry.
    """
    signatures = entry.said.get("signatures")
    if not signatures or entry.kind is not EntryKind.DECISION:
        return ""
    # Cryptography takes a while to load: few entries are signed.
    from workflows.signed_form import signed_form_of_entry, signers  # noqa: PLC0415
    from workflows.ssh_signatures import BadSignature  # noqa: PLC0415

    try:
        keys = signers(signatures, signed_form_of_entry(entry))
    except BadSignature:
        return say(Words("SIGNATURE DOES NOT HOLD", "【签名无效】"))
    words = say(listed(short_fingerprint(key.fingerprint()) for key in keys))
    return say(Words(f"signed by {words}", f"签名密钥 {words}"))
