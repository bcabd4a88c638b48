"""Addresses under /api/v1/."""

from django.urls import URLPattern, path

from webhooks.api.endpoints import (
    WebhookEndpointItem,
    WebhookEndpointReplay,
    WebhookEndpoints,
    WebhookEndpointSecret,
    WebhookEndpointTest,
)
from webhooks.api.messages import WebhookMessageReplay, WebhookMessages

_ONE = "webhook-endpoints/<uuid:webhook_endpoint_id>"

urlpatterns: list[URLPattern] = [
    path("webhook-endpoints", WebhookEndpoints.as_view(), name="api-webhook-endpoints"),
    path(_ONE, WebhookEndpointItem.as_view(), name="api-webhook-endpoint"),
    path(f"{_ONE}/secret", WebhookEndpointSecret.as_view(), name="api-webhook-secret"),
    path(f"{_ONE}/test", WebhookEndpointTest.as_view(), name="api-webhook-test"),
    path(f"{_ONE}/replay", WebhookEndpointReplay.as_view(), name="api-webhook-replay"),
    path("webhook-messages", WebhookMessages.as_view(), name="api-webhook-messages"),
    path(
        "webhook-messages/<uuid:webhook_message_id>/replay",
        WebhookMessageReplay.as_view(),
        name="api-webhook-message-replay",
    ),
]
