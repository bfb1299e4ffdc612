"""A decision is read in the order of its form, whatever order its parts are kept in."""

from typing import Any

import pytest

from starter.commands.forms_by_kind import FORMS
from starter.commands.guided.summary import rows_of
from tests.rules.builders import decision
from workflows.vocabulary import Kind

KINDS = (Kind.EVALUATION, Kind.REASSESSMENT, Kind.INSPECTION)


def _as_kept(value: Any) -> Any:
    """Return a value as PostgreSQL keeps it in jsonb: shorter names of parts come first."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: (len(name), name))
        return {name: _as_kept(value[name]) for name in names}
    return [_as_kept(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_what_is_countersigned_is_read_in_the_order_of_the_form(kind: Kind) -> None:
    """The findings come from the register, whose order is its own."""
    form, asked = FORMS[kind], decision(kind, "d-1", "2026-05-06")
    kept = _as_kept(asked)
    assert list(kept["findings"]) != list(asked["findings"])
    assert rows_of(form, kept, kept) == rows_of(form, asked, asked)
    [part] = [one for one in form.parts if one.field == "findings"]
    [row] = [one for one in rows_of(form, kept, kept) if one.part == "findings"]
    words = [one.replace("_", " ") for one in part.vocabulary]
    places = [str(row.value).index(one) for one in words]
    assert places == sorted(places)
