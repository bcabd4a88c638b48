"""Addresses under /api/v1/."""

from django.urls import path

from segmentation.api.actions import (
    ActionAssign,
    ActionComplete,
    ActionDismiss,
    TodaysActions,
)
from segmentation.api.awaited import AwaitedCustomers
from segmentation.api.fit import CustomerFitItem, FitCustomers, FitTenths
from segmentation.api.health import CustomerHealth
from segmentation.api.lifecycle import LifecycleReport
from segmentation.api.lifetime import CustomerLifetimeValue, CustomerNextPurchase
from segmentation.api.measures import (
    Suitability,
    SuitabilityAnswer,
    SuitabilityAppeal,
    SuitabilityDecide,
    SuitabilityItem,
)
from segmentation.api.named import (
    CustomerSegments,
    NamedSegmentMembers,
    NamedSegments,
    SegmentQuadrant,
)
from segmentation.api.outlooks import CustomerRetentionScore, Outlooks
from segmentation.api.overview import Overview
from segmentation.api.own import (
    OwnSegmentItem,
    OwnSegmentMember,
    OwnSegmentMembers,
    OwnSegments,
    SegmentPreview,
)
from segmentation.api.priorities import RetentionPriorities
from segmentation.api.repeat import RepeatReport
from segmentation.api.targets import TargetEnd, TargetItem, TargetMove, Targets
from segmentation.api.views import SegmentFlows, SegmentMembers, Segments
from segmentation.api.volumes import ProductVolumes

urlpatterns = [
    path("reports/overview", Overview.as_view(), name="api-overview"),
    path("reports/lifecycle", LifecycleReport.as_view(), name="api-lifecycle"),
    path("reports/repeat-purchase", RepeatReport.as_view(), name="api-repeat-purchase"),
    path("reports/product-volumes", ProductVolumes.as_view(), name="api-product-volumes"),
    path("reports/awaited-customers", AwaitedCustomers.as_view(), name="api-awaited-customers"),
    path("actions/today", TodaysActions.as_view(), name="api-actions"),
    path(
        "actions/<uuid:action_item_id>/complete",
        ActionComplete.as_view(),
        name="api-action-complete",
    ),
    path(
        "actions/<uuid:action_item_id>/dismiss", ActionDismiss.as_view(), name="api-action-dismiss"
    ),
    path("actions/<uuid:action_item_id>/assign", ActionAssign.as_view(), name="api-action-assign"),
    path("targets", Targets.as_view(), name="api-targets"),
    path("targets/<uuid:target_id>", TargetItem.as_view(), name="api-target"),
    path("targets/<uuid:target_id>/move", TargetMove.as_view(), name="api-target-move"),
    path("targets/<uuid:target_id>/end", TargetEnd.as_view(), name="api-target-end"),
    path("segments", Segments.as_view(), name="api-segments"),
    path("segments/named", NamedSegments.as_view(), name="api-named-segments"),
    path("loyalty-index/quadrant", SegmentQuadrant.as_view(), name="api-quadrant"),
    path(
        "segments/named/<str:named>/members",
        NamedSegmentMembers.as_view(),
        name="api-named-segment-members",
    ),
    path(
        "customers/<uuid:customer_id>/segments",
        CustomerSegments.as_view(),
        name="api-customer-segments",
    ),
    path(
        "customers/<uuid:customer_id>/health", CustomerHealth.as_view(), name="api-customer-health"
    ),
    path("fit", FitTenths.as_view(), name="api-fit"),
    path("fit/customers", FitCustomers.as_view(), name="api-fit-customers"),
    path("customers/<uuid:customer_id>/fit", CustomerFitItem.as_view(), name="api-customer-fit"),
    path("suitability", Suitability.as_view(), name="api-suitability"),
    path("suitability/<uuid:measure_id>", SuitabilityItem.as_view(), name="api-suitability-item"),
    path(
        "suitability/<uuid:measure_id>/decide",
        SuitabilityDecide.as_view(),
        name="api-suitability-decide",
    ),
    path(
        "suitability/<uuid:measure_id>/appeal",
        SuitabilityAppeal.as_view(),
        name="api-suitability-appeal",
    ),
    path(
        "suitability/<uuid:measure_id>/answer",
        SuitabilityAnswer.as_view(),
        name="api-suitability-answer",
    ),
    path("retention/priorities", RetentionPriorities.as_view(), name="api-retention-priorities"),
    path("outlooks", Outlooks.as_view(), name="api-outlooks"),
    path(
        "customers/<uuid:customer_id>/retention-score",
        CustomerRetentionScore.as_view(),
        name="api-retention-score",
    ),
    path(
        "customers/<uuid:customer_id>/clv", CustomerLifetimeValue.as_view(), name="api-customer-clv"
    ),
    path(
        "customers/<uuid:customer_id>/next-purchase",
        CustomerNextPurchase.as_view(),
        name="api-customer-next-purchase",
    ),
    path("segments/own", OwnSegments.as_view(), name="api-own-segments"),
    path("segments/preview", SegmentPreview.as_view(), name="api-segment-preview"),
    path("segments/own/<uuid:own_segment_id>", OwnSegmentItem.as_view(), name="api-own-segment"),
    path(
        "segments/own/<uuid:own_segment_id>/members",
        OwnSegmentMembers.as_view(),
        name="api-own-segment-members",
    ),
    path(
        "segments/own/<uuid:own_segment_id>/members/<uuid:customer_id>",
        OwnSegmentMember.as_view(),
        name="api-own-segment-member",
    ),
    path("segments/flows", SegmentFlows.as_view(), name="api-segment-flows"),
    path("segments/<str:segment>/members", SegmentMembers.as_view(), name="api-segment-members"),
]
