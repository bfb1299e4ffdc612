"""A client that asks once more: in the demo workers may be killed while they are asked."""

from typing import Any

from starter.client.temporal_client import PingtaiClient
from starter.errors import Unreachable
from workflows.decision import Decision
from workflows.states import Receipt


class PatientClient(PingtaiClient):
    """Asks once more: a worker that was killed leaves a question waiting for it until it times out."""

    async def decide(self, platform_id: str, decision: Decision | dict[str, Any]) -> Receipt:
        """Send a decision; the same once more where no answer came: it is never taken twice."""
        try:
            return await super().decide(platform_id, decision)
        except Unreachable:
            return await super().decide(platform_id, decision)
