"""Asking banks over HTTP: what is kept, what is used again, who is asked next, who pays."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction

from core.errors import Problem
from core.tenancy import acting_for
from payments.enums.inquiries import InquiryKind, InquiryState
from payments.models import Alert, Inquiry
from payments.operations.inquiries import read_inquiry
from payments.providers.contract import Match, Outcome, Question
from sandbox.people import ACCOUNTS, NILOUFAR, REZA, SARA
from tests.payments.inquiries.conftest import PRICE, Asker, open_asker
from tests.sandbox_server import free_port

SARAS = ACCOUNTS["sara"]
CODE = {"national_code": SARA.national_code, "iban": SARAS.iban}


def refusal(asker: Asker, *args, **given) -> Problem:
    with pytest.raises(Problem) as caught:
        asker.ask(*args, **given)
    return caught.value


def test_the_kinds_are_the_contract_s_questions():
    assert {one.value for one in InquiryKind} == {one.value for one in Question}


@pytest.mark.parametrize(
    ("kind", "facts", "owner", "iban"),
    [
        ("card_account", {"card": SARAS.card}, "سارا محمدی", SARAS.iban),
        ("card_owner", {"card": SARAS.card}, "سارا محمدی", ""),
        ("iban_owner", {"iban": SARAS.iban}, "سارا محمدی", SARAS.iban),
    ],
)
@pytest.mark.parametrize("provider", ["jibit_ide", "finnotech"])
def test_whose_it_is(asker: Asker, provider, kind, facts, owner, iban):
    first = asker.jibit if provider == "jibit_ide" else asker.finnotech
    asker.account(first, priority=1)
    row = asker.ask(kind, **facts)
    found = asker.found(row)
    assert (row.state, row.outcome, row.account_id) == ("answered", Outcome.OK, first)
    assert found is not None
    assert (found.owners, found.iban, row.match) == ((owner,), iban, "")
    assert row.valid_until == asker.now.replace(year=2026, month=12, day=23)


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        ("iban_national_code", {"iban": SARAS.iban, "birth_date": SARA.birth_date}),
        ("card_national_code", {"card": SARAS.card}),
        ("mobile_national_code", {"mobile": "+98 912 000 0001"}),
    ],
)
def test_whether_facts_belong_together(asker: Asker, kind, facts):
    yes = asker.ask(kind, national_code=SARA.national_code, **facts)
    other = asker.ask(kind, national_code=REZA.national_code, **facts)
    assert (yes.match, other.match) == (Match.MATCH, Match.NO_MATCH)
    assert asker.found(yes) is None


def test_nothing_that_was_asked_about_is_kept_in_clear(asker: Asker):
    asker.ask("card_account", card=SARAS.card)
    asker.ask("mobile_national_code", mobile=SARA.mobile, national_code=SARA.national_code)
    kept = repr(
        [[vars(row) for row in rows] for rows in (asker.rows(), asker.calls())]
        + [vars(row) for row in asker.audit("inquiry.asked")]
    )
    for secret in (
        SARAS.card,
        SARAS.iban,
        SARA.national_code,
        SARA.mobile,
        SARA.last_name,
        SARA.last_name.encode(),
    ):
        assert repr(secret)[1:-1] not in kept
    assert [row.hint for row in asker.rows()] == [
        f"{SARAS.card[:6]}******{SARAS.card[-4:]}",
        f"*******{SARA.mobile[-4:]} · ******{SARA.national_code[-4:]}",
    ]


def test_names_are_kept_in_one_spelling(asker: Asker):
    found = asker.found(asker.ask(iban=ACCOUNTS["reza"].iban))
    assert found is not None
    assert found.owners == ("سیدرضا کریمی",)


def test_an_answer_that_holds_is_used_again_and_says_so(asker: Asker):
    first = asker.ask(expected_name="سارا محمدی")
    asker.wait(days=29)
    again = asker.ask(iban=f"  {SARAS.iban[2:]} ", expected_name="رضا کریمی", by="رضا")
    assert (first.answered_by_id, again.answered_by_id) == (None, first.id)
    assert (first.match, again.match) == (Match.MATCH, Match.NO_MATCH)
    assert (first.tries, first.cost_rial) == (1, PRICE)
    assert (again.tries, again.cost_rial, again.checked_at) == (0, None, first.checked_at)
    assert asker.found(again) == asker.found(first)
    assert asker.heard("jibit.ide.iban") == 1
    assert [one.data["used_again"] for one in asker.audit("inquiry.asked")] == [False, True]

    asker.wait(days=2)
    assert asker.ask().answered_by_id is None
    assert asker.heard("jibit.ide.iban") == 2


def test_it_can_be_asked_anew(asker: Asker):
    asker.ask()
    assert asker.ask(anew=True).answered_by_id is None
    assert asker.heard("jibit.ide.iban") == 2


def test_another_question_about_the_same_account_is_another_question(asker: Asker):
    asker.ask("card_account", card=SARAS.card)
    assert asker.ask("card_owner", card=SARAS.card).answered_by_id is None
    born = asker.ask("iban_national_code", birth_date=SARA.birth_date, **CODE)
    assert asker.ask("iban_national_code", **CODE).answered_by_id is None
    assert asker.ask("iban_national_code", birth_date="۱۳۷۰-۲-۱۴", **CODE).answered_by_id == born.id


def test_what_a_bank_could_not_tell_is_not_used_again(asker: Asker):
    facts = {"iban": ACCOUNTS["unsure"].iban, "national_code": NILOUFAR.national_code}
    row = asker.ask("iban_national_code", **facts)
    assert (row.state, row.match, row.valid_until) == ("answered", Match.INDETERMINATE, None)
    assert asker.ask("iban_national_code", **facts).answered_by_id is None


def test_a_business_knows_nothing_of_anothers_answers(asker, other_business, bank, now):
    other = open_asker(other_business, bank, now)
    mine, theirs = asker.ask(), other.ask()
    assert theirs.answered_by_id is None
    assert bytes(mine.request_hash) != bytes(theirs.request_hash)


# --- the next account ---------------------------------------------------------------------------


def test_a_provider_nobody_answers_at_costs_nothing_and_the_next_is_asked(asker: Asker):
    asker.account(asker.jibit, base_url=f"http://127.0.0.1:{free_port()}")
    asker.account(asker.finnotech, fee_fixed_rial=7_000)
    row = asker.ask()
    assert (row.state, row.account_id, row.tries, row.cost_rial) == (
        "answered",
        asker.finnotech,
        1,
        7_000,
    )
    assert [call.outcome for call in asker.calls()] == [Outcome.NOT_ATTEMPTED, Outcome.OK]
    assert {call.about_id for call in asker.calls()} == {row.id}


@pytest.mark.parametrize(("fee", "cost"), [(7_000, PRICE + 7_000), (0, None)])
def test_silence_is_counted_and_the_next_is_asked(asker: Asker, fee, cost):
    asker.account(asker.finnotech, fee_fixed_rial=fee)
    asker.bank.script("jibit.ide.iban", "timeout_done")
    row = asker.ask()
    assert (row.state, row.account_id, row.tries, row.cost_rial) == (
        "answered",
        asker.finnotech,
        2,
        cost,
    )


def test_a_definite_answer_is_not_asked_of_the_next(asker: Asker):
    row = asker.ask(iban=ACCOUNTS["no_owner"].iban)
    assert (row.state, row.reason, row.valid_until) == ("answered", "iban.not_found_owner", None)
    assert asker.heard("finnotech.iban") == 0


def test_a_bank_that_is_down_is_no_failure_of_the_provider(asker: Asker):
    for _time in range(3):
        row = asker.ask("card_owner", card=ACCOUNTS["bank_down"].card, anew=True)
        assert row.account_id == asker.finnotech
    assert asker.account(asker.jibit).failures == 0


def test_an_account_that_keeps_failing_pauses_and_is_passed_over(asker: Asker):
    asker.bank.script("jibit.ide.iban", "html_500", times=3)
    for _time in range(3):
        asker.ask(anew=True)
    assert asker.account(asker.jibit).paused_until == asker.now + timedelta(seconds=30)
    asker.ask(anew=True)
    assert asker.heard("jibit.ide.iban") == 3
    with acting_for(asker.business.id):
        assert Alert.objects.get(resolved_at=None).kind == "provider_down"

    asker.wait(minutes=1)
    assert asker.ask(anew=True).account_id == asker.jibit
    assert asker.account(asker.jibit).failures == 0


def test_when_nobody_answers_nothing_is_learned_and_no_is_not_said(asker: Asker):
    for account_id in (asker.jibit, asker.finnotech):
        asker.account(account_id, base_url=f"http://127.0.0.1:{free_port()}")
    row = asker.ask("iban_national_code", birth_date=SARA.birth_date, **CODE)
    assert (row.state, row.outcome, row.match) == (
        "unanswered",
        Outcome.NOT_ATTEMPTED,
        Match.INDETERMINATE,
    )
    assert (row.tries, row.valid_until) == (0, None)


def test_who_cannot_answer_with_what_is_known_is_not_asked(asker: Asker):
    asker.account(asker.jibit, is_active=False)
    assert refusal(asker, "iban_national_code", **CODE).code == "no_inquiry_account"
    assert asker.ask("iban_national_code", birth_date=SARA.birth_date, **CODE).match == Match.MATCH
    assert (
        refusal(asker, "card_national_code", national_code=SARA.national_code, card=SARAS.card).code
        == "no_inquiry_account"
    )


# --- limits -------------------------------------------------------------------------------------


def test_no_more_than_the_day_s_limit_is_billed(asker: Asker):
    asker.rules(daily_limit=2)
    asker.ask()
    asker.bank.script("jibit.ide.iban", "timeout_done")
    last = asker.ask(iban=ACCOUNTS["reza"].iban)
    assert (last.state, last.tries, last.outcome) == ("unanswered", 1, Outcome.UNKNOWN)
    assert refusal(asker, iban=ACCOUNTS["joint"].iban).code == "inquiry_limit_reached"
    assert asker.ask().answered_by_id  # what is known costs nothing
    asker.wait(days=1)
    assert asker.ask(iban=ACCOUNTS["joint"].iban).state == "answered"


def test_calls_that_were_not_made_are_given_back_to_the_limit(asker: Asker):
    asker.rules(daily_limit=1)
    asker.account(asker.jibit, base_url=f"http://127.0.0.1:{free_port()}")
    assert asker.ask().account_id == asker.finnotech


@pytest.mark.parametrize("rules", [{"daily_limit": -1}, {"valid_days": 366}])
def test_rules_that_do_not_work_are_refused(asker: Asker, rules):
    with pytest.raises(Problem):
        asker.rules(**rules)


def test_zero_days_use_no_answer_twice(asker: Asker):
    asker.rules(valid_days=0)
    assert asker.ask().valid_until is None


# --- what is refused ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "facts", "wrong"),
    [
        ("card_owner", {"card": SARAS.card[:-1] + "0"}, "card"),
        ("iban_owner", {"iban": "IR12"}, "iban"),
        ("iban_national_code", {"iban": SARAS.iban}, "national_code"),
        ("iban_national_code", {**CODE, "birth_date": "1370/13/40"}, "birth_date"),
        ("mobile_national_code", {"mobile": "123", "national_code": SARA.national_code}, "mobile"),
    ],
)
def test_numbers_that_are_none_are_refused_before_anybody_is_asked(asker, kind, facts, wrong):
    problem = refusal(asker, kind, **facts)
    assert (problem.code, set(problem.fields)) == ("invalid_inquiry", {wrong})
    assert asker.rows() == asker.calls() == []


def test_a_question_of_staff_says_why(asker: Asker):
    assert refusal(asker, purpose="staff").code == "inquiry_note_missing"
    assert asker.ask(purpose="staff", note="  مشتری  تلفن کرد ").note == "مشتری تلفن کرد"


# --- history ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [{"match": "match"}, {"tries": 0}, {"hint": "x"}, {"state": "asking"}, {"asked_by": "کسی"}],
)
def test_history_does_not_change(asker: Asker, change):
    row = asker.ask()
    with acting_for(asker.business.id):
        for act in (
            lambda: Inquiry.objects.filter(id=row.id).update(**change),
            lambda: Inquiry.objects.filter(id=row.id).delete(),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                act()


def test_a_newer_key_may_seal_what_was_found(asker: Asker):
    row = asker.ask()
    with acting_for(asker.business.id):
        assert Inquiry.objects.filter(id=row.id).update(found=row.found) == 1


def test_reading_names_is_written_down(asker: Asker):
    row = asker.ask()
    with acting_for(asker.business.id):
        detail = read_inquiry(inquiry_id=row.id, by="رضا", now=asker.now)
        assert detail.found is not None
        assert [call.outcome for call in detail.calls] == ["ok"]
    entry = asker.audit("inquiry.read")[0]
    assert (entry.subject, entry.data["by"]) == (str(row.id), "رضا")


def test_nobody_elses_inquiry_is_there(asker: Asker, other_business):
    row = asker.ask()
    with acting_for(other_business.id), pytest.raises(Problem) as caught:
        read_inquiry(inquiry_id=row.id, by="x", now=asker.now)
    assert caught.value.status == 404


# --- askers that die ----------------------------------------------------------------------------


def lost(asker: Asker, monkeypatch) -> UUID:
    """Ask and die on the wire."""

    def die(*_args, **_named):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("payments.operations.inquiries.wire.InquiryLine.ask", die)
        with pytest.raises(KeyboardInterrupt):
            asker.ask()
    (row,) = asker.rows()
    assert (row.state, row.tries) == (InquiryState.ASKING, 1)
    return row.id


def test_the_same_is_not_asked_while_it_is_being_asked(asker: Asker, monkeypatch):
    first = lost(asker, monkeypatch)
    problem = refusal(asker)
    assert (problem.code, problem.extra) == ("inquiry_in_progress", {"inquiry_id": str(first)})
    assert asker.ask(iban=ACCOUNTS["reza"].iban).state == "answered"


def test_an_asker_that_died_is_not_waited_for(asker: Asker, monkeypatch):
    first = lost(asker, monkeypatch)
    asker.wait(minutes=4)
    assert asker.ask().state == "answered"
    rows = {row.id: row for row in asker.rows()}
    assert (rows[first].state, rows[first].reason, rows[first].tries) == ("unanswered", "lost", 1)


def test_the_worker_ends_what_nobody_will(asker: Asker, monkeypatch, poll):
    lost(asker, monkeypatch)
    asker.wait(minutes=2)
    assert poll(asker.now) == 0
    asker.wait(hours=2)
    assert not asker.is_well()
    assert poll(asker.now) >= 1
    assert asker.rows()[0].state == "unanswered"
    assert asker.is_well()
