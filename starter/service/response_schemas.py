"""JSON Schemas of what goes in and out, made from the models themselves.

Routes name a model where they are declared. All of them are made into schemas at once, because a model
may look different when it is said (a default may be left out) and when it is answered.
"""

from typing import Annotated, Any, Literal, Union

from pydantic import Field, TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from workflows.decisions import MODELS
from workflows.vocabulary import Kind

SAID: Literal["validation"] = "validation"
ANSWERED: Literal["serialization"] = "serialization"

AnyDecision: Any = Annotated[
    Union[tuple(model for kind, model in MODELS.items() if kind is not Kind.BRINGING_IN)],  # noqa: UP007
    Field(discriminator="kind"),
]
"""Any decision that is sent by itself; the kind says which."""

_PLACE = "#/to-be-made/"
_named: dict[tuple[str, JsonSchemaMode], TypeAdapter[Any]] = {}


def schema(kind: Any, mode: JsonSchemaMode, name: str = "") -> dict[str, str]:
    """A reference to the schema of a type, which `made` replaces by the schema itself."""
    known = name or getattr(kind, "__name__", repr(kind))
    _named.setdefault((known, mode), TypeAdapter(kind))
    return {"$ref": f"{_PLACE}{mode}/{known}"}


def made(document: Any) -> tuple[Any, dict[str, Any]]:
    """A document with its schemas in place, and the definitions to which they refer."""
    schemas, definitions = TypeAdapter.json_schemas(
        [(name, mode, adapter) for (name, mode), adapter in _named.items()],
        ref_template="#/components/schemas/{model}",
    )
    places = {f"{_PLACE}{mode}/{name}": made for (name, mode), made in schemas.items()}
    return _replaced(document, places), definitions.get("$defs", {})


def _replaced(part: Any, places: dict[str, Any]) -> Any:
    if isinstance(part, dict):
        if set(part) == {"$ref"} and part["$ref"] in places:
            return places[part["$ref"]]
        return {name: _replaced(value, places) for name, value in part.items()}
    if isinstance(part, list):
        return [_replaced(value, places) for value in part]
    return part
