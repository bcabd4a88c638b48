"""Addresses under /api/v1/."""

from django.urls import path

from segmentation.api.views import SegmentFlows, SegmentMembers, Segments

urlpatterns = [
    path("segments", Segments.as_view(), name="api-segments"),
    path("segments/flows", SegmentFlows.as_view(), name="api-segment-flows"),
    path("segments/<str:segment>/members", SegmentMembers.as_view(), name="api-segment-members"),
]
