"""One-time codes: for one customer and one thing, for three minutes, once (complaint 4.6)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from core.errors import NotFound, Problem
from core.ids import new_id
from core.tenancy import acting_for
from customers.enums import CodePurpose
from customers.models import CodeMeter, Customer, CustomerIdentity, OneTimeCode
from customers.operations import (
    CustomerHint,
    check_code,
    check_code_of,
    demand_code,
    find_or_create,
    merge_customers,
    send_code,
    send_code_to,
    update_customer,
)
from customers.operations.codes import forget_codes
from customers.operations.codes.limits import LIMITS, Limits
from customers.operations.codes.texts import sms_text
from messaging.models import Message
from messaging.queries import sms_parts
from tests.customers.codes.conftest import MOBILE, other_than

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def asked(customer_id, now, **more):
    return send_code(customer_id=customer_id, purpose="spend", now=now, **more)


def typed(customer_id, code, now, **more):
    given = {"purpose": "spend", **more}
    return check_code(customer_id=customer_id, code=code, now=now, **given)


def test_the_right_code_is_taken_once(sara, acting, now, digits):
    sent = asked(sara, now)
    assert (sent.mobile_ends, sent.expires_at) == ("4567", now + 3 * MINUTE)
    code = digits()
    assert typed(sara, code, now + MINUTE).accepted
    again = typed(sara, code, now + MINUTE)
    assert (again.accepted, again.refusal) == (False, "code_none_sent")


def test_persian_digits_and_spaces_are_understood(sara, acting, now, digits):
    asked(sara, now)
    code = digits().translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    assert typed(sara, f" {code[:3]} {code[3:]}\n", now).accepted


def test_a_code_is_good_for_three_minutes(sara, acting, now, digits):
    asked(sara, now)
    code = digits()
    late = typed(sara, code, now + 3 * MINUTE)
    assert late.refusal == "code_expired"
    assert typed(sara, code, now + 3 * MINUTE - timedelta(seconds=1)).accepted


def test_five_wrong_tries_end_it_even_for_the_right_code(sara, acting, now, digits):
    asked(sara, now)
    code = digits()
    answers = [typed(sara, other_than(code), now) for _ in range(5)]
    assert [one.refusal for one in answers] == ["code_wrong"] * 4 + ["code_tried_out"]
    assert [one.tries_left for one in answers] == [4, 3, 2, 1, 0]
    assert typed(sara, code, now).refusal == "code_none_sent"


def test_a_code_is_for_one_purpose_one_thing_and_one_customer(sara, acting, now, digits):
    asked(sara, now, about="redeem:500")
    code = digits()
    other = find_or_create(
        customer=CustomerHint(mobile="09351112233"), source="api", now=now
    ).customer_id
    assert typed(other, code, now, about="redeem:500").refusal == "code_none_sent"
    assert typed(sara, code, now, purpose="page", about="redeem:500").refusal == "code_none_sent"
    assert typed(sara, code, now, about="redeem:5000").refusal == "code_wrong"
    assert typed(sara, code, now).refusal == "code_wrong"
    assert typed(sara, code, now, about="redeem:500").accepted


def test_only_a_hash_is_kept_and_it_fits_one_row_only(sara, acting, now, digits):
    asked(sara, now)
    code = digits()
    (row,) = OneTimeCode.objects.all()
    kept = "".join(str(getattr(row, field.attname)) for field in OneTimeCode._meta.fields)
    assert code not in kept
    assert MOBILE[1:] not in kept
    again = OneTimeCode.objects.get(id=row.id)
    again.id, again.state, again.finished_at = new_id(), "replaced", now
    again.save(force_insert=True)
    assert len(bytes(row.code_hmac)) == 32


def test_a_new_code_replaces_the_one_before_and_takes_its_message_back(sara, acting, now, digits):
    asked(sara, now)
    first = digits()
    asked(sara, now + MINUTE)
    second = digits()
    states = Message.objects.filter(purpose="otp").order_by("id").values_list("state", "body")
    assert [(state, bool(body)) for state, body in states] == [
        ("suppressed", False),
        ("queued", True),
    ]
    later = now + MINUTE
    if first != second:
        assert typed(sara, first, later).refusal == "code_wrong"
    assert typed(sara, second, later).accepted


def test_a_second_code_waits_a_minute(sara, acting, now):
    asked(sara, now)
    with pytest.raises(Problem) as refused:
        asked(sara, now + timedelta(seconds=59))
    assert (refused.value.code, refused.value.status) == ("code_just_sent", 429)
    assert refused.value.headers == {"Retry-After": "1"}
    send_code(customer_id=sara, purpose="page", now=now)  # another purpose has its own


def test_a_days_codes_are_counted_and_a_new_day_begins_anew(sara, acting, now):
    most = LIMITS[CodePurpose.SPEND].of_mobile
    for number in range(most):
        asked(sara, now + number * MINUTE)
    with pytest.raises(Problem, match="too_many_codes") as refused:
        asked(sara, now + most * MINUTE)
    assert refused.value.status == 429
    assert max(CodeMeter.objects.values_list("sent", flat=True)) == most
    asked(sara, now + timedelta(days=1))


def test_a_mobile_is_counted_whoever_it_belongs_to(acting, now):
    most = LIMITS[CodePurpose.CLAIM].of_mobile
    for number in range(most):
        send_code_to(mobile=MOBILE, purpose="claim", now=now + number * MINUTE)
    with pytest.raises(Problem, match="too_many_codes"):
        send_code_to(mobile="+98 912 123 4567", purpose="claim", now=now + most * MINUTE)
    send_code_to(mobile="09351112233", purpose="claim", now=now + most * MINUTE)


def test_a_business_has_so_many_a_day(acting, now, monkeypatch):
    monkeypatch.setitem(LIMITS, CodePurpose.CLAIM, Limits(6, 6, 2))
    for mobile in ("09121234567", "09121234568"):
        send_code_to(mobile=mobile, purpose="claim", now=now)
    with pytest.raises(Problem, match="too_many_codes"):
        send_code_to(mobile="09121234569", purpose="claim", now=now)


def test_a_refused_code_is_neither_counted_nor_sent(sara, acting, now):
    asked(sara, now)
    with pytest.raises(Problem):
        asked(sara, now)
    assert set(CodeMeter.objects.values_list("sent", flat=True)) == {1}
    assert Message.objects.filter(purpose="otp").count() == 1


def test_without_a_mobile_no_code(acting, now):
    email = CustomerHint(email="sara@example.com")
    customer_id = find_or_create(customer=email, source="api", now=now).customer_id
    with pytest.raises(Problem, match="no_mobile"):
        asked(customer_id, now)
    assert typed(customer_id, "123456", now).refusal == "code_none_sent"
    with pytest.raises(NotFound):
        asked(new_id(), now)
    with pytest.raises(Problem, match="invalid_mobile"):
        send_code_to(mobile="12", purpose="claim", now=now)


def test_a_code_sent_to_a_mobile_given_up_since_is_none(sara, acting, now, digits):
    asked(sara, now)
    code = digits()
    update_customer(customer_id=sara, mobile="09351112233", now=now)
    assert typed(sara, code, now).refusal == "code_none_sent"


def test_a_code_for_somebody_unknown_creates_nobody(acting, now, digits):
    send_code_to(mobile=MOBILE, purpose="claim", about="receipt", now=now)
    assert Customer.objects.count() == 0
    wrong = check_code_of(mobile=MOBILE, purpose="claim", code=digits(), now=now)
    assert wrong.refusal == "code_wrong"
    right = {"mobile": MOBILE, "purpose": "claim", "about": "receipt", "code": digits()}
    assert check_code_of(**right, now=now).accepted
    assert check_code_of(**right, now=now).refusal == "code_none_sent"


def test_the_right_code_verifies_the_mobile(sara, acting, now, digits):
    mobile = CustomerIdentity.objects.get(customer_id=sara, kind="mobile")
    assert mobile.verified_at is None
    asked(sara, now)
    assert typed(sara, digits(), now).accepted
    mobile.refresh_from_db()
    assert mobile.verified_at == now


def test_an_old_id_of_a_merged_profile_reaches_the_survivor(sara, acting, now, digits):
    card = find_or_create(
        customer=CustomerHint(email="s@example.com"), source="api", now=now
    ).customer_id
    merge_customers(survivor_id=sara, merged_id=card, now=now)
    asked(card, now)
    assert typed(sara, digits(), now).accepted


@pytest.mark.parametrize("purpose", ["page", "claim", "spend", "verify"])
@pytest.mark.parametrize("points", [None, 1_250_000])
def test_the_message_fits_one_part_and_says_what_for(purpose, points):
    shop = "فروشگاه بزرگ اسباب‌بازی و لوازم کودک آفتاب مهتاب شعبهٔ مرکزی تهران"
    text = sms_text(purpose=purpose, digits="123456", shop=shop, points=points)
    assert sms_parts(text) == 1
    assert "123456" in text
    assert text.startswith("فروشگاه")
    if purpose == "spend" and points:
        assert "۱٬۲۵۰٬۰۰۰" in text


def test_the_message_leaves_at_once_and_dies_with_the_code(sara, acting, now):
    sent = asked(sara, now)
    message = Message.objects.get(purpose="otp")
    assert (message.priority, message.due_at, message.expires_at) == (0, now, sent.expires_at)
    assert message.address == "+989121234567"


def test_demanding_commits_the_try_before_it_refuses(sara, business, now, digits):
    with acting_for(business.id):
        asked(sara, now)
    code = digits()
    given = {"business_id": business.id, "customer_id": sara, "purpose": "spend", "now": now}
    with pytest.raises(Problem) as refused:
        demand_code(**given, code=other_than(code))
    assert (refused.value.code, refused.value.extra) == ("code_wrong", {"tries_left": 4})
    with acting_for(business.id):
        assert OneTimeCode.objects.get().tries == 1
    demand_code(**given, code=code)


def test_the_database_keeps_one_live_code_of_each(sara, acting, now):
    asked(sara, now)
    row = OneTimeCode.objects.get()
    row.id = new_id()
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        OneTimeCode.objects.update(tries=6)
    with pytest.raises(IntegrityError), transaction.atomic():
        OneTimeCode.objects.update(state="used")


def test_old_codes_are_forgotten(sara, acting, now):
    asked(sara, now)
    assert forget_codes(now=now + timedelta(days=29)) == 0
    assert forget_codes(now=now + timedelta(days=31)) == 1
    assert CodeMeter.objects.count() == 0


def test_nobody_elses_business_knows_the_code(sara, business, other_business, now, digits):
    with acting_for(business.id):
        asked(sara, now)
    code = digits()
    with acting_for(other_business.id):
        assert typed(sara, code, now).refusal == "code_none_sent"
        with pytest.raises(NotFound):
            asked(sara, now)
