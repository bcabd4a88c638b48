"""What an Endpoint tells the OpenAPI document about itself."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from pydantic import BaseModel, ConfigDict

# Registers itself with the library.
import core.api.models  # noqa: F401


class ProblemOut(BaseModel):
    """application/problem+json (RFC 9457)."""

    model_config = ConfigDict(title="Problem")

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: dict[str, list[str]] | None = None


class EndpointSchema(AutoSchema):
    """Reads bodies and answers from the endpoint's own attributes."""

    def get_request_serializer(self) -> Any:
        """Return the body model of the method."""
        return getattr(self.view, "body", {}).get(self.method)

    def get_response_serializers(self) -> Any:
        """Return the answer model of the method, and the problem document."""
        answer = getattr(self.view, "answer", {}).get(self.method, OpenApiTypes.OBJECT)
        status = getattr(self.view, "answer_status", {}).get(self.method, 200)
        problem = OpenApiResponse(ProblemOut, description="A problem with a stable code")
        return {
            status: answer,
            ("4XX", "application/problem+json"): problem,
        }

    def get_override_parameters(self) -> list[Any]:
        """Add the idempotency header to POSTs and the filters to GETs."""
        parameters: list[Any] = list(super().get_override_parameters())
        if self.method == "GET":
            filters: dict[str, str] = dict(getattr(self.view, "filters", {}))
            parameters += [
                OpenApiParameter(name, str, OpenApiParameter.QUERY, description=about)
                for name, about in filters.items()
            ]
        if self.method == "POST":
            parameters.append(
                OpenApiParameter(
                    "Idempotency-Key",
                    str,
                    OpenApiParameter.HEADER,
                    description="Same key and body: the same answer again.",
                )
            )
        return parameters

    def get_tags(self) -> list[str]:
        """Group by the first part of the path after the version."""
        parts = self.path.removeprefix("/api/v1/").split("/")
        return [parts[0]]

    def get_operation_id(self) -> str:
        """Name the operation by method and path."""
        words = [part.strip("{}") for part in self.path.removeprefix("/api/v1/").split("/") if part]
        return "_".join([self.method.lower(), *words]).replace("-", "_")
