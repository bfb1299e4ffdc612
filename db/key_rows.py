"""Keys of the HTTP API: made once, kept as a hash, revoked at once.

A key is `ptk_ID_SECRET`. The secret is 32 random bytes, so its plain SHA-256 is kept: nobody can try
2^256 secrets, and a slow hash, which guards words that people choose, would only slow each call down.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from db.intake_tables import api_keys
from db.key_queries import ApiKey
from db.reading import AnyRow, read

_TOKEN = re.compile(r"ptk_(?P<id>[0-9a-f]{10})_(?P<secret>[A-Za-z0-9_-]{43})")
_NOBODYS = "0" * 64
"""What a secret is compared with when no key has its id, so that both take the same time."""
_NOTED_EVERY = timedelta(minutes=1)


class Keys:
    """The keys in the register's database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def create(
        self,
        name: str,
        scopes: Sequence[str],
        *,
        district: str | None,
        organisation: str | None,
        at: datetime,
        by: str,
        days: int,
        credit_code: str | None = None,
    ) -> tuple[ApiKey, str]:
        """Make a key; answers it and its token, which is shown once and kept nowhere."""
        key_id, secret = secrets.token_hex(5), secrets.token_urlsafe(32)
        key = ApiKey(
            id=key_id,
            name=name,
            scopes=tuple(scopes),
            district=district,
            organisation=organisation,
            credit_code=credit_code,
            created_at=at,
            created_by=by,
            expires_at=at + timedelta(days=days),
        )
        row = key.model_dump() | {"scopes": list(scopes), "secret_sha256": _hashed(secret)}
        async with self._engine.begin() as connection:
            await connection.execute(insert(api_keys).values(**row))
        return key, f"ptk_{key_id}_{secret}"

    async def revoke(self, key_id: str, *, at: datetime, by: str) -> ApiKey | None:
        """Revoke a key from now on; None when there is none of this id. Again changes nothing."""
        c = api_keys.c
        async with self._engine.begin() as connection:
            await connection.execute(
                update(api_keys)
                .where(c.id == key_id, c.revoked_at.is_(None))
                .values(revoked_at=at, revoked_by=by)
            )
            row = (await connection.execute(select(api_keys).where(c.id == key_id))).first()
        return _key(row) if row else None

    async def of_token(self, token: str) -> ApiKey | None:
        """The key that a token is, whether or not it may still be used; None: it is none.

        The comparison takes the same time for every token of the right form, whatever its id.
        """
        form = _TOKEN.fullmatch(token)
        if form is None:
            return None
        async with self._engine.connect() as connection:
            found = await connection.execute(select(api_keys).where(api_keys.c.id == form["id"]))
            row = found.first()
        kept = str(row.secret_sha256) if row else _NOBODYS
        same = hmac.compare_digest(_hashed(form["secret"]), kept)
        return _key(row) if row and same else None

    async def note_use(self, key: ApiKey, at: datetime) -> None:
        """Note that a key was used; at most once a minute, so that a busy one writes no row each time."""
        if key.last_used_at and at - key.last_used_at < _NOTED_EVERY:
            return
        c = api_keys.c
        lately = or_(c.last_used_at.is_(None), c.last_used_at <= at - _NOTED_EVERY)
        async with self._engine.begin() as connection:
            await connection.execute(
                update(api_keys).where(c.id == key.id, lately).values(last_used_at=at)
            )


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _key(row: AnyRow) -> ApiKey:
    return read(ApiKey, row, scopes=tuple(row.scopes))
