"""List filters for Temporal's visibility: the one place that puts a word into a query.

The filter language cannot express every workflow id. What its stores do with a quote, a backslash, a
question mark or a control character differs, and some cannot be queried for at all: NUL breaks off the
SQL on SQLite, `?` on PostgreSQL (temporalio/temporal#11797). Anybody may start a workflow under any id.
So a filter narrows as far as the language is safe, and whoever lists compares the ids themselves.
"""

import re
from collections.abc import AsyncIterator, Iterable

from temporalio.client import Client, WorkflowExecution

_SAFE = re.compile(r"[A-Za-z0-9._:/@ +-]*")
"""What every store takes between quotes as it stands."""


def quoted(word: str) -> str:
    """Quote a word for a list filter.

    Raises:
        ValueError: the filter language has no safe way to write it.
    """
    if not _SAFE.fullmatch(word):
        raise ValueError(f"{word!r} cannot be written in a list filter")
    return f"'{word}'"


def named(workflow_id: str, *, children: bool = False) -> str:
    """Narrow a list to a workflow id, with `children` also to the ids that go on from it with a colon.

    Where the id cannot be written it narrows to what can be: whoever lists compares the ids.
    """
    safe = _SAFE.match(workflow_id)
    beginning = safe.group() if safe else ""
    if beginning != workflow_id:
        return f"WorkflowId STARTS_WITH {quoted(beginning)}"
    exactly = f"WorkflowId = {quoted(workflow_id)}"
    if not children:
        return exactly
    return f"({exactly} OR WorkflowId STARTS_WITH {quoted(workflow_id + ':')})"


def any_type(types: Iterable[str]) -> str:
    """Narrow a list to workflows of these types."""
    return "(" + " OR ".join(f"WorkflowType = {quoted(kind)}" for kind in types) + ")"


async def runs_of(
    client: Client, workflow_id: str, narrowed: str = "", *, children: bool = False
) -> AsyncIterator[WorkflowExecution]:
    """The runs of exactly this id (and its children's) that visibility knows, the newest first.

    `narrowed` is one more filter.
    """
    query = " AND ".join(filter(None, (named(workflow_id, children=children), narrowed)))
    async for run in client.list_workflows(query):
        if run.id == workflow_id or (children and run.id.startswith(f"{workflow_id}:")):
            yield run
