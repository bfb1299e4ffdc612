"""Mutations of JSON data and of bytes: what senders get wrong, and what attackers try."""

import copy
from collections.abc import Iterator
from random import Random
from typing import Any

from bench.attack import odd_values

Path = tuple[str | int, ...]


def places(data: Any, at: Path = ()) -> Iterator[Path]:
    """All places in JSON data, the outermost first."""
    yield at
    if isinstance(data, dict):
        for name, inner in data.items():
            yield from places(inner, (*at, name))
    elif isinstance(data, list):
        for number, inner in enumerate(data):
            yield from places(inner, (*at, number))


def mutated(random: Random, data: Any) -> Any:
    """A copy of JSON data with one to three mutations."""
    changed = copy.deepcopy(data)
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        changed = _one(random, changed)
    return changed


def _one(random: Random, data: Any) -> Any:
    where = random.choice(list(places(data)))
    if not where:
        return odd_values.value(random) if random.random() < 0.1 else _widened(random, data)
    *way, last = where
    inner: Any = data
    for step in way:
        inner = inner[step]
    _change(random, inner, last)
    return data


def _change(random: Random, inner: Any, last: Any) -> None:
    """Change one member of an object or list."""
    kind = random.randrange(7)
    if kind == 0:
        del inner[last]
    elif kind == 1:
        inner[last] = odd_values.value(random)
    elif kind == 2:
        inner[last] = odd_values.text(random)
    elif kind == 3:
        inner[last] = _retyped(inner[last])
    elif kind == 4 and isinstance(inner, dict):
        inner[odd_values.text(random)[:80]] = inner.pop(last)
    elif kind == 5 and isinstance(inner, list):
        inner.extend([inner[last]] * random.choice((1, 3, 60)))
    elif isinstance(inner[last], str):
        inner[last] = _spoilt(random, inner[last])
    else:
        inner[last] = [inner[last]]


def _retyped(value: Any) -> Any:
    match value:
        case bool():
            return int(value)
        case str():
            return [value]
        case int() | float():
            return str(value)
        case list():
            return {str(number): inner for number, inner in enumerate(value)}
        case dict():
            return [[name, inner] for name, inner in value.items()]
    return {"value": value}


def _spoilt(random: Random, value: str) -> str:
    """A text with something odd in it."""
    at = random.randint(0, len(value))
    odd = random.choice(("\u200b", "\u202e", "\ud83d", "\x00", "\u00ad", " ", "\ufe0f", "A"))
    return value[:at] + odd + value[at:]


def _widened(random: Random, data: Any) -> Any:
    """One more field, or the whole as something else."""
    if isinstance(data, dict):
        data[random.choice(_FIELDS)] = odd_values.value(random)
        return data
    return [data]


_FIELDS = (
    "carried",
    "state",
    "stage",
    "valid_until",
    "__proto__",
    "hash",
    "term",
    "year",
    "policy",
)


def spoilt_bytes(random: Random, content: bytes, most: int = 6) -> bytes:
    """Bytes with some flipped, cut out, doubled, or cut off."""
    changed = bytearray(content)
    for _ in range(random.randint(1, most)):
        if not changed:
            break
        at = random.randrange(len(changed))
        kind = random.randrange(5)
        if kind == 0:
            changed[at] ^= 1 << random.randrange(8)
        elif kind == 1:
            del changed[at : at + random.randint(1, 40)]
        elif kind == 2:
            changed[at:at] = changed[at : at + random.randint(1, 40)]
        elif kind == 3:
            changed[at:at] = random.randbytes(random.randint(1, 8))
        elif random.random() < 0.3:
            del changed[at:]
    return bytes(changed)
