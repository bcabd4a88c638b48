"""Codes at the same moment, on connections of their own; and guessing them."""

from datetime import UTC, datetime, timedelta

from core.errors import Problem
from core.tenancy import acting_for
from customers.enums import CodePurpose
from customers.models import CodeMeter, OneTimeCode
from customers.operations import check_code, send_code, send_code_to
from customers.operations.codes.limits import LIMITS, Limits
from messaging.models import Message
from tests.customers.codes.conftest import other_than

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def typing(business, customer_id, code):
    def work():
        with acting_for(business.id):
            return check_code(customer_id=customer_id, purpose="spend", code=code, now=NOW)

    return work


def asking(business, customer_id):
    def work():
        try:
            with acting_for(business.id):
                send_code(customer_id=customer_id, purpose="spend", now=NOW)
        except Problem as problem:
            return problem.code
        return "sent"

    return work


def test_of_two_right_codes_at_once_one_wins(in_parallel, business, sara, digits):
    with acting_for(business.id):
        send_code(customer_id=sara, purpose="spend", now=NOW)
    answers = in_parallel(*[typing(business, sara, digits())] * 6)
    assert sorted(answer.accepted for answer in answers) == [False] * 5 + [True]
    assert {answer.refusal for answer in answers if not answer.accepted} == {"code_none_sent"}


def test_many_guesses_at_once_get_five_tries(in_parallel, business, sara, digits):
    with acting_for(business.id):
        send_code(customer_id=sara, purpose="spend", now=NOW)
    code = digits()
    answers = in_parallel(*[typing(business, sara, other_than(code))] * 12)
    told = sorted(answer.refusal for answer in answers)
    assert told == ["code_none_sent"] * 7 + ["code_tried_out"] + ["code_wrong"] * 4
    with acting_for(business.id):
        assert OneTimeCode.objects.get().tries == 5
    assert not typing(business, sara, code)().accepted


def test_asked_for_by_many_at_once_one_code_is_sent(in_parallel, business, sara):
    answers = in_parallel(*[asking(business, sara)] * 6)
    assert sorted(answers) == ["code_just_sent"] * 5 + ["sent"]
    with acting_for(business.id):
        assert OneTimeCode.objects.filter(state="live").count() == 1
        assert Message.objects.filter(purpose="otp").count() == 1
        assert set(CodeMeter.objects.values_list("sent", flat=True)) == {1}


def test_a_businesss_last_code_of_the_day_is_sent_once(in_parallel, business, monkeypatch):
    monkeypatch.setitem(LIMITS, CodePurpose.CLAIM, Limits(6, 6, 3))

    def asking_of(number):
        def work():
            try:
                with acting_for(business.id):
                    send_code_to(mobile=f"0912000000{number}", purpose="claim", now=NOW)
            except Problem as problem:
                return problem.code
            return "sent"

        return work

    answers = in_parallel(*[asking_of(number) for number in range(8)])
    assert sorted(answers) == ["sent"] * 3 + ["too_many_codes"] * 5


def test_guessing_all_day_reaches_a_few_dozen_tries(business, sara, digits):
    """Brute force: what one day allows is under a ten-thousandth of the codes there are."""
    tried, at = 0, NOW
    for _code in range(40):
        try:
            with acting_for(business.id):
                send_code(customer_id=sara, purpose="page", now=at)
        except Problem:
            break
        for _guess in range(8):
            with acting_for(business.id):
                answer = check_code(
                    customer_id=sara, purpose="page", code=other_than(digits()), now=at
                )
            tried += answer.refusal != "code_none_sent"
        at += timedelta(minutes=1)
    assert tried == 5 * LIMITS[CodePurpose.PAGE].of_mobile
    assert tried * 10_000 < 10**6
