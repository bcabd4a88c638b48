"""Addresses of the pages about whose a profile or a purchase is."""

from typing import Final

from django.urls import URLPattern, path

from dashboard.web import disputes, same

PAGES: Final[list[URLPattern]] = [
    path("customers/same/", same.same_people, name="same-people"),
    path(
        "customers/same/<uuid:merge_suggestion_id>/decide/",
        same.same_decide,
        name="same-decide",
    ),
    path(
        "customers/merges/<uuid:customer_merge_id>/undo/",
        same.merge_undo,
        name="merge-undo",
    ),
    path("customers/disputes/", disputes.disputes, name="disputes"),
    path(
        "customers/disputes/<uuid:purchase_dispute_id>/decide/",
        disputes.dispute_decide,
        name="dispute-decide",
    ),
]
