"""Who answers a survey is thanked with points, whatever the answer (C065)."""

import pytest
from django.utils import timezone

from core.tenancy import acting_for
from loyalty.enums import CapSpan
from loyalty.enums.engagement import EngagementKind
from loyalty.models import Engagement
from loyalty.operations.engagement import NewEngagementRule, offer_points
from outbox.operations import deliver_due
from tests.feedback.conftest import HOUR

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("score", [1, 10])
def test_an_answer_gives_points_whatever_it_says_and_once(shop, as_role, score):
    now = timezone.now()
    with acting_for(shop.business.id):
        new = NewEngagementRule(
            kind=EngagementKind.SURVEY, points=5, most_times=1, span=CapSpan.MONTH
        )
        offer_points(new=new, actor=None, now=now)
    outcome = shop.sell_one(now)
    response = shop.answer(now + HOUR, score=score)
    with as_role("vafa_worker"):
        for _again in range(2):
            while deliver_due(now=now + 2 * HOUR):
                pass
    [row] = shop.rows(Engagement)
    assert (row.customer_id, row.points) == (outcome.customer_id, 5)
    assert row.reference == str(response.id)
