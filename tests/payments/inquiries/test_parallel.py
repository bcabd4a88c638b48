"""The same question at the same moment is asked, and billed, once."""

from core.errors import Problem
from sandbox.people import ACCOUNTS
from tests.payments.inquiries.conftest import Asker, open_asker


def test_twelve_at_once_pay_once(in_parallel, business, bank, now):
    asker = open_asker(business, bank, now)
    bank.script("jibit.ide.iban", "slow_body", seconds=0.3)

    def work(_index=0):
        try:
            return "used again" if asker.ask().answered_by_id else "asked"
        except Problem as problem:
            return problem.code

    answers = in_parallel(*[work] * 12)
    assert answers.count("asked") == 1
    assert set(answers) <= {"asked", "used again", "inquiry_in_progress"}
    assert asker.heard("jibit.ide.iban") == 1
    assert sum(row.tries for row in asker.rows()) == 1
    assert asker.ask().answered_by_id is not None


def test_different_questions_at_once_never_pass_the_limit(in_parallel, business, bank, now):
    asker: Asker = open_asker(business, bank, now)
    asker.rules(daily_limit=3)

    def ask(iban):
        def work():
            try:
                return asker.ask(iban=iban).state
            except Problem as problem:
                return problem.code

        return work

    in_parallel(*[ask(one.iban) for one in list(ACCOUNTS.values())[:7]])
    assert sum(row.tries for row in asker.rows()) == 3
