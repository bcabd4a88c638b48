"""Several accounts: which one a new try goes to, when the next one; money under way stays."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from businesses.queries import BusinessInfo
from core.errors import Problem
from core.ids import new_id
from core.tenancy import acting_for
from customers.operations import CustomerHint, find_or_create
from payments.enums import AttemptState, PaymentState
from payments.enums.debits import MandateState
from payments.models import Alert, Mandate, Payment, PaymentAttempt, ProviderAccount
from payments.operations import create_payment, handle_callback, poll_due, start_attempt
from payments.operations.accounts import add_account
from payments.operations.breaker import OPENS_AFTER
from payments.operations.route import _ranked, _Weighed
from payments.queries.payer import payer_bank
from payments.queries.routing import ENOUGH_TRIES, Measured, Success, cost_of
from tests.payments.memory_bank import open_banks


class Two:
    """A business with an account at each of two banks in memory."""

    def __init__(self, business: BusinessInfo, banks, now):
        self.business, self.banks, self.now = business, banks, now
        self.accounts: dict[str, UUID] = {}
        with acting_for(business.id):
            ProviderAccount.objects.update(is_active=False)
            for place, name in enumerate(banks):
                self.accounts[name] = add_account(
                    provider=name,
                    credentials={"merchant_id": f"merchant-{name}"},
                    title=name,
                    is_sandbox=True,
                    actor=None,
                    now=now,
                )
                self.change(name, priority=place)

    def change(self, name, **values):
        with acting_for(self.business.id):
            ProviderAccount.objects.filter(id=self.accounts[name]).update(**values)

    def see(self, name) -> ProviderAccount:
        with acting_for(self.business.id):
            return ProviderAccount.objects.get(id=self.accounts[name])

    def ask(self, amount_rial=900_000, **changes) -> UUID:
        with acting_for(self.business.id):
            return create_payment(
                external_id=f"inv-{new_id()}", amount_rial=amount_rial, now=self.now, **changes
            ).id

    def press(self, payment_id, now=None) -> str:
        way = start_attempt(
            business_id=self.business.id, payment_id=payment_id, now=now or self.now
        )
        return way.url.rpartition("/")[2]

    def went_to(self, payment_id) -> list[str]:
        with acting_for(self.business.id):
            rows = PaymentAttempt.objects.filter(payment_id=payment_id).order_by("number")
            return [row.account.provider for row in rows.select_related("account")]

    def attempts(self, payment_id) -> list[PaymentAttempt]:
        with acting_for(self.business.id):
            return list(PaymentAttempt.objects.filter(payment_id=payment_id).order_by("number"))

    def state(self, payment_id) -> str:
        with acting_for(self.business.id):
            return Payment.objects.get(id=payment_id).state

    def alerts(self) -> dict[str, int]:
        with acting_for(self.business.id):
            return dict(Alert.objects.filter(resolved_at=None).values_list("kind", "times"))

    def come_back(self, name, authority, now=None):
        bank = self.banks[name]
        token = bank.sessions[authority].callback_url.rstrip("/").rpartition("/")[2]
        return handle_callback(token=token, params=bank.returns(authority), now=now or self.now)

    def plant(self, name, tries, won, *, hour=0, card=""):
        """Put finished tries into an account's past, with the cards of one bank or unknown ones."""
        with acting_for(self.business.id):
            for place in range(tries):
                at = self.now - timedelta(days=1 + place % 20, hours=hour)
                payment = Payment.objects.create(
                    external_id=f"old-{new_id()}",
                    amount_rial=10_000,
                    fingerprint="",
                    pay_token=str(new_id()),
                    created_at=at,
                    expires_at=at,
                    settled_at=at,
                )
                state = AttemptState.CONFIRMED if place < won else AttemptState.DECLINED
                PaymentAttempt.objects.create(
                    payment=payment,
                    account_id=self.accounts[name],
                    number=1,
                    state=state,
                    callback_token=str(new_id()),
                    sent_amount=10_000,
                    wire_unit="IRR",
                    adapter_version="test",
                    started_at=at,
                    redirected_at=at,
                    ended_at=at,
                    masked_pan=card,
                )


@pytest.fixture
def two(business, now, monkeypatch) -> Two:
    return Two(business, open_banks(monkeypatch, "zarinpal", "mellat"), now)


def test_the_order_decides_and_the_decision_is_kept(two: Two):
    payment = two.ask()
    two.press(payment)
    assert two.went_to(payment) == ["zarinpal"]
    route = two.attempts(payment)[0].route
    assert route["reason"] == "order"
    assert [one["name"] for one in route["considered"]] == ["zarinpal", "mellat"]


def test_of_one_order_the_cheaper_is_taken(two: Two):
    two.change("zarinpal", priority=5, fee_bp=100)
    two.change("mellat", priority=5, fee_fixed_rial=1_200)
    payment = two.ask(900_000)
    two.press(payment)
    assert two.went_to(payment) == ["mellat"]
    assert two.attempts(payment)[0].route["reason"] == "cost"


@pytest.mark.parametrize(
    ("bp", "fixed", "most", "fee"), [(100, 0, None, 9_999), (50, 100, 3_000, 3_000), (0, 0, 5, 0)]
)
def test_a_tariff_is_a_share_and_a_fixed_part_up_to_a_limit(bp, fixed, most, fee):
    account = ProviderAccount(fee_bp=bp, fee_fixed_rial=fixed, fee_max_rial=most)
    assert cost_of(account, 999_999) == fee


def test_limits_and_the_cap_of_the_day_pass_an_account_over(two: Two):
    two.change("zarinpal", daily_cap_rial=1_000_000, max_rial=900_000)
    first, second, large = two.ask(), two.ask(), two.ask(950_000)
    for payment in (first, second, large):
        two.press(payment)
    assert [two.went_to(one) for one in (first, second, large)] == [
        ["zarinpal"], ["mellat"], ["mellat"]
    ]  # fmt: skip
    against = two.attempts(second)[0].route["considered"][0]["against"]
    assert (against, two.attempts(large)[0].route["considered"][0]["against"]) == ("cap", "limits")


def test_the_cap_counts_the_business_day_in_its_zone(two: Two):
    two.change("zarinpal", daily_cap_rial=1_000_000)
    two.press(two.ask())
    tomorrow = two.ask()
    two.press(tomorrow, two.now + timedelta(hours=10, minutes=31))  # past midnight in Tehran
    assert two.went_to(tomorrow) == ["zarinpal"]


def test_an_account_that_surely_pays_through_less_often_stands_behind(two: Two):
    two.plant("zarinpal", 60, 20)
    two.plant("mellat", 60, 55)
    payment = two.ask()
    two.press(payment)
    assert two.went_to(payment) == ["mellat"]
    assert two.attempts(payment)[0].route["reason"] == "success"


def test_a_small_sample_says_nothing(two: Two):
    two.plant("zarinpal", ENOUGH_TRIES - 1, 0)
    two.plant("mellat", 60, 60)
    payment = two.ask()
    two.press(payment)
    assert two.went_to(payment) == ["zarinpal"]


def test_this_hour_of_the_day_counts_before_the_others(two: Two):
    two.plant("zarinpal", 40, 38)  # good now
    two.plant("zarinpal", 100, 0, hour=8)  # hopeless eight hours earlier
    two.plant("mellat", 40, 30)
    two.plant("mellat", 100, 100, hour=8)
    payment = two.ask()
    two.press(payment)
    assert two.went_to(payment) == ["zarinpal"]
    night = two.ask()
    two.press(night, two.now - timedelta(hours=8))
    assert two.went_to(night) == ["mellat"]


def test_nothing_is_surely_worse_without_knowledge():
    assert not Success(0, 0).worse_than(Success(100, 100))
    assert Success(100, 50).worse_than(Success(100, 90))
    assert not Success(100, 80).worse_than(Success(100, 85))


def test_a_provider_not_reached_is_followed_by_the_next_in_one_click(two: Two):
    two.banks["zarinpal"].broken["request"] = "refused"
    payment = two.ask()
    authority = two.press(payment)
    assert authority in two.banks["mellat"].sessions
    assert two.went_to(payment) == ["zarinpal", "mellat"]
    assert [one.state for one in two.attempts(payment)] == ["not_attempted", "redirected"]


def test_silence_is_not_followed_by_another_account(two: Two):
    two.banks["zarinpal"].broken["request"] = "unheard_done"
    payment = two.ask()
    with pytest.raises(Problem) as refusal:
        two.press(payment)
    assert refusal.value.code == "gateway_unavailable"
    assert two.went_to(payment) == ["zarinpal"]
    assert two.state(payment) == PaymentState.CREATED


def test_when_nobody_is_reached_the_buyer_is_told_and_tries_are_bounded(two: Two):
    for bank in two.banks.values():
        bank.broken["request"] = "refused"
    payment = two.ask()
    for _ in range(30):
        with pytest.raises(Problem) as refusal:
            two.press(payment)
        assert refusal.value.code == "gateway_unavailable"
    assert len(two.attempts(payment)) <= 2 * OPENS_AFTER
    assert two.state(payment) == PaymentState.CREATED
    assert two.alerts() == {"provider_down": 1}


def test_failures_pause_an_account_then_one_try_probes_it(two: Two):
    bank = two.banks["zarinpal"]
    bank.broken["request"] = "refused"
    for _ in range(OPENS_AFTER):
        two.press(two.ask())
    assert two.see("zarinpal").paused_until == two.now + timedelta(seconds=30)
    asked = bank.said.count("request")

    passed = two.ask()
    two.press(passed)
    assert bank.said.count("request") == asked
    considered = two.attempts(passed)[0].route["considered"]
    assert considered[0]["against"] == "paused"

    bank.broken.clear()
    probe = two.ask()
    two.press(probe, two.now + timedelta(seconds=31))
    assert two.went_to(probe) == ["zarinpal"]
    assert two.attempts(probe)[0].route["reason"] == "probe"
    assert (two.see("zarinpal").failures, two.see("zarinpal").paused_until) == (0, None)
    assert two.alerts() == {}


def test_a_failed_probe_pauses_longer(two: Two):
    two.banks["zarinpal"].broken["request"] = "refused"
    for _ in range(OPENS_AFTER):
        two.press(two.ask())
    later = two.now + timedelta(seconds=31)
    two.press(two.ask(), later)
    assert two.see("zarinpal").paused_until == later + timedelta(seconds=60)


def test_a_pause_never_keeps_money_under_way_from_being_asked_about(two: Two, as_role):
    payment = two.ask()
    authority = two.press(payment)
    two.banks["zarinpal"].pay(authority, two.now)
    two.banks["zarinpal"].broken["request"] = "refused"
    for _ in range(OPENS_AFTER):
        two.press(two.ask())
    assert two.see("zarinpal").paused_until is not None
    with as_role("vafa_worker"):
        poll_due(now=two.now + timedelta(seconds=40))
    assert two.state(payment) == PaymentState.SETTLED


def test_an_amount_no_account_takes_is_refused_when_asked(two: Two):
    two.change("zarinpal", max_rial=500_000)
    two.change("mellat", min_rial=2_000_000)
    with acting_for(two.business.id), pytest.raises(Problem) as refusal:
        create_payment(external_id="inv-x", amount_rial=10, now=two.now)
    assert refusal.value.code == "amount_out_of_range"


SAMAN, MELLI = "621986******1234", "603799******1234"
SARA = CustomerHint(mobile="09121234567")


def _paid_with(two: Two, card: str) -> None:
    """Let the customer have paid once, with a card of that bank."""
    payment = two.ask(customer=SARA)
    authority = two.press(payment)
    name = two.went_to(payment)[0]
    two.banks[name].pay(authority, two.now)
    two.come_back(name, authority)
    assert two.state(payment) == PaymentState.SETTLED
    with acting_for(two.business.id):
        PaymentAttempt.objects.filter(payment_id=payment).update(
            masked_pan=card, started_at=two.now - timedelta(days=60)
        )


def _plant_both(two: Two) -> None:
    """Saman's cards pay through more often at mellat, all others at zarinpal."""
    two.plant("zarinpal", 60, 20, card=SAMAN)
    two.plant("zarinpal", 200, 190, card=MELLI)
    two.plant("mellat", 60, 55, card=SAMAN)
    two.plant("mellat", 200, 120, card=MELLI)


def test_what_is_known_of_the_payers_bank_counts_before_everybodys(two: Two):
    """ADR 47: the bank of the card the customer paid with last, where tries with it are enough."""
    _paid_with(two, SAMAN)
    _plant_both(two)
    theirs, anybodys = two.ask(customer=SARA), two.ask()
    two.press(theirs)
    two.press(anybodys)
    assert two.went_to(theirs) == ["mellat"]
    route = two.attempts(theirs)[0].route
    assert (route["reason"], route["bank"]) == ("bank", "056")
    assert (route["considered"][0]["bank_tries"], route["considered"][0]["bank_won"]) == (60, 20)
    assert two.went_to(anybodys) == ["zarinpal"]
    assert "bank" not in two.attempts(anybodys)[0].route


def test_an_account_that_tells_no_card_of_failed_tries_is_not_judged_by_bank(two: Two):
    _paid_with(two, SAMAN)
    two.plant("zarinpal", 40, 40, card=SAMAN)  # a card is told only when it paid
    two.plant("zarinpal", 100, 0)
    two.plant("mellat", 40, 20, card=SAMAN)
    two.plant("mellat", 100, 90, card=MELLI)
    payment = two.ask(customer=SARA)
    two.press(payment)
    assert two.went_to(payment) == ["mellat"]
    assert two.attempts(payment)[0].route["reason"] == "success"


def test_the_bank_of_a_mandate_is_known_before_the_first_payment(two: Two):
    with acting_for(two.business.id):
        customer = find_or_create(customer=SARA, source="test", now=two.now).customer_id
        Mandate.objects.create(
            customer_id=customer,
            account_id=two.accounts["zarinpal"],
            state=MandateState.ACTIVE,
            mobile="",
            bank="056",
            bank_code="056",
            max_debit_rial=10**7,
            max_day_count=1,
            max_month_count=1,
            starts_at=two.now,
            expires_at=two.now + timedelta(days=90),
            requested_at=two.now,
            activated_at=two.now,
            public_token="a",
            callback_token="b",
        )
    _plant_both(two)
    payment = two.ask(customer=SARA)
    two.press(payment)
    assert (two.went_to(payment), two.attempts(payment)[0].route["bank"]) == (["mellat"], "056")


def test_another_business_knows_nothing_of_the_card(two: Two, other_business):
    _paid_with(two, SAMAN)
    with acting_for(other_business.id):
        find_or_create(customer=SARA, source="test", now=two.now)
        assert payer_bank(Payment(customer_hint={"mobile": "09121234567"})) is None


_COUNTS = st.integers(0, 300).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))


@given(st.lists(st.tuples(_COUNTS, _COUNTS, st.integers(0, 3), st.integers(0, 9)), min_size=1,
                max_size=6))  # fmt: skip
def test_ranking_loses_nobody_and_never_begins_with_one_surely_worse_than_all(told):
    """ADR 47, R: whatever was measured, every account stands once and the order decides ties."""
    weighed = [
        _Weighed(
            ProviderAccount(id=new_id(), priority=priority),
            cost,
            success=Measured(Success(*overall), Success(*of_bank)),
        )
        for overall, of_bank, priority, cost in told
    ]
    ranked = [one for one, _reason in _ranked(weighed)]
    assert sorted(map(id, ranked)) == sorted(map(id, weighed))
    in_order = sorted(weighed, key=lambda one: (one.account.priority, one.cost_rial))
    free = [
        one for one in in_order if not any(one.success.worse_than(two.success) for two in weighed)
    ]
    assert ranked[: len(free)] == free
    assert not any(one.success.worse_than(one.success) for one in weighed)
