"""Looking at what is to be signed of an application, before it is handed in."""

from typing import Any, NoReturn

from starter.client.interface import ToSign


class Looked(Exception):
    """What is to be signed was seen, and nothing was sent; None: there is nothing."""

    def __init__(self, form: ToSign | None) -> None:
        super().__init__()
        self.form = form


class Look:
    """In place of what signs (`interface.Sign`): nothing is signed, and nothing sent."""

    async def __call__(self, form: ToSign) -> dict[str, Any]:
        raise Looked(form)

    def nothing(self) -> NoReturn:
        """End the look: there is nothing to sign."""
        raise Looked(None)
