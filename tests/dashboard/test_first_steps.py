"""A newcomer's first steps: each is done by what it leaves behind, none by a tick (C113)."""

import pytest
from django.utils import timezone

from businesses.enums import Role
from businesses.operations import hire_employee
from core.tenancy import acting_for
from customers.models import ImportJob
from loyalty.models import Redemption
from payments.models import ProviderAccount

pytestmark = pytest.mark.django_db
STEPS = ["فروش", "فروش‌های گذشته", "چه کسانی", "درگاه", "امتیازش را خرج کند"]


@pytest.fixture
def home(shop, owner_client, text_of):
    """Return `home()`: the owner's page of today, and what is left by its buttons."""

    def run(client=None):
        page = text_of((client or owner_client).get(shop.url("today/")))
        steps = page.partition('id="first-steps"')[2].partition("</section>")[0]
        return steps.count("<li>"), steps

    return run


def spend(business, outcome):
    """Have the buyer of a sale spend a point, as a till writes it down."""
    with acting_for(business.id):
        Redemption.objects.create(
            customer_id=outcome.customer_id,
            purchase_id=outcome.purchase_id,
            state="committed",
            points=1,
            value_rial=1,
            reserved_at=timezone.now(),
            expires_at=timezone.now(),
            settled_at=timezone.now(),
        )


def test_a_new_business_is_told_its_steps_and_each_goes_when_it_is_done(home, shop, business):
    left, steps = home()
    assert left == 5
    assert "۰ از ۵" in steps
    outcome = shop.sell()
    left, steps = home()
    assert left == 4
    assert "۱ از ۵" in steps
    with acting_for(business.id):
        hire_employee(code="m1", name="مریم", now=timezone.now())
        ImportJob.objects.create(
            file_name="a.csv", size_bytes=1, state="done", created_at=timezone.now()
        )
    assert home()[0] == 2
    with acting_for(business.id):
        ProviderAccount.objects.update(is_sandbox=False)
    assert home()[0] == 1
    spend(business, outcome)
    assert home() == (0, "")


def test_many_customers_are_a_past(shop, home):
    shop.sell_to(30)
    assert "فروش‌های گذشته" not in home()[1]


def test_an_analyst_sees_no_step_they_cannot_take(shop, home, client_as):
    assert home(client_as(Role.ANALYST)) == (0, "")
    left, steps = home(client_as(Role.MANAGER))
    assert left == 3  # the two are a team
    assert "section=gateway" not in steps


def test_another_business_does_no_step_of_ours(shop, home, other_business):
    with acting_for(other_business.id):
        hire_employee(code="x", name="x", now=timezone.now())
    assert home()[0] == 5
