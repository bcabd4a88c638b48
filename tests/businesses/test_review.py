"""The doors: staff sign in where failures are counted and the second factor is asked for."""

import secrets

import pytest
from django.test import Client

from businesses.models import User

pytestmark = pytest.mark.django_db


def test_staff_sign_in_at_the_one_door_that_counts(client):
    User.objects.create_user("staff@example.com", "long-password-1", is_staff=True)
    asked = client.post(
        "/admin/login/", {"username": "staff@example.com", "password": "long-password-1"}
    )
    assert asked.status_code == 302
    assert asked["Location"].startswith("/accounts/login/")
    assert "_auth_user_id" not in client.session


def test_signing_up_is_limited_by_address(settings):
    settings.ACCOUNT_RATE_LIMITS = {"signup": "2/m/ip"}
    browser = Client(REMOTE_ADDR=f"2001:db8::{secrets.token_hex(2)}")
    said = [browser.post("/signup/", {"login": "a@example.com"}).status_code for _ in range(3)]
    assert said == [422, 422, 429]
