"""Addresses under /api/v1/."""

from django.urls import URLPattern, path

from payments.api.payments import PaymentCancellation, PaymentItem, PaymentReversal, Payments

urlpatterns: list[URLPattern] = [
    path("payments", Payments.as_view(), name="api-payments"),
    path("payments/<uuid:payment_id>", PaymentItem.as_view(), name="api-payment"),
    path(
        "payments/<uuid:payment_id>/cancel",
        PaymentCancellation.as_view(),
        name="api-payment-cancel",
    ),
    path(
        "payments/<uuid:payment_id>/reverse",
        PaymentReversal.as_view(),
        name="api-payment-reverse",
    ),
]
