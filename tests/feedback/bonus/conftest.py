"""A team of two, and a month of customers who are asked and answer."""

from datetime import UTC, date, datetime, timedelta

import pytest

from businesses.operations import hire_employee
from core.tenancy import acting_for
from feedback.models import BonusLine, SurveyInvitation
from feedback.operations import answer_survey
from feedback.operations.bonus import NewPlan, freeze_bonuses, set_bonus_plan
from feedback.queries import token_for

MEHR = date(2026, 9, 23)  # 1 Mehr 1405
PLANNED = datetime(2026, 9, 20, 9, tzinfo=UTC)
SOLD = datetime(2026, 9, 25, 9, tzinfo=UTC)
FROZEN = datetime(2026, 11, 1, 9, tzinfo=UTC)
PAYABLE = FROZEN + timedelta(days=8)


class Team:
    """Ali and Mina serve; customers answer."""

    def __init__(self, shop):
        self.shop, self.business, self.people = shop, shop.business, 0
        with acting_for(self.business.id):
            self.ali = hire_employee(code="ali", name="علی", now=PLANNED)
            self.mina = hire_employee(code="mina", name="مینا", now=PLANNED)

    def plan(self, **changes):
        with acting_for(self.business.id):
            new = NewPlan(**{"most_rial": 10_000_000} | changes)
            return set_bonus_plan(new=new, actor=None, now=PLANNED)

    def serve(self, code, n, *, content=0, unhappy=0, **more):
        """Sell to n new people, of whom some answer; return the outcomes."""
        sales = []
        for _place in range(n):
            self.people += 1
            mobile = more.get("mobile", f"0912{self.people:07}")
            sales.append(self.shop.purchase(mobile, employee_code=code))
        sold = self.shop.sell(SOLD, *sales)
        for place, outcome in enumerate(sold):
            score = 10 if place < content else 2 if place < content + unhappy else None
            if score is not None:
                self.answer(outcome, score, **{k: v for k, v in more.items() if k != "mobile"})
        return sold

    def answer(self, outcome, score, **more):
        with acting_for(self.business.id):
            one = SurveyInvitation.objects.get(purchase=outcome.purchase_id)
            token = token_for(self.business.id, one.id)
            later = SOLD + timedelta(hours=2)
            return answer_survey(token=token, score=score, comment="", now=later, **more)

    def freeze(self):
        with acting_for(self.business.id):
            return freeze_bonuses(starts_on=MEHR, actor=None, now=FROZEN)

    def line(self, employee):
        with acting_for(self.business.id):
            rows = BonusLine.objects.select_related("run").exclude(run__state="cancelled")
            return rows.get(employee=employee.id)


@pytest.fixture
def team(shop) -> Team:
    return Team(shop)


@pytest.fixture
def unequal(team: Team) -> Team:
    """Ali pleases nearly everybody, Mina half of hers; both are asked about 60 sales."""
    team.plan(reach_percent=40)
    team.serve("ali", 60, content=34, unhappy=2)
    team.serve("mina", 60, content=14, unhappy=16)
    return team
