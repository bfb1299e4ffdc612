"""PINGTAI_WEBHOOK_HOSTS: where webhooks of subscriptions may lead. Read by the service and by workers."""

import os

from activities.channels.destinations import (
    PUBLIC,
    Destinations,
    ForbiddenDestination,
    destinations_of,
)
from starter.errors import BadInput

VARIABLE = "PINGTAI_WEBHOOK_HOSTS"


def configured_destinations() -> Destinations:
    """What the environment allows; by itself all public addresses, by TLS.

    Raises:
        BadInput: a word of the variable makes no sense.
    """
    try:
        return destinations_of(os.environ.get(VARIABLE, "").strip() or PUBLIC)
    except ForbiddenDestination as error:
        raise BadInput(error.words.at(VARIABLE)) from None
