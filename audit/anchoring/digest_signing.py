"""The office's signatures of digests: by a key of the service, or of an officer, in OpenSSH's format.

What is signed is the digest's statement, so `ssh-keygen -Y verify` needs two small files and the public key.
A digest is signed once; its root stands for all digests before it.
"""

import asyncio
import base64
import os
from datetime import date

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.anchoring.digest_checks import chain_problems
from audit.anchoring.digests import Digest, listed
from audit.anchoring.statements import NAMESPACE, statement_of
from db.audit_tables import digests
from starter.desk.profile import ProfileSigning
from starter.errors import BadInput
from starter.signing.opening import open_signer
from starter.signing.signer import Signer

KEY = "PINGTAI_DIGEST_KEY"


def configured_signer() -> Signer | None:
    """Return what signs digests by itself, with the key that the settings name; None: there is none.

    Raises:
        BadInput: it cannot be used: it is not there, others may read it, or it needs a passphrase.
    """
    path = os.environ.get(KEY, "").strip()
    if not path:
        return None
    try:
        signer = open_signer(ProfileSigning(key_file=path))
        signer.ready()
    except BadInput as error:
        raise BadInput(error.words.at(KEY)) from None
    return signer


async def sign_missing(engine: AsyncEngine, signer: Signer) -> list[date]:
    """Sign the digests that have no signature, in their order; return their days.

    Those after the newest one that is signed; where none is, the newest digest: it stands for those before.

    Raises:
        BadInput: they do not follow each other: a forged chain is not signed.
        PingtaiError: the key does not sign.
    """
    every = list(await listed(engine))[::-1]
    signed = [number for number, one in enumerate(every) if one.signature]
    first = signed[-1] if signed else max(0, len(every) - 1)
    for problem in chain_problems(every[first:]):
        raise BadInput(
            f"Not signed: {problem.en}. See: pingtai audit digest check",
            f"不予签署：{problem.zh}。请运行 pingtai audit digest check",
        )
    days = []
    for digest in every[first:]:
        if digest.signature is None:
            made = await asyncio.to_thread(signer.sign, statement_of(digest), NAMESPACE)
            days += [digest.day] if await _keep(engine, digest, made) else []
    return days


async def _keep(engine: AsyncEngine, digest: Digest, signature: bytes) -> bool:
    """Keep a signature; of two that are made at once the first one stays."""
    c = digests.c
    same = (c.day == digest.day, c.root == digest.root, c.signature.is_(None))
    encoded = base64.b64encode(signature).decode()
    change = update(digests).where(*same).values(signature=encoded).returning(c.day)
    async with engine.begin() as connection:
        return (await connection.execute(change)).first() is not None


async def newest_signed_day(engine: AsyncEngine) -> date | None:
    """Return the newest day whose digest is signed."""
    c = digests.c
    query = select(c.day).where(c.signature.is_not(None)).order_by(c.day.desc()).limit(1)
    async with engine.connect() as connection:
        day: date | None = (await connection.execute(query)).scalar()
    return day
