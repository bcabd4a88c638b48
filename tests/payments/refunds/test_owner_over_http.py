"""Whose account a refund goes to, asked of two real dialects over HTTP (C023, C120)."""

from dataclasses import dataclass

import pytest

from core.errors import Problem
from core.tenancy import acting_for
from customers.operations import CustomerHint
from payments.enums.refunds import Destination, RefundRoute, RefundState, Waiting
from payments.models import Inquiry, ProviderAccount, Transfer
from payments.operations.inquiries import set_inquiry_rules
from payments.operations.refunds import Receiver, decide, verify_destination
from payments.providers.contract import Match
from payments.queries.refunds import transfer_detail
from sandbox.people import ACCOUNTS, NILOUFAR, REZA, SARA
from tests.payments.inquiries.conftest import Asker, open_asker
from tests.payments.refunds.conftest import RefundShop

SARAS = ACCOUNTS["sara"].iban


@dataclass
class House:
    """A shop that refunds, with two providers of inquiries."""

    refunds: RefundShop
    asker: Asker

    def ask(self, payer: str = "سارا محمدی", **receiver: str) -> Transfer:
        payment = self.refunds.sold(customer=CustomerHint(mobile="09121234567", name=payer))
        to = Receiver(iban=receiver.pop("iban", SARAS), **receiver)
        return self.refunds.ask(payment, destination=Destination.ACCOUNT, receiver=to)

    def asked(self) -> list[Inquiry]:
        return self.asker.rows()


@pytest.fixture
def house(refunds: RefundShop) -> House:
    with acting_for(refunds.business_id):
        ProviderAccount.objects.update(families=["gateway", "refunds", "payouts"])
    asker = open_asker(refunds.shop.business, refunds.shop.bank, refunds.now)
    return House(refunds, asker)


def test_the_bank_s_name_decides_where_no_code_is_known(house: House):
    refund = house.ask()
    assert (refund.state, refund.match) == (RefundState.PAID, Match.MATCH)
    (asked,) = house.asked()
    assert (asked.kind, asked.purpose, asked.basis, asked.about_id, asked.asked_by) == (
        "iban_owner",
        "refund_destination",
        "contract",
        refund.id,
        refund.requested_by,
    )
    with acting_for(house.refunds.business_id):
        detail = transfer_detail(refund.id)
        assert detail is not None
        assert [one.id for one in detail.inquiries] == [asked.id]


def test_names_spelled_the_old_way_with_a_glued_title_are_the_same_person(house: House):
    refund = house.ask("سید رضا کریمی", iban=ACCOUNTS["reza"].iban)
    assert (refund.match, refund.state) == (Match.MATCH, RefundState.PAID)


def test_one_of_two_owners_is_enough(house: House):
    assert house.ask("رضا کریمی", iban=ACCOUNTS["joint"].iban).match == Match.MATCH


@pytest.mark.parametrize(
    ("receiver", "match", "state"),
    [
        ({"national_code": SARA.national_code}, Match.MATCH, RefundState.PAID),
        (
            {"national_code": SARA.national_code, "birth_date": SARA.birth_date},
            Match.MATCH,
            RefundState.PAID,
        ),
        # The same name, another person.
        ({"national_code": REZA.national_code}, Match.NO_MATCH, RefundState.AWAITING_APPROVAL),
        # Companies' ids are not asked about: the name decides.
        ({"national_code": "10380284790"}, Match.MATCH, RefundState.PAID),
    ],
)
def test_a_known_national_code_must_own_the_account_too(house: House, receiver, match, state):
    refund = house.ask(**receiver)
    assert (refund.match, refund.state) == (match, state)
    if state == RefundState.AWAITING_APPROVAL:
        assert (refund.waiting, refund.approvals_needed) == (Waiting.OTHER_OWNER, 2)


def test_a_bank_that_is_unsure_of_the_code_makes_a_second_person_look(house: House):
    refund = house.ask(
        "نیلوفر احمدی‌نیا", iban=ACCOUNTS["unsure"].iban, national_code=NILOUFAR.national_code
    )
    assert (refund.match, refund.waiting, refund.approvals_needed) == (
        Match.INDETERMINATE,
        Waiting.OWNER_UNSURE,
        1,
    )


def test_a_most_possible_is_probable_and_a_second_person_looks(house: House):
    house.asker.account(house.asker.finnotech, priority=1)
    refund = house.ask(
        "نیلوفر احمدی‌نیا",
        iban=ACCOUNTS["unsure"].iban,
        national_code=NILOUFAR.national_code,
        birth_date=NILOUFAR.birth_date,
    )
    assert (refund.match, refund.waiting) == (Match.PROBABLE, Waiting.OWNER_UNSURE)


def test_where_nobody_offers_the_code_the_name_decides(house: House):
    house.asker.account(house.asker.jibit, is_active=False)
    # Finnotech would need a birth date.
    assert house.ask(national_code=SARA.national_code).match == Match.MATCH
    assert [row.kind for row in house.asked()] == ["iban_owner"]


def test_a_limit_used_up_does_not_make_the_check_weaker(house: House):
    house.asker.rules(daily_limit=1)
    refund = house.ask(national_code=SARA.national_code)
    assert (refund.match, refund.waiting) == (Match.INDETERMINATE, Waiting.OWNER_UNSURE)


def test_another_name_is_not_asked_for_its_code(house: House):
    refund = house.ask("رضا کریمی", national_code=SARA.national_code)
    assert (refund.match, refund.waiting) == (Match.NO_MATCH, Waiting.OTHER_OWNER)
    assert [row.kind for row in house.asked()] == ["iban_owner"]


def test_the_second_refund_to_an_account_asks_nobody(house: House):
    house.ask(national_code=SARA.national_code)
    house.ask(national_code=SARA.national_code)
    assert [row.answered_by_id is None for row in house.asked()] == [True, True, False, False]
    assert house.asker.heard("jibit.ide.iban") == house.asker.heard("jibit.ide.match") == 1


def test_verifying_again_compares_with_what_is_known_now(house: House):
    refund = house.ask("س محمدی")
    assert refund.waiting == Waiting.OTHER_OWNER
    with acting_for(house.refunds.business_id, durable=True):
        assert verify_destination(transfer_id=refund.id, now=house.refunds.now)
    assert house.refunds.run(refund.id).waiting == Waiting.OTHER_OWNER
    assert house.asker.heard("jibit.ide.iban") == 1


def test_a_blocked_account_gets_nothing(house: House):
    refund = house.ask("نیلوفر احمدی‌نیا", iban=ACCOUNTS["blocked"].iban)
    assert (refund.state, refund.last_code) == (RefundState.REJECTED, "account_unusable")


def test_providers_that_are_down_hold_the_money_and_never_say_no(house: House):
    for account_id in (house.asker.jibit, house.asker.finnotech):
        house.asker.account(account_id, base_url="http://127.0.0.1:9")
    refund = house.ask()
    assert refund.waiting == Waiting.DESTINATION
    for _time in range(2):
        house.refunds.wait(seconds=21)
    refund = house.refunds.see(refund)
    assert (refund.waiting, refund.match) == (Waiting.OWNER_UNSURE, Match.INDETERMINATE)
    assert {row.tries for row in house.asked()} == {0}
    with acting_for(house.refunds.business_id, durable=True):
        decide(transfer_id=refund.id, decision="approve", by="رضا", now=house.refunds.now)
    assert house.refunds.run(refund.id).state == RefundState.PAID


@pytest.mark.parametrize(
    ("receiver", "wrong"),
    [
        ({"national_code": "1234567890"}, "national_code"),
        ({"birth_date": "2020-01-01"}, "birth_date"),
    ],
)
def test_numbers_that_are_none_are_refused_at_the_door(house: House, receiver, wrong):
    with pytest.raises(Problem) as caught:
        house.ask(**receiver)
    assert (caught.value.code, set(caught.value.fields)) == ("invalid_receiver", {wrong})


def test_no_refund_to_the_paying_card_waits_for_a_number_or_a_bank(house: House):
    """C120: the paying card is known, so nobody is asked for its number, nor about its owner."""
    with acting_for(house.refunds.business_id):
        set_inquiry_rules(daily_limit=0, valid_days=0, actor=None, now=house.refunds.now)
    refund = house.refunds.ask(house.refunds.sold())
    assert (refund.route, refund.state, refund.receiver) == (
        RefundRoute.GATEWAY,
        RefundState.PAID,
        None,
    )
    assert house.asked() == []
