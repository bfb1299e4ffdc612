"""Webhooks that integrators subscribe to: what is on its way, and the workflow that keeps delivering.

A subscription follows the feed of events (`db/feed.py`) from a position of its own. No case waits for it.
"""

from pydantic import Field
from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.cloud_events import Event
    from workflows.contract import DELIVER_EVENTS, SUBSCRIPTIONS_TYPE
    from workflows.delivery_workflow import keep_delivering
    from workflows.model import Instant, Record


class Numbered(Record):
    """An event at its place in the feed."""

    position: int
    event: Event


class Parcel(Record):
    """The next events for one subscription, which nobody else sends as long as the lease holds."""

    subscription: str
    url: str
    secrets: tuple[str, ...] = Field(repr=False)
    """Each signs: the newest, and while it is being changed the one before."""
    position: int
    """All up to here is through."""
    attempts: int
    """At the next event, before this one."""
    events: tuple[Numbered, ...]
    through: int
    """Up to here nothing more is wanted: the filter left out what else there is."""
    held_until: Instant
    """Identifies the lease: whoever took it since has another."""


@workflow.defn(name=SUBSCRIPTIONS_TYPE)
class EventDeliveryWorkflow:
    """Delivers events to subscriptions for as long as the system runs; one for all workers."""

    @workflow.run
    async def run(self) -> None:
        await keep_delivering(DELIVER_EVENTS)
