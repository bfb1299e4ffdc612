"""What an authority stamps and a witness signs of a digest: four lines that people and any program can read.

    pingtai-digest/1
    day 2026-05-01
    root 3f0c…
    previous 91ab…

The root alone stands for all of it: its first leaf says the day and the root before.
"""

import re
from datetime import date

from audit.anchoring.digests import Digest

NAMESPACE = "pingtai-digest"
"""What a witness's signature is for, in OpenSSH's words: it counts for nothing else."""
_FORM = re.compile(
    rb"pingtai-digest/1\nday (\d{4}-\d\d-\d\d)\nroot ([0-9a-f]{64})\nprevious ([0-9a-f]{64})\n"
)
LARGEST = 256
"""No statement has more bytes."""


def statement(day: date, root: str, previous: str) -> bytes:
    return f"{NAMESPACE}/1\nday {day}\nroot {root}\nprevious {previous}\n".encode()


def statement_of(digest: Digest) -> bytes:
    """Return the statement of a digest, to the byte."""
    return statement(digest.day, digest.root, digest.previous)


def read_statement(content: bytes) -> tuple[date, str, str] | None:
    """Return the day, the root and the root before; None when it is no statement."""
    found = _FORM.fullmatch(content)
    if found is None:
        return None
    day, root, previous = (part.decode() for part in found.groups())
    try:
        return date.fromisoformat(day), root, previous
    except ValueError:
        return None
