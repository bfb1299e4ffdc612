"""Waiting for what comes next in the feed: one look at the register each half second, however many wait."""

import asyncio
import contextlib
from collections import Counter

from sqlalchemy.exc import SQLAlchemyError

from db.feed import Cursor, Feed

MOST = 100
"""Maximum calls that wait; a further one is answered 503 at once."""
MOST_OF_ONE = 25
"""Maximum of one key, so that calls of other keys can wait as well."""
_LOOK_SECONDS = 0.5


class Arrivals:
    """Looks for news on behalf of all calls of one app that wait."""

    def __init__(self) -> None:
        self._feed: Feed | None = None
        self._end: Cursor | None = None
        self._news = asyncio.Event()
        self._waiting = 0
        self._of_key: Counter[str] = Counter()
        self._looking: asyncio.Task[None] | None = None
        self._stopped = False

    async def beyond(
        self, feed: Feed, position: int, seconds: float, key_id: str = ""
    ) -> Cursor | None:
        """The feed's end as soon as it lies beyond a position; None when it has not within that time.

        None at once when too many wait already, or too many of this key.
        """
        if self._waiting >= MOST or self._of_key[key_id] >= MOST_OF_ONE or self._stopped:
            return None
        self._feed = feed
        self._waiting += 1
        self._of_key[key_id] += 1
        try:
            if self._looking is None or self._looking.done():
                self._end = None  # what was seen before may be of another register by now
                self._looking = asyncio.create_task(self._look())
            async with asyncio.timeout(seconds):
                while self._end is None or self._end.position <= position:
                    await self._news.wait()
                    if self._stopped:
                        return None
                return self._end
        except TimeoutError:
            return None
        finally:
            self._waiting -= 1
            self._of_key[key_id] -= 1
            if not self._of_key[key_id]:
                del self._of_key[key_id]

    def stop(self) -> None:
        """Let all who wait be answered now: the service stops."""
        self._stopped = True
        self._news.set()

    async def _look(self) -> None:
        while self._waiting and self._feed and not self._stopped:
            # A register that is away is told to whoever asks next; a wait just goes on.
            with contextlib.suppress(SQLAlchemyError, OSError, TimeoutError):
                self._end = await self._feed.end()
                news, self._news = self._news, asyncio.Event()
                news.set()
            await asyncio.sleep(_LOOK_SECONDS)
