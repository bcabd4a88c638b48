"""Every message at most once, in good manners, and its end known."""

from datetime import UTC, datetime, timedelta

import pytest

from core.errors import Problem
from core.ids import new_id
from core.tenancy import acting_for
from messaging.models import Message, SmsAccount
from messaging.operations import cancel_queued, set_manners
from messaging.providers import Account, kavenegar
from messaging.queries import invariants
from outbox.models import Event

MAGIC = "+9899900000{:02}"
SECOND = timedelta(seconds=1)
LATER = timedelta(minutes=6)


def events(post, name):
    with acting_for(post.business.id):
        return list(Event.objects.filter(name=name).values_list("payload", flat=True))


def test_a_message_travels_to_delivered(post, now):
    message_id = post.queue(now)
    assert post.send(now) == 1
    message = post.get(message_id)
    assert (message.state, message.parts, message.cost_rial) == ("sent", 1, 1850)
    (taken,) = post.centre.sms()
    assert taken["receptor"] == "09121234567"
    assert message.provider_ref == str(taken["message_id"])
    post.centre.advance(60)
    post.check(now + 10 * SECOND)
    assert post.state(message_id) == "delivered"
    assert [event["cost_rial"] for event in events(post, "message.sent")] == [1850]
    assert post.check(now + timedelta(days=3)) == 0


def test_the_same_thing_is_said_once(post, now):
    assert post.queue(now) == post.queue(now)
    post.send(now)
    post.queue(now)
    assert post.send(now) == 0
    assert len(post.centre.sms()) == 1


def test_a_later_message_waits_for_its_time(post, now):
    post.queue(now, not_before=now + timedelta(hours=1))
    assert post.send(now) == 0
    assert post.send(now + timedelta(hours=1)) == 1


@pytest.mark.parametrize(
    ("number", "state"), [(2, "undelivered"), (3, "blocked"), (4, "failed"), (5, "failed")]
)
def test_bad_ends_are_told(post, now, number, state):
    message_id = post.queue(now, address=MAGIC.format(number))
    post.send(now)
    post.centre.advance(60)
    post.check(now + 10 * SECOND)
    assert post.state(message_id) == state
    assert [event["state"] for event in events(post, "message.failed")] == [state]


def test_whoever_blocked_offers_is_not_offered_again(post, now):
    blocked = MAGIC.format(3)
    post.agree(now, address=blocked)
    post.queue(now, address=blocked, purpose="marketing")
    post.send(now)
    post.centre.advance(60)
    post.check(now + 10 * SECOND)
    tomorrow = now + timedelta(days=1)
    again = post.queue(tomorrow, address=blocked, purpose="marketing", key="k-2")
    post.send(tomorrow)
    assert (post.get(again).state, post.get(again).reason) == ("suppressed", "no_consent")


def test_a_refusal_is_final(post, now):
    message_id = post.queue(now, address=MAGIC.format(6))
    post.send(now)
    message = post.get(message_id)
    assert (message.state, message.reason, message.provider_code) == ("failed", "refused", "411")


def test_without_credit_we_try_again_until_its_time_is_over(post, now):
    message_id = post.queue(now, address=MAGIC.format(7))
    post.send(now)
    message = post.get(message_id)
    assert (message.state, message.reason) == ("queued", "no_credit")
    assert message.due_at > now
    post.send(now + timedelta(hours=23, minutes=59, seconds=58))
    assert post.state(message_id) == "failed"


def test_an_unreachable_provider_is_tried_again(post, now, settings):
    settings.SMS_BASE_URL = "http://127.0.0.1:9"
    message_id = post.queue(now)
    post.send(now)
    assert (post.get(message_id).state, post.get(message_id).reason) == ("queued", "unreachable")
    settings.SMS_BASE_URL = post.centre.base_url
    post.send(now + timedelta(minutes=1))
    assert post.state(message_id) == "sent"


def test_silence_after_sending_is_found_by_inquiry(post, now):
    message_id = post.queue(now, address=MAGIC.format(8))
    post.send(now)
    assert post.state(message_id) == "unknown"
    post.check(now + 10 * SECOND)
    message = post.get(message_id)
    assert message.state == "sent"
    assert message.provider_ref
    assert post.send(now + LATER) == 0
    assert len(post.centre.sms()) == 1


@pytest.mark.parametrize("purpose", ["marketing", "survey", "otp"])
def test_after_silence_only_what_was_asked_for_is_sent_again(post, now, purpose):
    address = MAGIC.format(9)
    post.agree(now, address=address, purpose=purpose)
    message_id = post.queue(now, address=address, purpose=purpose)
    post.send(now)
    for minutes in range(1, 60, 2):
        post.check(now + timedelta(minutes=minutes))
        post.send(now + timedelta(minutes=minutes))
    assert post.state(message_id) == "unknown"
    asked = [row for row in post.centre.log() if row["operation"] == "sms.send"]
    assert len(asked) == 1


def test_a_receipt_the_provider_never_had_is_sent_again(post, now):
    message_id = post.queue(now, address=MAGIC.format(9))
    post.send(now)
    post.check(now + 10 * SECOND)
    assert post.state(message_id) == "unknown"  # it may still arrive
    post.check(now + LATER)
    assert post.state(message_id) == "queued"
    assert post.send(now + LATER) == 1


def test_a_killed_worker_s_intent_is_inquired_before_anything(post, now, monkeypatch):
    class Killed(BaseException):
        pass

    message_id = post.queue(now)
    real = kavenegar.Kavenegar.send

    def sent_then_killed(self, account: Account, message):
        real(self, account, message)
        raise Killed

    monkeypatch.setattr(kavenegar.Kavenegar, "send", sent_then_killed)
    with pytest.raises(Killed):
        post.send(now)
    assert post.state(message_id) == "sending"
    assert post.send(now + LATER) == 0
    post.check(now + LATER)
    assert post.state(message_id) == "sent"
    assert len(post.centre.sms()) == 1


class TestManners:
    NIGHT = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)  # 22:30 in Tehran
    MORNING = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)  # 09:00 in Tehran

    @pytest.mark.parametrize("purpose", ["marketing", "survey"])
    def test_at_night_offers_and_surveys_wait_for_morning(self, post, purpose):
        post.agree(self.NIGHT)
        message_id = post.queue(self.NIGHT, purpose=purpose)
        post.send(self.NIGHT)
        assert (post.get(message_id).state, post.get(message_id).due_at) == ("queued", self.MORNING)
        post.send(self.MORNING)
        assert post.state(message_id) == "sent"

    @pytest.mark.parametrize("purpose", ["transactional", "otp"])
    def test_at_night_what_was_asked_for_goes_out(self, post, purpose):
        message_id = post.queue(self.NIGHT, purpose=purpose)
        post.send(self.NIGHT)
        assert post.state(message_id) == "sent"

    def test_what_would_come_too_late_expires(self, post):
        post.agree(self.NIGHT)
        soon = self.NIGHT + timedelta(hours=2)
        message_id = post.queue(self.NIGHT, purpose="marketing", expires_at=soon)
        post.send(self.NIGHT)
        assert (post.get(message_id).state, post.get(message_id).reason) == ("expired", "too_late")

    def test_the_second_offer_of_a_day_waits_for_the_next(self, post, now):
        post.agree(now)
        ids = [post.queue(now, purpose="marketing", key=f"k-{n}") for n in range(2)]
        post.send(now)
        assert sorted(post.state(one) for one in ids) == ["queued", "sent"]
        (waiting,) = (post.get(one) for one in ids if post.state(one) == "queued")
        assert waiting.reason == "frequency_cap"
        assert waiting.due_at == self.MORNING
        post.send(self.MORNING)
        assert {post.state(one) for one in ids} == {"sent"}

    def test_the_fourth_offer_of_a_week_waits_for_saturday(self, post, now):
        post.agree(now)
        for day in range(4):
            then = now + timedelta(days=day)
            last = post.queue(then, purpose="marketing", key=f"k-{day}")
            post.send(then)
        # 2 Azar is a Monday; the fourth one falls on Thursday, and Saturday's morning is 09:00.
        assert post.get(last).due_at == datetime(2026, 11, 28, 5, 30, tzinfo=UTC)

    def test_receipts_do_not_count(self, post, now):
        post.agree(now)
        for n in range(3):
            post.queue(now, key=f"r-{n}")
        offer = post.queue(now, purpose="marketing")
        post.send(now)
        assert post.state(offer) == "sent"

    def test_a_business_may_have_no_quiet_hours(self, post):
        with acting_for(post.business.id):
            set_manners(
                quiet_from=datetime.min.time(),
                quiet_until=datetime.min.time(),
                daily_cap=9,
                weekly_cap=9,
                now=self.NIGHT,
            )
        post.agree(self.NIGHT)
        message_id = post.queue(self.NIGHT, purpose="marketing")
        post.send(self.NIGHT)
        assert post.state(message_id) == "sent"


class TestConsent:
    def test_offers_need_a_yes(self, post, now):
        message_id = post.queue(now, purpose="marketing")
        post.send(now)
        assert post.get(message_id).reason == "no_consent"
        assert post.centre.sms() == []

    def test_surveys_need_no_yes_but_take_a_no(self, post, now):
        asked = post.queue(now, purpose="survey")
        post.agree(now, address="+989350000001", purpose="survey", granted=False)
        refused = post.queue(now, purpose="survey", address="+989350000001", key="k-2")
        post.send(now)
        assert (post.state(asked), post.state(refused)) == ("sent", "suppressed")

    def test_the_latest_word_counts_at_the_moment_of_sending(self, post, now):
        post.agree(now)
        message_id = post.queue(now, purpose="marketing")
        post.agree(now + SECOND, granted=False)
        post.send(now + SECOND)
        assert post.state(message_id) == "suppressed"

    def test_offers_say_how_to_stop(self, post, now):
        message_id = post.queue(now, purpose="marketing")
        receipt = post.queue(now, key="k-2")
        assert post.get(message_id).body.endswith("\nلغو۱۱")
        assert "لغو" not in post.get(receipt).body


def test_a_withdrawn_message_is_not_sent(post, now, business):
    about = business.id
    message_id = post.queue(now, ref_kind="test", ref_id=about)
    with acting_for(business.id):
        assert cancel_queued(ref_kind="test", ref_ids=[about], now=now) == {about}
    assert post.send(now) == 0
    assert post.state(message_id) == "suppressed"


def test_a_used_code_is_forgotten(post, now):
    message_id = post.queue(now, purpose="otp")
    post.send(now)
    assert post.get(message_id).body == ""


@pytest.mark.parametrize("address", ["09121234567", "+98", "", "+98912123456789012"])
def test_only_international_numbers_are_queued(post, now, address):
    with pytest.raises(Problem, match="invalid_mobile"):
        post.queue(now, address=address)


def test_the_key_is_stored_encrypted_and_for_its_row_only(acting):
    account = SmsAccount.objects.get()
    account.api_key = "canary-key-51"
    account.save()
    stored = SmsAccount.objects.get()
    assert b"canary" not in bytes(stored.sealed_key)
    assert stored.api_key == "canary-key-51"


def test_promises_hold_and_broken_ones_are_named(post, now):
    post.agree(now)
    message_id = post.queue(now, purpose="marketing")
    post.send(now)
    with acting_for(post.business.id):
        assert invariants.broken(now) == []
        Message.objects.update(state="sending", check_at=None, body="بی‌خروج", parts=9)
        told = invariants.broken(now)
    assert len(told) == 3
    assert all(str(message_id) in one for one in told)


def test_r59_an_offer_sent_to_somebody_erased_since_breaks_no_promise(post, now):
    post.agree(now)
    post.queue(now, purpose="marketing")
    post.send(now)
    with acting_for(post.business.id):
        Message.objects.update(address="", body="")
        assert invariants.broken(now) == []


@pytest.mark.parametrize("number", [2, 4, 6, 8, 9])
def test_the_text_of_a_code_is_gone_however_it_ends(post, now, number):
    message_id = post.queue(now, address=MAGIC.format(number), purpose="otp")
    post.send(now)
    post.centre.advance(60)
    post.check(now + 10 * SECOND)
    post.check(now + LATER)
    assert post.get(message_id).body == ""


def test_the_text_of_a_code_that_never_left_is_gone_with_its_time(post, now, settings):
    settings.SMS_BASE_URL = "http://127.0.0.1:9"
    message_id = post.queue(now, purpose="otp")
    post.send(now)
    assert post.get(message_id).body != ""
    post.send(now + LATER)
    assert (post.get(message_id).state, post.get(message_id).body) == ("expired", "")


def test_the_text_of_a_withdrawn_code_is_gone(post, now):
    about = new_id()
    message_id = post.queue(now, purpose="otp", ref_kind="code", ref_id=about)
    with acting_for(post.business.id):
        cancel_queued(ref_kind="code", ref_ids=[about], now=now)
    assert (post.get(message_id).state, post.get(message_id).body) == ("suppressed", "")
