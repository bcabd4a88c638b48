"""What a bank's rows say of somebody who is erased, and of a namesake (R59)."""

from core.tenancy import acting_for
from customers.models import Customer
from customers.operations import ask_erasure, confirm_erasure

NAME = "سارا کریمی"


def _erase(till, customer_id):
    with acting_for(till.business.id):
        asked = ask_erasure(customer_id=customer_id, reason="asked", now=till.now)
        code = Customer.objects.get(id=customer_id).member_code
        confirm_erasure(erasure_id=asked.id, member_code=code, now=till.now)


def test_a_namesakes_transfer_keeps_its_name_and_one_of_nobody_loses_it(till):
    sara = till.customer("09121234567", NAME)
    namesake = till.customer("09135556677", NAME)
    hers = till.hear(500_000, till.identifier(customer_id=sara).digits, source_name=NAME)
    other = till.hear(
        600_000,
        till.identifier(customer_id=namesake).digits,
        source_name=NAME,
        description="از طرف 0912 123 4567",
    )
    paid = till.hear(700_000, till.identifier(customer_id=namesake).digits, source_name=NAME)
    nobodys = till.hear(800_000, source_name=NAME)

    _erase(till, sara)

    said = [till.see(one.id).row.source_name for one in (hers, other, paid, nobodys)]
    # The second row says Sara's own mobile: it is of her, whoever's identifier it came with.
    assert said == ["", "", NAME, ""]
    assert till.wrongs() == []
