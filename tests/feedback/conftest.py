"""A shop with a survey, and people who buy there."""

from datetime import timedelta

import pytest

from core.tenancy import acting_for
from customers.operations import (
    CustomerHint,
    NewLine,
    NewPurchase,
    NewTender,
    record_purchases,
    record_return,
)
from feedback.models import Response, Survey, SurveyInvitation
from feedback.operations import answer_survey, sweep
from feedback.queries import token_for
from messaging.models import Message

MOBILE = "09121234567"
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class Shop:
    """Sells, asks, gets answers."""

    def __init__(self, business, as_role):
        self.business = business
        self.as_role = as_role
        self.sold = 0

    def purchase(self, mobile=MOBILE, **changes):
        self.sold += 1
        fields = {
            "external_id": f"inv-{self.sold}",
            "channel": "pos",
            "customer": CustomerHint(mobile=mobile, name="سارا محمدی") if mobile else None,
            "lines": (NewLine(unit_price_rial=450_000, quantity=2, name="لاته"),),
            "tenders": (NewTender(method="cash", amount_rial=900_000),),
        }
        return NewPurchase(**fields | changes)

    def sell(self, now, *purchases, mobile=MOBILE, **changes):
        with acting_for(self.business.id):
            return record_purchases(
                purchases=purchases or [self.purchase(mobile, **changes)], source="api", now=now
            )

    def sell_one(self, now, **changes):
        (outcome,) = self.sell(now, **changes)
        assert outcome.error is None
        return outcome

    def refund(self, outcome, now):
        with acting_for(self.business.id):
            return record_return(
                purchase_id=outcome.purchase_id,
                external_id=f"r-{outcome.purchase_id}",
                amount_rial=900_000,
                source="api",
                now=now,
            )

    def survey(self, **changes):
        with acting_for(self.business.id):
            Survey.objects.update(**changes)
            return Survey.objects.order_by("position").first()

    def invitations(self):
        with acting_for(self.business.id):
            return list(SurveyInvitation.objects.order_by("created_at", "id"))

    def invitation(self):
        (only,) = self.invitations()
        return only

    def token(self, invitation=None):
        return token_for(self.business.id, (invitation or self.invitation()).id)

    def sweep(self, now):
        with self.as_role("vafa_worker"):
            return sweep(now=now)

    def answer(self, now, score=9, comment="", invitation=None):
        with acting_for(self.business.id):
            return answer_survey(
                token=self.token(invitation), score=score, comment=comment, now=now
            )

    def rows(self, model):
        with acting_for(self.business.id):
            return list(model.objects.order_by("id"))

    def messages(self):
        return self.rows(Message)

    def responses(self):
        return self.rows(Response)


@pytest.fixture
def shop(business, as_role) -> Shop:
    return Shop(business, as_role)
