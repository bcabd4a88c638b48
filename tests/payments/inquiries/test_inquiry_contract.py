"""One suite over every provider of inquiries, against the sandbox's made-up people."""

from dataclasses import replace
from uuid import uuid4

import pytest

from payments.providers import PRODUCTS
from payments.providers.contract import Account, Inquiries, Match, Outcome, Question
from sandbox.people import ACCOUNTS, REZA, SARA
from tests.sandbox_server import free_port, fresh_sandbox, sandbox

__all__ = ["fresh_sandbox", "sandbox"]

OPERATIONS = {"jibit_ide": "jibit.ide", "finnotech": "finnotech"}
CREDENTIALS = {
    "jibit_ide": {"api_key": "key", "secret_key": "hidden-secret"},
    "finnotech": {"client_id": "shop", "client_secret": "hidden-secret", "nid": "0013542419"},
}


@pytest.fixture(params=sorted(name for name, one in PRODUCTS.items() if one.inquiries))
def provider(request) -> str:
    return str(request.param)


@pytest.fixture
def inquiries(provider) -> Inquiries:
    found = PRODUCTS[provider].inquiries
    assert found is not None
    return found


@pytest.fixture
def account(provider, fresh_sandbox) -> Account:
    path = PRODUCTS[provider].hosts["main"].sandbox_path
    keys = CREDENTIALS[provider] | {
        name: f"{value}-{uuid4().hex[:6]}"
        for name, value in CREDENTIALS[provider].items()
        if name in {"api_key", "client_id"}
    }
    return Account(base_url=f"{fresh_sandbox.base_url}{path}", credentials=keys)


def names(info) -> list[str]:
    return [f"{one.first_name} {one.last_name}" for one in info.owners]


def test_a_card_leads_to_its_account_and_owner(inquiries, account):
    found = inquiries.card_to_iban(account, ACCOUNTS["sara"].card, key=uuid4().hex)
    assert (found.outcome, found.iban, found.usable) == (
        Outcome.OK,
        ACCOUNTS["sara"].iban,
        True,
    )
    assert names(found) == ["سارا محمدی"]


def test_a_card_has_an_owner(provider, inquiries, account):
    found = inquiries.card_owner(account, ACCOUNTS["sara"].card, key=uuid4().hex)
    assert (found.outcome, found.iban) == (Outcome.OK, "")
    assert [name.strip() for name in names(found)] == ["سارا محمدی"]
    assert "محمدی" not in repr(found.evidence)


def test_a_card_is_matched_where_the_provider_offers_it(provider, inquiries, account):
    asked = {"card": ACCOUNTS["sara"].card, "birth_date": SARA.birth_date, "key": uuid4().hex}
    answers = [
        inquiries.match_card(account, national_code=person.national_code, **asked)
        for person in (SARA, REZA)
    ]
    if Question.CARD_NATIONAL_CODE in inquiries.asks:
        assert [one.match for one in answers] == [Match.MATCH, Match.NO_MATCH]
    else:
        assert {one.outcome for one in answers} == {Outcome.NOT_ATTEMPTED}


def test_a_joint_account_has_two_owners(inquiries, account):
    found = inquiries.iban_info(account, ACCOUNTS["joint"].iban, key=uuid4().hex)
    assert len(names(found)) == 2


def test_the_same_question_may_be_asked_again(inquiries, account):
    answers = [
        inquiries.iban_info(account, ACCOUNTS["sara"].iban, key="same").outcome for _ in range(2)
    ]
    assert answers == [Outcome.OK, Outcome.OK]


def test_a_blocked_account_is_not_usable(inquiries, account):
    found = inquiries.iban_info(account, ACCOUNTS["blocked"].iban, key=uuid4().hex)
    assert (found.outcome, found.usable) == (Outcome.OK, False)


@pytest.mark.parametrize("name", ["lost", "expired"])
def test_a_dead_card_is_said_by_who_knows(provider, inquiries, account, name):
    found = inquiries.card_to_iban(account, ACCOUNTS[name].card, key=uuid4().hex)
    assert found.outcome is Outcome.OK
    if provider == "jibit_ide":
        assert found.usable is False
        assert found.reason.startswith("card.")


def test_an_unknown_account_is_not_a_no(inquiries, account):
    found = inquiries.iban_info(account, "IR270170000000100324200001", key=uuid4().hex)
    assert (found.outcome, found.usable, found.owners) == (Outcome.OK, None, ())
    matched = inquiries.match_iban(
        account,
        national_code=SARA.national_code,
        iban="IR270170000000100324200001",
        birth_date=SARA.birth_date,
        key=uuid4().hex,
    )
    assert matched.match is Match.INDETERMINATE


@pytest.mark.parametrize(("person", "match"), [(SARA, Match.MATCH), (REZA, Match.NO_MATCH)])
def test_an_account_is_matched_with_a_national_code(inquiries, account, person, match):
    answer = inquiries.match_iban(
        account,
        national_code=person.national_code,
        iban=ACCOUNTS["sara"].iban,
        birth_date=person.birth_date,
        key=uuid4().hex,
    )
    assert (answer.outcome, answer.match) == (Outcome.OK, match)


def test_an_unsure_bank_is_never_a_yes_or_a_no(provider, inquiries, account):
    answer = inquiries.match_iban(
        account,
        national_code=SARA.national_code,
        iban=ACCOUNTS["unsure"].iban,
        birth_date=SARA.birth_date,
        key=uuid4().hex,
    )
    expected = {"finnotech": Match.PROBABLE, "jibit_ide": Match.INDETERMINATE}
    assert (answer.outcome, answer.match) == (Outcome.OK, expected[provider])


def test_a_mobile_is_matched_with_a_national_code(inquiries, account):
    answers = [
        inquiries.match_mobile(
            account, national_code=SARA.national_code, mobile=mobile, key=uuid4().hex
        ).match
        for mobile in (SARA.mobile, REZA.mobile)
    ]
    assert answers == [Match.MATCH, Match.NO_MATCH]


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ("http_429", Outcome.NOT_ATTEMPTED),
        ("html_500", Outcome.UNKNOWN),
        ("timeout_done", Outcome.UNKNOWN),
        ("bad_json", Outcome.UNKNOWN),
        ("error", Outcome.UNKNOWN),
    ],
)
def test_a_provider_that_is_down_never_says_no(
    provider, inquiries, account, fresh_sandbox, fault, outcome
):
    inquiries.match_mobile(
        account, national_code=SARA.national_code, mobile=SARA.mobile, key=uuid4().hex
    )
    word = {"jibit_ide": "match", "finnotech": "shahkar"}[provider]
    fresh_sandbox.script(f"{OPERATIONS[provider]}.{word}", fault)
    answer = inquiries.match_mobile(
        account, national_code=SARA.national_code, mobile=SARA.mobile, key=uuid4().hex
    )
    assert (answer.outcome, answer.match, answer.retryable) == (
        outcome,
        Match.INDETERMINATE,
        True,
    )


def test_nobody_there_was_not_attempted(inquiries, account):
    nowhere = replace(account, base_url=f"http://127.0.0.1:{free_port()}")
    found = inquiries.card_to_iban(nowhere, ACCOUNTS["sara"].card, key="k")
    assert found.outcome is Outcome.NOT_ATTEMPTED


def test_evidence_holds_neither_card_nor_secret(provider, inquiries, account, fresh_sandbox):
    card = ACCOUNTS["sara"].card
    found = inquiries.card_to_iban(account, card, key=uuid4().hex)
    matched = inquiries.match_mobile(
        account, national_code=SARA.national_code, mobile=SARA.mobile, key=uuid4().hex
    )
    fresh_sandbox.script(f"{OPERATIONS[provider]}.card", "bad_json")
    broken = inquiries.card_to_iban(account, card, key=uuid4().hex)
    assert broken.outcome is Outcome.UNKNOWN
    kept = repr((found.evidence, matched.evidence, broken.evidence))
    for secret in (card, "hidden-secret", SARA.national_code, SARA.mobile, SARA.last_name):
        assert secret not in kept
