"""Addresses of the page of levels and rewards."""

from django.urls import URLPattern, path

from dashboard.web.levels import levels, reward_offer, reward_withdraw

urlpatterns: list[URLPattern] = [
    path("", levels, name="levels"),
    path("rewards/", reward_offer, name="reward-offer"),
    path("rewards/<uuid:reward_id>/withdraw/", reward_withdraw, name="reward-withdraw"),
]
