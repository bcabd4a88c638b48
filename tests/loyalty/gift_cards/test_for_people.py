"""C031: gift cards made for people by mobile: told by SMS, the code on their own page (ADR 72)."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import Problem
from core.ids import new_id
from core.tenancy import acting_for
from core.text import persian_digits
from customers.models import Customer, CustomerTotals
from loyalty.models import GiftCard
from loyalty.operations.gift_cards import stop_gift_card, take_back_issue
from loyalty.operations.gift_cards.for_people import checked_recipients
from loyalty.queries.gift_codes import digest_of, spelled
from messaging.enums import ConsentSource, MessageState, Purpose
from messaging.models import Message
from messaging.operations import record_consent
from tests.dashboard.conftest import client_as
from tests.loyalty.gift_cards.conftest import issue_cards
from tests.loyalty.merging.conftest import join, part, two
from tests.loyalty.own.conftest import door, enter, told

__all__ = ["client_as", "door", "enter", "join", "part", "two"]

pytestmark = pytest.mark.django_db
SARA, REZA = "09121234567", "۰۹۱۲ ۷۶۵ ۴۳۲۱"
E164 = {"+989121234567", "+989127654321"}


def messages():
    return list(Message.objects.filter(ref_kind="gift_card"))


def test_c031_each_recipient_gets_a_card_and_an_sms_without_the_code(issue):
    made = issue(recipients=(SARA, REZA), count=1)
    cards = {card.id: card for card in GiftCard.objects.all()}
    mobiles = dict(Customer.objects.values_list("id", "mobile"))
    assert set(mobiles.values()) == E164
    assert set(made.mobiles) == E164
    for card_id, code, mobile in zip(made.card_ids, made.codes, made.mobiles, strict=True):
        assert bytes(cards[card_id].code_hmac) == digest_of(code)
        customer_id = cards[card_id].customer_id
        assert customer_id is not None
        assert mobiles[customer_id] == mobile
    sent = messages()
    assert {one.address for one in sent} == E164
    assert {one.purpose for one in sent} == {Purpose.TRANSACTIONAL}
    for one in sent:
        assert "/me/" in one.body
        assert not any(spelled(code) in one.body or code in one.body for code in made.codes)


def test_c031_a_gift_of_the_business_is_told_only_to_who_agreed_to_offers(issue, now):
    record_consent(
        address="+989121234567",
        purpose=Purpose.MARKETING,
        granted=True,
        source=ConsentSource.STAFF,
        now=now,
    )
    issue(recipients=(SARA, REZA), paid_by="nothing", last_day=(now + timedelta(days=30)).date())
    assert GiftCard.objects.filter(customer__isnull=False).count() == 2
    assert [(one.address, one.purpose) for one in messages()] == [
        ("+989121234567", Purpose.MARKETING)
    ]


def test_c031_what_was_to_be_said_of_cards_taken_back_is_not_said(issue, now):
    made = issue(recipients=(SARA,))
    take_back_issue(issue_id=made.issue_id, actor=None, now=now)
    assert [one.state for one in messages()] == [MessageState.SUPPRESSED]


@pytest.mark.parametrize(
    ("recipients", "count", "where", "says"),
    [
        ((SARA, "0912"), 1, "recipients.1", "0912"),
        ((SARA, "+989121234567"), 2, "recipients.1", "دو بار"),
        (("+14155552671",), 1, "recipients.0", "+1415"),
        ((SARA, REZA), 3, "count", "۲"),
        ((SARA,) * 1_001, 1, "count", "۱٬۰۰۱"),
    ],
)
def test_c031_a_wrong_mobile_refuses_the_whole_by_its_place(issue, recipients, count, where, says):
    with pytest.raises(Problem) as refused:
        issue(recipients=recipients, count=count)
    assert refused.value.code == "invalid_gift_cards"
    assert list(refused.value.fields) == [where]
    assert says in persian_digits(str(refused.value.detail)) or says in str(refused.value.detail)
    assert not GiftCard.objects.exists()
    assert not Customer.objects.exists()


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.integers(10**8, 10**8 + 30), min_size=1, max_size=40))
def test_c031_however_typed_each_mobile_is_there_once_or_all_is_refused(ends):
    """Property: as many cards as people, in their order; a second spelling is the same person."""
    typed = [f"0912{end:09d}"[:4] + f"{end % 10**7:07d}" for end in ends]
    spelt = [persian_digits(one) if n % 2 else one for n, one in enumerate(typed)]
    if len(set(typed)) < len(typed):
        with pytest.raises(Problem):
            checked_recipients(spelt, count=1)
    else:
        assert checked_recipients(spelt, count=1) == [f"+98{one[1:]}" for one in typed]


def test_c031_the_own_page_tells_the_code_and_what_is_left(business, enter, door):
    with acting_for(business.id):
        made = issue_cards(timezone.now(), name="عیدی شما", recipients=(SARA,))
        others = issue_cards(timezone.now(), recipients=(REZA,))
    page = told(enter(mobile=SARA).get(door))
    assert spelled(made.codes[0]) in page
    assert "عیدی شما" in page
    assert spelled(others.codes[0]) not in page
    with acting_for(business.id):
        stop_gift_card(card_id=made.card_ids[0], reason="گم شد", actor=None, now=timezone.now())
    assert spelled(made.codes[0]) not in told(enter(mobile=SARA).get(door))


def test_c031_whoever_has_the_code_pays_with_it(issue, pay):
    made = issue(recipients=(SARA,))
    assert pay(400_000, made.codes[0]).purchase_id
    assert GiftCard.objects.get().balance_rial == 600_000


def test_c031_over_http_codes_and_mobiles_are_told_once(api, business):
    asked = {"name": "نوروز", "amount": 500_000, "paid_by": "cash", "recipients": [SARA, REZA]}
    first = api.post("gift-cards", asked, key="k1")
    assert first.status_code == 201, first.content
    cards = first.json()["cards"]
    assert {card["mobile"] for card in cards} == E164
    assert all(card["code"] for card in cards)
    again = api.post("gift-cards", asked, key="k1").json()["cards"]
    assert [card["code"] for card in again] == [None, None]
    wrong = api.post("gift-cards", asked | {"recipients": [SARA, "12"]})
    assert (wrong.status_code, list(wrong.json()["errors"])) == (422, ["recipients.1"])


def test_c031_the_page_loses_nothing_that_was_typed(owner_client, business):
    address = f"/b/{business.slug}/gift-cards/"
    typed = {
        "name": "نوروز",
        "amount": "۵۰٬۰۰۰",
        "count": "1",
        "paid_by": "cash",
        "last_day": "",
        "recipients": f"{SARA}\n۰۹۱۲",
    }
    refused = owner_client.post(f"{address}new/", typed)
    text = refused.content.decode()
    assert refused.status_code == 422
    assert "شمارهٔ موبایل نیست" in text
    assert SARA in text
    made = owner_client.post(f"{address}new/", typed | {"recipients": f"{SARA}، {REZA}\n"})
    assert made.status_code == 200
    assert "۰۹۱۲۱۲۳۴۵۶۷" in made.content.decode().replace(" ", "")
    shown = owner_client.get(f"{address}{made.context['issue_id']}/").content.decode()
    assert shown.count("/customers/") >= 2


def test_c031_somebody_new_is_no_buyer(issue):
    issue(recipients=(SARA,))
    assert Customer.objects.get().mobile == "+989121234567"
    assert not CustomerTotals.objects.filter(purchases__gt=0).exists()


def test_c031_a_card_follows_its_person_into_a_merge_and_back(issue, two, join, part, now):
    """R62: the survivor's page tells it; taken apart it is theirs who had it."""
    stays, goes = two
    issue(recipients=(SARA,))
    GiftCard.objects.update(customer_id=goes)
    merge = join(two)
    assert GiftCard.objects.get().customer_id == stays
    part(merge, at=now)
    assert GiftCard.objects.get().customer_id == goes


def test_c031_a_stranger_sees_no_code(business, door):
    with acting_for(business.id):
        made = issue_cards(timezone.now(), recipients=(SARA,))
    assert spelled(made.codes[0]) not in told(Client().get(door))


def test_c031_a_page_sent_again_makes_no_second_cards(owner_client, business):
    """Who reloads the page of codes, or goes back and forth, sends the form again."""
    address = f"/b/{business.slug}/gift-cards/"
    form = owner_client.get(f"{address}new/").context["form"]
    typed = {
        "name": "نوروز",
        "amount": "۵۰٬۰۰۰",
        "count": "۲",
        "paid_by": "cash",
        "last_day": "",
        "key": str(form["key"].value()),
    }
    made = owner_client.post(f"{address}new/", typed)
    assert len(made.context["codes"]) == 2
    again = owner_client.post(f"{address}new/", typed, follow=True)
    assert again.redirect_chain[-1][0] == f"{address}{made.context['issue_id']}/"
    assert "پیش‌تر ساخته شد" in again.content.decode()
    with acting_for(business.id):
        assert GiftCard.objects.count() == 2


def test_c031_two_at_once_with_one_key_are_one(issue):
    key = new_id()
    issue(key=key)
    with pytest.raises(Problem) as refused:
        issue(key=key)
    assert refused.value.code == "gift_cards_made"
    assert GiftCard.objects.count() == 1
