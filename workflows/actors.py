"""Who says something, in whose place, and on which documents."""

from workflows.model import Day, Identifier, Message, Name, Sha256
from workflows.vocabulary import District, Role


class Substitution(Message):
    """In whose place a substitute acts, and for which days, both included (Beijing time)."""

    principal_id: Identifier
    first_day: Day
    last_day: Day


class Actor(Message):
    """Who says something: an id, the role taken, the organisation; district staff also their district.

    A substitute acts under their own id, and names the principal in `acting_for`.
    """

    id: Identifier
    role: Role
    organisation: Name
    district: District | None = None
    acting_for: Substitution | None = None


class Document(Message):
    """A document that is named and hashed; the file itself stays where it is kept."""

    name: Name
    sha256: Sha256
