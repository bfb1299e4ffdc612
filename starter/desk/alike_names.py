"""Whether the names of two bodies are alike, though the rules hold them for two: what is asked about."""

from starter.desk.traditional_characters import SIMPLIFIED
from workflows.name_comparison import name_key, part_of

_SHORTEST = 4
_FORMS = (
    "集团股份有限公司",
    "集团有限公司",
    "股份有限公司",
    "有限公司",
    "集团公司",
    "集团",
    "公司",
    "有限合伙",
    "coltd",
    "ltd",
    "inc",
    "corp",
    "co",
)
"""Legal forms at the end of a name, as names are compared; the longest first."""


def alike(organisation: str, body: str) -> bool:
    """Return whether an organisation may be a body, or a department of it, by another name.

    In traditional characters, with another legal form or none, or with its place elsewhere in it: as
    红光（北京）酒业有限公司 and 北京红光酒业有限公司, which no registry would let stand side by side.
    """
    if part_of(organisation, body):
        return False
    one, other = _core(organisation), _core(body)
    if min(len(one), len(other)) < _SHORTEST:
        return False
    return one.startswith(other) or sorted(one) == sorted(other)


def _core(name: str) -> str:
    """Return a name in simplified characters without its legal form."""
    key = name_key(name_key(name).translate(SIMPLIFIED))
    return next((key.removesuffix(form) for form in _FORMS if key.endswith(form)), key)
