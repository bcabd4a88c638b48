"""Addresses of the pages beside the eleven segments: ready-made, own, fit, accounts, measures."""

from typing import Final

from django.urls import URLPattern, path

from dashboard.web import (
    accounts,
    awaited,
    fit,
    lifecycle,
    measures,
    named_segments,
    own_segments,
    priorities,
    segment_flows,
    segment_scale,
)

PAGES: Final[list[URLPattern]] = [
    path("segments/named/", named_segments.listing, name="named-segments"),
    path("segments/named/<slug:key>/", named_segments.shown, name="named-segment"),
    path("segments/fit/", fit.fit, name="fit"),
    path("segments/accounts/", accounts.accounts, name="accounts"),
    path("segments/awaited/", awaited.awaited_page, name="awaited"),
    path("segments/lifecycle/", lifecycle.lifecycle_page, name="lifecycle"),
    path("segments/priorities/", priorities.priorities_page, name="priorities"),
    path("measures/", measures.measures, name="measures"),
    path("measures/<uuid:measure_id>/", measures.measure, name="measure"),
    path("measures/<uuid:measure_id>/decide/", measures.measure_decide, name="measure-decide"),
    path("measures/<uuid:measure_id>/appeal/", measures.measure_appeal, name="measure-appeal"),
    path("measures/<uuid:measure_id>/answer/", measures.measure_answer, name="measure-answer"),
    path("measures/<uuid:measure_id>/lift/", measures.measure_lift, name="measure-lift"),
    path("customers/<uuid:customer_id>/measures/new/", measures.measure_new, name="measure-new"),
    path("segments/own/", own_segments.listing, name="own-segments"),
    path("segments/own/new/", own_segments.new, name="own-segment-new"),
    path("segments/own/row/", own_segments.condition_row, name="own-segment-row"),
    path("segments/own/tried/", own_segments.tried, name="own-segment-tried"),
    path(
        "segments/own/tried/<uuid:customer_id>/",
        own_segments.tried_on,
        name="own-segment-tried-on",
    ),
    path(
        "segments/own/<uuid:own_segment_id>/why/<uuid:customer_id>/",
        own_segments.explained,
        name="own-segment-why",
    ),
    path("segments/own/<uuid:own_segment_id>/", own_segments.shown, name="own-segment"),
    path("segments/own/<uuid:own_segment_id>/edit/", own_segments.edit, name="own-segment-edit"),
    path("segments/own/<uuid:own_segment_id>/close/", own_segments.close, name="own-segment-close"),
    path("segments/flows/", segment_flows.flows, name="segment-flows"),
    path("segments/scale/", segment_scale.scale, name="segment-scale"),
]
