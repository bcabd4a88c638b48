"""Addresses of the pages."""

from django.urls import path

from dashboard.web import developers, entry, preferences, settings

app_name = "dashboard"

urlpatterns = [
    path("", entry.front, name="front"),
    path("signup/", entry.signup, name="signup"),
    path("found/", entry.found, name="found"),
    path("theme/", preferences.choose_theme, name="theme"),
    path("b/<slug:slug>/", entry.enter, name="enter"),
    path("b/<slug:slug>/developers/", developers.developers, name="developers"),
    path("b/<slug:slug>/settings/", settings.settings, name="settings"),
]
