"""JSON that people hand in: what says something twice, or is no JSON, is told and not guessed at."""

import pytest

from starter.errors import BadInput
from starter.tables.strict_json import as_object, strict_loads


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"outcome": "recommended", "outcome": "declined"}', "'outcome' stands twice"),
        ('{"actor": {"id": "a", "id": "b"}}', "'id' stands twice"),
        ('{"score": NaN}', "NaN is no JSON number"),
        ('{"score": -Infinity}', "-Infinity is no JSON number"),
        ("{", "Expecting property name"),
    ],
)
def test_what_is_told(text: str, why: str) -> None:
    """In a file of one message, in a line of many, and in a cell: the same words."""
    with pytest.raises(BadInput, match=f"decision.json is not JSON: .*{why}"):
        as_object(text, "decision.json")


def test_what_is_fine() -> None:
    """The same name in two objects, and everything else that JSON has."""
    data = {"a": {"id": 1.5}, "b": [{"id": None}, {"id": True}]}
    assert data == strict_loads('{"a": {"id": 1.5}, "b": [{"id": null}, {"id": true}]}')
