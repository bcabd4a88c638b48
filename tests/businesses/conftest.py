"""Staff and their browser."""

import pytest
from django.test import Client

from businesses.models import User


@pytest.fixture
def staff(db):
    return User.objects.create_superuser("staff@example.com", "long-password-1", name="پشتیبان")


@pytest.fixture
def staff_client(staff):
    client = Client()
    client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    return client
