"""The board of stages (C037)."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.tenancy import acting_for
from segmentation.operations import refresh_named_segments, score_business

PATH = "segments/lifecycle/"


def test_the_board(shop, owner_client, client_as, text_of):
    """C037: teaches when empty, then every stage; the same cost for one customer and three."""
    assert "شب پیدایشان می‌کند" in text_of(owner_client.get(shop.url(PATH)))
    counts = []
    for people in (1, 3):
        shop.sell_to(people)
        with acting_for(shop.business.id):
            score_business(now=timezone.now())
            refresh_named_segments(now=timezone.now())
        owner_client.get(shop.url(PATH))
        with CaptureQueriesContext(connection) as queries:
            response = owner_client.get(shop.url(PATH))
        counts.append(len(queries))
    assert counts[0] == counts[1]
    stages = response.context["stages"]
    assert len(stages) == 8
    assert sum(one["customers"] for one in stages) == 3
    page = text_of(response)
    assert "مراحل عمر مشتری" in page
    assert "بدون کمپین در نود روز گذشته" in page
    assert client_as("cashier").get(shop.url(PATH)).status_code == 403
