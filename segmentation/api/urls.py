"""Addresses under /api/v1/."""

from django.urls import path

from segmentation.api.own import OwnSegmentItem, OwnSegmentMembers, OwnSegments, SegmentPreview
from segmentation.api.views import SegmentFlows, SegmentMembers, Segments

urlpatterns = [
    path("segments", Segments.as_view(), name="api-segments"),
    path("segments/own", OwnSegments.as_view(), name="api-own-segments"),
    path("segments/preview", SegmentPreview.as_view(), name="api-segment-preview"),
    path("segments/own/<uuid:own_segment_id>", OwnSegmentItem.as_view(), name="api-own-segment"),
    path(
        "segments/own/<uuid:own_segment_id>/members",
        OwnSegmentMembers.as_view(),
        name="api-own-segment-members",
    ),
    path("segments/flows", SegmentFlows.as_view(), name="api-segment-flows"),
    path("segments/<str:segment>/members", SegmentMembers.as_view(), name="api-segment-members"),
]
