"""Values that programs stumble over."""

from random import Random
from typing import Any

TEXTS = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "\ud800",
    "ok\udfff",
    "\u202eexe.fdp",
    "a\u200bb\u2060c",
    "⽔质⼯业",  # Kangxi radicals that look like the usual characters
    "区\ufe0f推\u00ad荐",
    "＝1＋1",
    '=HYPERLINK("http://127.0.0.1")',
    "'; DROP TABLE log_entries; --",
    "platform:'st\"-bad",
    "../../etc/passwd",
    "%00%0a%0d",
    "{{7*7}}${7*7}<script>alert(1)</script>",
    "\r\nX-Injected: 1",
    "\x1b]0;title\x07\x1b[2J",
    "NaN",
    "null",
    "-1",
    "1e400",
    "2026-02-30",
    "0000-00-00",
    "9999-12-31",
    "2026-11-29T25:61:61Z",
    "٣٤",
    "𝟙𝟚",
    "e\u0301" * 40,
    "\ufeffbom",
    "\u2028\u2029",
    "李" * 201,
    "x" * 5_001,
    "🀄" * 1_001,
)
NUMBERS: tuple[Any, ...] = (
    0,
    -1,
    1,
    2**31,
    2**53 + 1,
    2**63,
    2**64,
    -(2**63) - 1,
    10**400,
    0.1,
    -0.0,
    1e308,
    5e-324,
    float("nan"),
    float("inf"),
    float("-inf"),
)
_LENGTHS = (9_000, 70_000, 300_000, 600_000)


def text(random: Random) -> str:
    """An odd text; now and then a very long one."""
    if random.random() < 0.02:
        return random.choice("x李\u200b") * random.choice(_LENGTHS)
    if random.random() < 0.2:
        letters = (chr(random.choice(_PLANES)(random)) for _ in range(random.randint(1, 30)))
        return "".join(letters)
    return random.choice(TEXTS)


_PLANES = (
    lambda random: random.randrange(0x20),
    lambda random: random.randrange(0x20, 0x7F),
    lambda random: random.randrange(0x80, 0x800),
    lambda random: random.randrange(0x2000, 0x2070),
    lambda random: random.randrange(0x2E80, 0x9FFF),
    lambda random: random.randrange(0xD800, 0xE000),
    lambda random: random.randrange(0x1F300, 0x1FAFF),
)


def deep(random: Random) -> Any:
    """A value that nests deeply."""
    depth = random.choice((20, 120, 600))
    value: Any = text(random)[:50]
    for _ in range(depth):
        value = [value] if random.random() < 0.5 else {"a": value}
    return value


def value(random: Random) -> Any:
    """Any odd JSON value."""
    kind = random.randrange(8)
    if kind < 3:
        return text(random)
    if kind < 5:
        return random.choice(NUMBERS)
    if kind == 5:
        return deep(random)
    return random.choice((None, True, False, [], {}, [[]], [None] * 60, {"": ""}))
