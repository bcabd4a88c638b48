"""Webhooks in the OpenAPI document: every kind with the shape of its body."""

from typing import Any, Final

from pydantic import BaseModel

from webhooks.queries.kinds import KINDS, TEST
from webhooks.queries.shapes import Tested

_SIGNATURE: Final = (
    "`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`, the key being the secret without"
    " `whsec_`, base64 decoded. After a change of the secret there are two; one that fits will do."
)
_HEADERS: Final = (
    ("webhook-id", "The message's id: the same at every try. Keep those you have seen."),
    ("webhook-timestamp", "Seconds since 1970 of this try. Refuse what is older than minutes."),
    ("webhook-signature", _SIGNATURE),
)
_ABOUT: Final = (
    "Sent at least once, in any order. Answer with 2xx within eight seconds; anything else is tried"
    " again for days."
)


def add_webhooks(result: dict[str, Any], **_about: Any) -> dict[str, Any]:
    """Add what receivers are sent."""
    told: list[tuple[str, type[BaseModel]]] = [(one.name, one.shape) for one in KINDS]
    told.append((TEST, Tested))
    result["webhooks"] = {name: _path(name, shape) for name, shape in told}
    return result


def _path(name: str, shape: type[BaseModel]) -> dict[str, Any]:
    data = shape.model_json_schema()
    about = data.pop("description")
    body = {
        "type": "object",
        "required": ["id", "type", "timestamp", "test", "data"],
        "properties": {
            "id": {"type": "string", "format": "uuid"},
            "type": {"type": "string", "const": name},
            "timestamp": {"type": "string", "format": "date-time"},
            "test": {"type": "boolean", "description": "Of the test copy of the business."},
            "data": data,
        },
    }
    return {
        "post": {
            "operationId": f"webhook_{name.replace('.', '_')}",
            "summary": about,
            "description": _ABOUT,
            "tags": ["webhooks"],
            "parameters": [
                {
                    "in": "header",
                    "name": head,
                    "required": True,
                    "description": what,
                    "schema": {"type": "string"},
                }
                for head, what in _HEADERS
            ],
            "requestBody": {"content": {"application/json": {"schema": body}}, "required": True},
            "responses": {"2XX": {"description": "Received."}},
        }
    }
