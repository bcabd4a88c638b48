"""Addresses of services without a price and of days of the calendar."""

from django.urls import path

from dashboard.web import gifts

urlpatterns = [
    path("benefits/", gifts.benefit_page, name="benefits"),
    path("benefits/<uuid:benefit_id>/close/", gifts.benefit_close, name="benefit-close"),
    path(
        "customers/<uuid:customer_id>/benefits/<uuid:benefit_id>/give/",
        gifts.benefit_give,
        name="benefit-give",
    ),
    path("till/benefit/", gifts.till_benefit, name="till-benefit"),
    path(
        "till/benefit/<uuid:benefit_given_id>/back/",
        gifts.till_benefit_back,
        name="till-benefit-back",
    ),
    path(
        "benefits/given/<uuid:benefit_given_id>/back/",
        gifts.benefit_back,
        name="benefit-back",
    ),
    path("occasions/calendar/", gifts.shared_day_page, name="shared-days"),
    path(
        "occasions/calendar/<uuid:shared_day_id>/cancel/",
        gifts.shared_day_cancel,
        name="shared-day-cancel",
    ),
]
