"""One answer that cannot be written down, or not be understood, and the debits beside it."""

from datetime import timedelta

import pytest

from core.http import Answer
from core.tenancy import acting_for
from payments.models import DebitAttempt, ProviderCall
from payments.providers.contract import Outcome
from payments.providers.talk import Heard
from payments.providers.values import text
from tests.payments.debits.fake_bank import FakeDebits

BESIDE = 4


@pytest.fixture
def due(collector):
    """Return debits due together, the third of which meets trouble."""
    mandate_id = collector.active()
    return [collector.due(mandate_id, external_id=f"d-{n}") for n in range(BESIDE + 1)]


@pytest.fixture
def third(monkeypatch):
    """Return what makes one step of the third debit answer otherwise: `third(step, change)`."""

    def trouble(step, change):
        honest = getattr(FakeDebits, step)

        def answered(self, account, order):
            answer = honest(self, account, order)
            return change(answer) if order.description == "d-2" else answer

        monkeypatch.setattr(FakeDebits, step, answered)

    return trouble


def with_field(name, value):
    def change(answer):
        object.__setattr__(answer, name, value)
        return answer

    return change


def stumbles(_answer):
    raise TypeError("an answer of another shape")


def states(collector, due):
    return [collector.see(debit_id).state for debit_id in due]


CHANGES = {
    "NUL": with_field("reference", "R\x00-1"),
    "half a pair": with_field("reference", "R\ud800-1"),
    "overlong": with_field("reference", "".join(map(str, range(60_000)))),
    "another shape": stumbles,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_the_others_are_collected_at_once_and_it_is_asked_about(
    collector, due, third, work, change
):
    third("debit", change)
    work(collector.now)
    assert [state for n, state in enumerate(states(collector, due)) if n != 2] == (
        ["collected"] * BESIDE
    )

    work(collector.now + timedelta(hours=1))
    assert states(collector, due) == ["collected"] * (BESIDE + 1)
    assert len(collector.payments()) == len(collector.bank.collected()) == BESIDE + 1
    assert collector.bank.asked["debit"] == BESIDE + 1
    assert collector.is_well()


@pytest.mark.parametrize("token", ["A\x00", "A\udfff"], ids=["NUL", "half a pair"])
def test_a_session_nobody_can_keep_holds_up_no_other(collector, due, third, work, token):
    third("prepare_debit", with_field("authority", token))
    work(collector.now)
    assert [state for n, state in enumerate(states(collector, due)) if n != 2] == (
        ["collected"] * BESIDE
    )
    assert collector.bank.asked["debit"] == BESIDE
    assert collector.is_well()


def test_words_lose_what_no_database_keeps(collector, work):
    said = {"mess\x00age": ["نا\ud800موجود", 1, None]}
    heard = Heard(Answer(200, said, ""), None, {"to\x00": "x\x00y"}, 1)
    evidence = heard.evidence(code="-\x001", message="\x00no")
    assert evidence.answered == {"message": ["ناموجود", 1, None]}
    assert evidence.asked == {"to": "xy"}
    assert (evidence.code, evidence.message) == ("-1", "no")


def test_a_text_no_database_keeps_is_nobodys_reference():
    assert text("12\x003") == text("\udfff") == ""


def test_what_was_said_is_kept_though_nothing_can_be_done_with_it(collector, due, third, work):
    third("debit", with_field("reference", "R\x00-1"))
    work(collector.now)
    with acting_for(collector.business.id):
        attempt = DebitAttempt.objects.get(debit=due[2])
        words = ProviderCall.objects.filter(about_id=attempt.id, operation="debit")
        assert [word.outcome for word in words] == [Outcome.OK]
