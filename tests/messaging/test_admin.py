"""Staff can look at everything this part of the house keeps."""

import pytest
from django.urls import reverse

from businesses.models import User

TABLES = [
    "messaging_message",
    "messaging_consent",
    "messaging_smsaccount",
    "feedback_survey",
    "feedback_surveyinvitation",
    "feedback_response",
    "campaigns_campaign",
    "campaigns_campaignmember",
]


@pytest.mark.parametrize("table", TABLES)
def test_staff_s_lists_open(business, client, table):
    staff = User.objects.create_superuser("staff@example.com", "long-password-1")
    client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse(f"admin:{table}_changelist"))
    assert page.status_code == 200
