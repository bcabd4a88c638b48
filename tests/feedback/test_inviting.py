"""Who is asked, when, and who is left in peace."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.tenancy import acting_for
from customers.operations import CustomerHint, open_case, record_purchases, resolve_case
from feedback.enums import SurveyKind
from feedback.models import Survey, SurveyInvitation
from feedback.operations import Bought, SurveyTexts, create_survey, invite_buyers
from feedback.queries import invitation_url_for, survey_links
from messaging.operations import record_consent
from outbox.models import Delivery
from tests.feedback.conftest import DAY, HOUR, MINUTE


def test_a_new_business_asks_from_its_first_sale(shop, now):
    outcome = shop.sell_one(now)
    invitation = shop.invitation()
    assert invitation.purchase_id == outcome.purchase_id
    assert invitation.customer_id == outcome.customer_id
    assert invitation.due_at == now + HOUR
    with acting_for(shop.business.id):
        url = invitation_url_for(outcome.purchase_id, now)
        assert url is not None
        assert url.endswith(f"/s/{shop.token()}/")
        assert Delivery.objects.filter(subscriber="feedback.invite").count() == 0


def test_the_token_itself_is_not_stored(shop, now):
    shop.sell_one(now)
    stored = str(shop.invitation().__dict__)
    assert shop.token() not in stored


class TestGates:
    def test_nobody_is_asked_again_while_the_pause_lasts(self, shop, now):
        shop.survey(recontact_days=0)
        shop.sell_one(now)
        shop.sell_one(now + 30 * DAY - MINUTE)
        assert len(shop.invitations()) == 1
        shop.sell_one(now + 30 * DAY + MINUTE)
        assert len(shop.invitations()) == 2

    def test_one_survey_has_a_pause_of_its_own(self, shop, now):
        shop.sell_one(now)
        shop.sell_one(now + 31 * DAY)
        assert len(shop.invitations()) == 1
        shop.sell_one(now + 91 * DAY)
        assert len(shop.invitations()) == 2

    def test_the_pause_counts_surveys_of_any_kind(self, shop, now):
        shop.survey(recontact_days=365)
        with acting_for(shop.business.id):
            second = create_survey(kind=SurveyKind.CSAT, texts=texts(), now=now)
        shop.sell_one(now)
        shop.sell_one(now + 29 * DAY)
        assert len(shop.invitations()) == 1
        shop.sell_one(now + 31 * DAY)
        assert [one.survey_id for one in shop.invitations()][1:] == [second.id]

    def test_an_open_complaint_leaves_the_customer_in_peace(self, shop, now):
        shop.survey(cooldown_days=0, recontact_days=0)
        first = shop.sell_one(now)
        with acting_for(shop.business.id):
            case = open_case(
                kind="complaint", title="نان سرد بود", customer_id=first.customer_id, now=now
            )
        shop.sell_one(now + DAY)
        assert len(shop.invitations()) == 1
        with acting_for(shop.business.id):
            resolve_case(case_id=case.id, resolution="عذرخواهی", now=now)
        shop.sell_one(now + 2 * DAY)
        assert len(shop.invitations()) == 2

    def test_a_no_to_surveys_is_respected_until_a_yes(self, shop, now):
        self.say(shop, now - DAY, granted=False)
        shop.sell_one(now)
        assert shop.invitations() == []
        self.say(shop, now, granted=True)
        shop.sell_one(now)
        assert len(shop.invitations()) == 1

    def say(self, shop, when, *, granted):
        with acting_for(shop.business.id):
            record_consent(
                address="+989121234567", purpose="survey", granted=granted, source="till", now=when
            )

    @pytest.mark.parametrize(
        "changes",
        [
            {"mobile": None},
            {"channel": "import"},
            {"days_ago": 3},
        ],
    )
    def test_strangers_and_history_are_not_asked(self, shop, now, changes):
        days_ago = changes.pop("days_ago", 0)
        shop.sell_one(now, occurred_at=now - days_ago * DAY, **changes)
        assert shop.invitations() == []

    def test_a_switched_off_survey_asks_nobody(self, shop, now):
        shop.survey(is_active=False)
        shop.sell_one(now)
        assert shop.invitations() == []

    def test_the_sample_is_about_as_large_as_asked(self, shop, now):
        shop.survey(sample_rate=30)
        buyers = [f"0912{n:07}" for n in range(400)]
        shop.sell(now, *[shop.purchase(mobile) for mobile in buyers])
        assert 85 <= len(shop.invitations()) <= 155  # binomial(400, 0.3) ± 3.8 sd

    def test_a_batch_asks_each_customer_once(self, shop, now):
        shop.sell(now, *[shop.purchase() for _ in range(5)], shop.purchase("09351234567"))
        assert len({one.customer_id for one in shop.invitations()}) == 2
        assert len(shop.invitations()) == 2


def texts(**changes):
    fields = {
        "title": "رضایت",
        "question": "از خریدتان راضی بودید؟",
        "comment_question": "",
        "thanks": "",
        "invitation": "سلام {name}، {link}",
    }
    return SurveyTexts(**fields | changes)


def test_inviting_is_one_statement_however_many_bought(shop, now):
    outcomes = shop.sell(now, *[shop.purchase(f"0912{n:07}") for n in range(50)])
    with acting_for(shop.business.id), CaptureQueriesContext(connection) as queries:
        assert len(survey_links([one.purchase_id for one in outcomes], now)) == 50
    assert len(queries) == 1
    with acting_for(shop.business.id):
        Survey.objects.update(cooldown_days=0, recontact_days=0)
        bought = [bought_by(one) for one in outcomes]
        with CaptureQueriesContext(connection) as queries:
            invite_buyers(purchases=bought, now=now + DAY)  # asked about already
        assert SurveyInvitation.objects.count() == 50
    statements = [one for one in queries if "SAVEPOINT" not in one["sql"]]
    assert len(statements) == 1


def bought_by(outcome):
    return Bought(outcome.purchase_id, outcome.customer_id, None, None)


@pytest.mark.parametrize("is_known", [True, False])
def test_six_tills_at_once_ask_one_customer_once(in_parallel, shop, now, is_known):
    if is_known:
        shop.sell_one(now - 400 * DAY, channel="import")

    def till(number):
        def sell():
            with acting_for(shop.business.id):
                record_purchases(
                    purchases=[shop.purchase(external_id=f"p-{number}")], source="api", now=now
                )

        return sell

    in_parallel(*[till(number) for number in range(6)])
    assert len(shop.invitations()) == 1


class TestSweep:
    def test_the_sms_goes_out_after_the_delay(self, shop, now):
        shop.sell_one(now)
        assert shop.sweep(now + 59 * MINUTE) == 0
        assert shop.sweep(now + 60 * MINUTE) == 1
        (message,) = shop.messages()
        assert (message.purpose, message.address) == ("survey", "+989121234567")
        assert message.body.startswith("سلام سارا")
        assert shop.business.name in message.body
        assert f"/s/{shop.token()}/" in message.body
        assert shop.invitation().state == "open"
        assert shop.sweep(now + 61 * MINUTE) == 0

    def test_without_a_mobile_the_link_stays_on_the_receipt(self, shop, now):
        shop.sell_one(now, customer=CustomerHint(external_id="c-1", name="بی‌موبایل"))
        shop.sweep(now + 2 * HOUR)
        assert shop.messages() == []
        assert shop.invitation().state == "open"

    def test_links_end(self, shop, now):
        outcome = shop.sell_one(now)
        shop.sweep(now + HOUR)
        assert shop.sweep(now + 7 * DAY + HOUR) == 1
        assert shop.invitation().state == "expired"
        with acting_for(shop.business.id):
            assert invitation_url_for(outcome.purchase_id, now + 8 * DAY) is None

    def test_two_businesses_are_swept_in_their_own_walls(self, shop, now, other_business, as_role):
        other = type(shop)(other_business, as_role)
        shop.sell_one(now)
        other.sell_one(now)
        assert shop.sweep(now + HOUR) == 2
        assert len(shop.messages()) == len(other.messages()) == 1


class TestReturns:
    def test_goods_that_came_back_are_not_asked_about(self, shop, now):
        outcome = shop.sell_one(now)
        shop.refund(outcome, now + 10 * MINUTE)
        assert shop.invitation().state == "cancelled"
        assert shop.sweep(now + 2 * HOUR) == 0

    def test_an_sms_still_queued_is_withdrawn(self, shop, now):
        outcome = shop.sell_one(now)
        shop.sweep(now + HOUR)
        shop.refund(outcome, now + HOUR)
        assert shop.invitation().state == "cancelled"
        assert [one.state for one in shop.messages()] == ["suppressed"]

    def test_a_cancelled_question_does_not_start_the_pause(self, shop, now):
        shop.refund(shop.sell_one(now), now)
        shop.sell_one(now + DAY)
        assert [one.state for one in shop.invitations()] == ["cancelled", "waiting"]

    def test_an_answer_is_flagged_not_deleted(self, shop, now):
        outcome = shop.sell_one(now)
        shop.answer(now + HOUR, score=3)
        shop.refund(outcome, now + 2 * HOUR)
        (response,) = shop.responses()
        assert response.flagged
        assert shop.invitation().state == "answered"
        assert shop.invitation().refunded_at == now + 2 * HOUR


def test_answering_first_saves_the_sms(shop, now):
    shop.sell_one(now)
    shop.answer(now + MINUTE)
    assert shop.sweep(now + timedelta(hours=2)) == 0
    assert shop.messages() == []
