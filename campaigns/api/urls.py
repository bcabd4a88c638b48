"""Addresses under /api/v1/."""

from django.urls import path

from campaigns.api.winning import AcquisitionVsRetention

urlpatterns = [
    path(
        "reports/acquisition-vs-retention",
        AcquisitionVsRetention.as_view(),
        name="api-acquisition-vs-retention",
    ),
]
