"""What a case awaits. It stands apart from the state: whoever only names it needs no whole case."""

from workflows.model import Record
from workflows.vocabulary import Role


class Awaited(Record):
    """What is awaited now, from whom, by which rule."""

    kind: str
    role: Role
    rule: str
