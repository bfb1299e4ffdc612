"""A share for each key: one alone never takes all the places of calls, whatever its owner does."""

from collections import Counter
from collections.abc import MutableMapping
from typing import Any

AT_ONCE_PER_KEY = 128
"""So many calls of one key are answered at the same time, of 256 in all."""
NOBODY = ""
"""The one share of all calls that show no key."""
_NAME = "share_of"


class Shares:
    """Calls that are being answered, by key."""

    def __init__(self, at_once: int = AT_ONCE_PER_KEY) -> None:
        """Nobody calls yet."""
        self._at_once = at_once
        self._now: Counter[str] = Counter()

    def take(self, state: MutableMapping[str, Any], key_id: str) -> bool:
        """Count a call (its scope's `state`) as one of a key's; False when the key has its share already."""
        if _NAME in state:
            return True
        if self._now[key_id] >= self._at_once:
            return False
        self._now[key_id] += 1
        state[_NAME] = key_id
        return True

    def give_back(self, state: MutableMapping[str, Any]) -> None:
        """The call has been answered."""
        key_id = state.pop(_NAME, None)
        if key_id is not None:
            self._now[key_id] -= 1
            if self._now[key_id] <= 0:
                del self._now[key_id]
