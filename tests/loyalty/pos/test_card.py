"""What a till shows of who stands there: the same card as on Vafa's own till (C088)."""

import pytest
from django.utils import timezone

from core.tenancy import acting_for
from customers.enums import AttributeSource
from customers.operations import open_case, resolve_case
from customers.operations.attributes import NewAttribute, define_attribute, note_attributes
from customers.queries import find_customer
from loyalty.enums.benefits import BenefitKind
from loyalty.models import BenefitGiven, Reward
from loyalty.operations.benefits import NewBenefit, offer_benefit
from tests.loyalty.pos.conftest import MOBILE

pytestmark = pytest.mark.django_db


def card(till, **more):
    answer = till.post("customer-card", mobile=MOBILE, **more)
    assert answer.status_code == 200, answer.content.decode()
    return answer.json()


@pytest.fixture
def known(till, business):
    """Somebody of whom a table is known, and something that is nobody's business at a till."""
    till.sell("a1", 30_000_000)
    with acting_for(business.id):
        whose = find_customer(mobile=MOBILE)
        assert whose
        for key, privacy in (("seat", "plain"), ("illness", "sensitive"), ("job", "personal")):
            new = NewAttribute(key=key, kind="text", title_fa=key, privacy=privacy)
            define_attribute(new=new, now=timezone.now())
        note_attributes(
            customer_id=whose,
            given={"seat": "کنار پنجره", "illness": "دیابت", "job": "معلم"},
            source=AttributeSource.CUSTOMER,
            now=timezone.now(),
        )
    return whose


def test_c088_a_till_is_told_what_is_plain_and_nothing_else(till, known):
    told = card(till)
    assert [(one["key"], one["value"], one["guessed"]) for one in told["knows"]] == [
        ("seat", "کنار پنجره", False)
    ]
    assert told["say"]["kind"] == "soon_again"
    assert told["customer"]["mobile"] == f"****{MOBILE[-4:]}"
    assert (told["last_case"], told["usual_item"]) == (None, None)


def test_an_open_case_comes_before_everything(till, known, business):
    with acting_for(business.id):
        case = open_case(
            kind="complaint", title="قهوه سرد بود", customer_id=known, now=timezone.now()
        )
    told = card(till)
    assert (told["say"]["kind"], told["say"]["about"]) == ("open_case", "قهوه سرد بود")
    assert told["last_case"]["state"] == "open"
    with acting_for(business.id):
        resolve_case(case_id=case.id, resolution="مریم", now=timezone.now())
    told = card(till)
    assert (told["say"]["kind"], told["last_case"]["state"]) == ("soon_again", "resolved")


def test_a_reward_is_told_when_it_is_near(till, known, business):
    with acting_for(business.id):
        Reward.objects.update(is_active=False)
        points = till.balance()
        Reward.objects.create(name="یک فنجان", cost_points=points + 1, value_rial=1_000)
    assert card(till)["reward"] is None
    near = card(till, total=30_000_000)["reward"]
    assert (near["name"], near["missing_points"]) == ("یک فنجان", 1)
    with acting_for(business.id):
        Reward.objects.filter(is_active=True).update(cost_points=points)
    assert card(till)["reward"]["missing_points"] == 0


def test_a_cafe_hears_what_they_always_take(till, business):
    assert business.vertical == "cafe"
    latte = [{"name": "لاته", "quantity": 1, "unit_price": 900_000}]
    for n in range(3):
        till.sell(f"b{n}", 900_000, lines=latte)
    told = card(till)
    assert (told["usual_item"], told["say"]["kind"], told["say"]["about"]) == (
        "لاته",
        "usual",
        "لاته",
    )
    assert {one["guessed"] for one in told["knows"]} == {True}


def test_nobody_known_has_no_card(till):
    for body in ({"mobile": "09129999999"}, {}):
        assert till.post("customer-card", **body).status_code == 404


def test_c048_a_device_gives_a_service_without_a_price_once_per_number(till, known, business):
    with acting_for(business.id):
        new = NewBenefit(
            name="کادوپیچی", kind=BenefitKind.WRAPPING, unit_cost_rial=50_000, most_each=2
        )
        offered = offer_benefit(new=new, actor=None, now=timezone.now())
    told = card(till)
    assert told["benefits"] == [{"id": str(offered.id), "name": "کادوپیچی", "left": 2}]
    assert told["presents"] == []
    asked = {"mobile": MOBILE, "transaction_id": "b-1", "benefit_id": str(offered.id)}
    for _time in range(2):
        assert till.post("benefits", **asked).status_code == 201
    assert card(till)["benefits"][0]["left"] == 1
    assert till.post("benefits", **asked | {"transaction_id": "b-2"}).json()["number"] == 2
    over = till.post("benefits", **asked | {"transaction_id": "b-3"})
    assert (over.status_code, over.json()["code"]) == (409, "benefit_used_up")
    assert card(till)["benefits"] == []
    assert till.post("benefits", **asked | {"mobile": "09120000009"}).status_code == 404
    with acting_for(business.id):
        assert BenefitGiven.objects.count() == 2
