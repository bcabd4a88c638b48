"""Addresses under /api/v1/."""

from django.urls import URLPattern, path

from businesses.api.settings import Settings

urlpatterns: list[URLPattern] = [path("settings", Settings.as_view(), name="api-settings")]
