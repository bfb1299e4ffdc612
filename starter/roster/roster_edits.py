"""Changes of one person's entry in the roster, made of the entry as it stands."""

from datetime import date, datetime

from starter.errors import BadInput
from workflows.actors import Actor, Document
from workflows.roster_entries import RosterEntry, RosterKey
from workflows.ssh_signatures import BadSignature, PublicKey, read_public_key
from workflows.vocabulary import Role


def key_line(text: str) -> str:
    """Return a public key as the roster has it, without its comment.

    Raises:
        BadInput: it is none; nothing is repeated of a private one.
    """
    if _PRIVATE in text:
        raise BadInput(
            "it is a private key, which nobody else may have: name the public one, the file .pub beside it",
            "这是私钥，不得交给他人：请指定公钥，即同名的 .pub 文件",
        )
    try:
        return read_public_key(text).openssh()
    except BadSignature as error:
        raise BadInput(error.words.at(text.strip()[:40])) from None


_PRIVATE = "PRIVATE KEY-----"


def entry_of(
    actor: Actor, platform_id: str | None, key: PublicKey, since: date, appointed_by: str
) -> RosterEntry:
    """Return the entry of who acts so; `platform_id` is that of an operator's people."""
    return RosterEntry(
        id=actor.id,
        name=actor.id,
        role=actor.role,
        organisation=actor.organisation,
        district=actor.district,
        credit_code=actor.credit_code,
        platform_id=platform_id if actor.role is Role.OPERATOR else None,
        keys=(RosterKey(public=key.openssh(), first=since),),
        first_day=since,
        appointed_by=appointed_by,
    )


def ended(entry: RosterEntry, last_day: date, ordered_by: Document | None = None) -> RosterEntry:
    """Return a person who leaves after a day, by the document that orders it, if one does."""
    changes = {"last_day": last_day, "document": ordered_by or entry.document}
    return entry.model_copy(update=changes)


def with_key(entry: RosterEntry, line: str, first: date) -> RosterEntry:
    """Return a person with one key more."""
    return entry.model_copy(update={"keys": (*entry.keys, RosterKey(public=line, first=first))})


def revoked(entry: RosterEntry, fingerprint: str | None, at: datetime) -> RosterEntry:
    """Return a person of whom a key is revoked since a moment; without a fingerprint all that are not yet.

    Raises:
        BadInput: the person has no such key, or none that is not revoked.
    """
    wanted = [
        key.public
        for key in entry.keys
        if key.revoked is None and fingerprint in (None, fingerprint_of(key))
    ]
    if not wanted:
        named = f" {fingerprint}" if fingerprint else ""
        raise BadInput(
            f"{entry.id} has no key{named} that could be revoked: pingtai roster show {entry.id}",
            f"{entry.id} 没有可吊销的密钥{named}：pingtai roster show {entry.id}",
        )
    keys = tuple(
        key.model_copy(update={"revoked": at}) if key.public in wanted else key
        for key in entry.keys
    )
    return entry.model_copy(update={"keys": keys})


def fingerprint_of(key: RosterKey) -> str:
    """Return the fingerprint of a key, as `ssh-keygen -l` shows it."""
    return read_public_key(key.public).fingerprint()
