"""PINGTAI_WEBHOOK_HOSTS: where webhooks of subscriptions may lead. Read by the service and by workers."""

import os

from activities.channels.destinations import PUBLIC, Destinations, NotAllowed, destinations_of
from starter.errors import BadInput

VARIABLE = "PINGTAI_WEBHOOK_HOSTS"


def configured_destinations() -> Destinations:
    """What the environment allows; by itself all public addresses, by TLS.

    Raises:
        BadInput: a word of the variable makes no sense.
    """
    try:
        return destinations_of(os.environ.get(VARIABLE, "").strip() or PUBLIC)
    except NotAllowed as error:
        raise BadInput(f"{VARIABLE}: {error.en}", f"{VARIABLE}：{error.zh}") from None
