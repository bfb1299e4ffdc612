"""The decisions that a case waits for. Apart from the state, so that readers need not load whole cases."""

from workflows.model import Record
from workflows.vocabulary import Role


class Awaited(Record):
    """What is awaited now, from whom, by which rule."""

    kind: str
    role: Role
    rule: str
