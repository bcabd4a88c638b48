"""People known before they bought: written down once, followed up, customers by buying (C042)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from businesses.operations import hire_employee
from core.errors import NotFound, Problem
from core.ids import new_id
from core.tenancy import acting_for
from customers.enums import LeadStep
from customers.models import CustomerIdentity, Lead, LeadSource, TimelineEntry
from customers.operations import (
    CardHint,
    CustomerHint,
    ask_erasure,
    claim_purchase,
    confirm_erasure,
    find_or_create,
    merge_customers,
    record_return,
    undo_merge,
)
from customers.operations.leads import (
    ChangedSource,
    NewLead,
    NewSource,
    assign_lead,
    change_source,
    follow_up,
    note_lead,
    open_source,
)
from customers.queries import customer_view
from customers.queries.leads import bought_by, lead_of, lead_rows
from loyalty.queries.sums import members_with_points
from outbox.models import Event
from segmentation.operations import score_business
from segmentation.queries import summary
from tests.customers.conftest import sale
from tests.customers.leads.conftest import SARA, only

CARD = CardHint(hash="family", masked_pan="603799******4431")
DAY = timedelta(days=1)


def test_c042_whoever_leaves_a_number_is_written_down_once(left, now):
    first = left(wants="یک مانتو", source="نمایشگاه", consented=True)
    again = left(kind="till", wants="یک شال")
    assert (first.created, again.created) == (True, False)
    assert again.lead.id == first.lead.id
    row = only()
    assert (row.wants, row.source.title, row.next_at) == ("یک مانتو", "نمایشگاه", now + DAY)
    told = TimelineEntry.objects.filter(customer=row.customer, kind="lead")
    assert sorted(one.data["wants"] for one in told) == ["یک شال", "یک مانتو"]
    assert Event.objects.filter(name="lead.noted").count() == 1


def test_who_agrees_later_is_due_from_then_on(left, now):
    left()
    assert only().next_at is None
    left(consented=True, at=now + DAY)
    assert (only().consented_at, only().next_at) == (now + DAY, now + 2 * DAY)


def test_a_lead_needs_a_way_to_reach_them_and_no_card(acting, now):
    for hint in (CustomerHint(member_code="XX"), CustomerHint(mobile=SARA, card=CARD)):
        with pytest.raises(Problem) as refused:
            note_lead(new=NewLead(customer=hint, kind="staff"), now=now)
        assert refused.value.code == "lead_without_contact"
    assert not Lead.objects.exists()
    assert not LeadSource.objects.exists()


def test_nobody_is_due_who_did_not_agree(left, now):
    with pytest.raises(Problem) as refused:
        left(next_at=now + DAY)
    assert refused.value.code == "lead_without_consent"
    lead = left().lead
    with pytest.raises(Problem):
        follow_up(lead_id=lead.id, step="contacted", next_at=now + DAY, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Lead.objects.update(next_at=now)


def test_the_past_is_no_time_to_call(left, now):
    with pytest.raises(Problem) as refused:
        left(consented=True, next_at=now - DAY)
    assert refused.value.code == "invalid_moment"


# --- becoming a customer --------------------------------------------------------------------------


def test_c009_the_first_purchase_makes_a_customer_and_a_whole_return_a_lead_again(
    left, buys, state, now
):
    lead = left(consented=True).lead
    assert (state(lead), state(lead, now + DAY)) == ("open", "due")
    bought = buys()
    assert state(lead, now + 2 * DAY) == "bought"
    assert bought_by([lead.customer_id])[lead.customer_id].first_at == now + DAY
    record_return(purchase_id=bought.purchase_id, external_id="r1", amount_rial=1, now=now + DAY)
    assert state(lead) == "bought"
    record_return(
        purchase_id=bought.purchase_id, external_id="r2", amount_rial=899_999, now=now + DAY
    )
    assert state(lead, now + 2 * DAY) == "due"
    seen = customer_view(lead.customer_id)
    assert seen
    assert seen.purchases == 1  # what happened stays
    buys(after=3 * DAY)
    assert bought_by([lead.customer_id])[lead.customer_id].first_at == now + 3 * DAY


def test_who_has_bought_is_no_lead(left, buys):
    bought = buys()
    noted = left(consented=True)
    assert (noted.lead, noted.customer_id) == (None, bought.customer_id)
    assert not Lead.objects.exists()
    assert TimelineEntry.objects.filter(customer_id=bought.customer_id, kind="lead").exists()


def test_a_shared_card_makes_nobody_a_customer(left, record_one, buys, state, now):
    """The card stands for the brother; the sister's number is a lead until she buys herself."""
    lead = left().lead
    for _n in range(2):
        record_one(sale(customer=CustomerHint(mobile="09350000000", card=CARD)))
    record_one(sale(customer=CustomerHint(card=CARD)))
    assert state(lead) == "open"
    buys(card=CARD)
    assert state(lead) == "bought"


def test_a_verified_number_outranks_what_was_typed(left, record_one, now):
    """Somebody types Sara's e-mail beside a number that is proved to be Nima's: it is Nima."""
    nima = find_or_create(customer=CustomerHint(mobile="09350000000"), source="api", now=now)
    CustomerIdentity.objects.filter(customer_id=nima.customer_id).update(verified_at=now)
    find_or_create(customer=CustomerHint(email="sara@example.com"), source="api", now=now)
    hint = CustomerHint(mobile="09350000000", email="sara@example.com")
    noted = note_lead(new=NewLead(customer=hint, kind="staff"), now=now)
    assert noted.customer_id == nima.customer_id


def test_a_strangers_purchase_that_is_claimed_counts(left, record_one, state, now):
    lead = left().lead
    stranger = record_one(sale(customer=CustomerHint(card=CARD)))
    assert state(lead) == "open"
    claim_purchase(purchase_id=stranger.purchase_id, customer_id=lead.customer_id, now=now)
    assert state(lead) == "bought"


def test_a_merge_tells_and_its_undoing_takes_back(left, record_one, state, now):
    lead = left(consented=True).lead
    other = record_one(sale(customer=CustomerHint(email="s@example.com")))
    merge = merge_customers(survivor_id=other.customer_id, merged_id=lead.customer_id, now=now)
    assert state(lead) == "bought"
    assert lead_of(other.customer_id) == lead
    undo_merge(merge_id=merge.id, now=now)
    assert state(lead) == "open"
    assert lead_of(lead.customer_id) == lead


def test_two_leads_of_one_person_stand_once(left, state, now):
    first, second = left().lead, left("09350000000", at=now + DAY).lead
    merge_customers(survivor_id=first.customer_id, merged_id=second.customer_id, now=now)
    assert [row.id for row in lead_rows(now=now, state="open")] == [second.id]


def test_two_tills_write_the_same_person_down_once(in_parallel, business):
    at = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)

    def work():
        with acting_for(business.id):
            new = NewLead(customer=CustomerHint(mobile=SARA), kind="till", source="باجه")
            return note_lead(new=new, now=at)

    answers = in_parallel(*[work] * 6)
    assert sorted(one.created for one in answers) == [False] * 5 + [True]
    with acting_for(business.id):
        assert (Lead.objects.count(), LeadSource.objects.count()) == (1, 1)


def test_c009_leads_stay_out_of_the_figures_of_loyalty(left, buys, now):
    buys("09350000000")
    score_business(now=now + 2 * DAY)
    before = (summary(), members_with_points())
    left(consented=True)
    score_business(now=now + 2 * DAY)
    assert (summary(), members_with_points()) == before


# --- following up ---------------------------------------------------------------------------------


def test_every_stage_keeps_the_day_it_was_reached(left, now):
    lead = left(consented=True).lead
    follow_up(lead_id=lead.id, step="no_answer", next_at=now + 2 * DAY, now=now + DAY)
    assert (only().stage, only().tries, only().next_at) == ("new", 1, now + 2 * DAY)
    follow_up(lead_id=lead.id, step="contacted", note="فردا می‌آید", now=now + 2 * DAY)
    follow_up(lead_id=lead.id, step="interested", now=now + 3 * DAY)
    row = only()
    assert (row.stage, row.contacted_at, row.interested_at, row.tries, row.next_at) == (
        "interested",
        now + 2 * DAY,
        now + 3 * DAY,
        0,
        None,
    )
    follow_up(lead_id=lead.id, step="lost", because="price", now=now + 4 * DAY)
    row = only()
    assert (row.stage, row.lost_at, row.lost_because) == ("lost", now + 4 * DAY, "price")
    follow_up(lead_id=lead.id, step="reopened", next_at=now + 9 * DAY, now=now + 5 * DAY)
    row = only()
    assert (row.stage, row.lost_at, row.contacted_at) == ("interested", None, now + 2 * DAY)
    told = TimelineEntry.objects.filter(kind="lead_step").order_by("occurred_at")
    assert [one.data["step"] for one in told] == [
        "no_answer",
        "contacted",
        "interested",
        "lost",
        "reopened",
    ]


@pytest.mark.parametrize(
    ("step", "more", "code"),
    [
        ("married", {}, "invalid_step"),
        ("reopened", {}, "lead_not_lost"),
        ("lost", {}, "invalid_loss"),
        ("lost", {"because": "weather"}, "invalid_loss"),
        ("contacted", {"note": "x" * 501}, "invalid_text"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(left, now, step, more, code):
    lead = left().lead
    with pytest.raises(Problem) as refused:
        follow_up(lead_id=lead.id, step=step, now=now, **more)
    assert refused.value.code == code
    assert only().stage == "new"


def test_who_is_lost_or_has_bought_is_not_followed_up(left, buys, now):
    lead = left().lead
    follow_up(lead_id=lead.id, step="lost", because="no_need", now=now)
    with pytest.raises(Problem) as refused:
        follow_up(lead_id=lead.id, step="contacted", now=now)
    assert refused.value.code == "lead_lost"
    buys()
    for step in LeadStep:
        with pytest.raises(Problem):
            follow_up(lead_id=lead.id, step=step, because="price", now=now)
    with pytest.raises(NotFound):
        follow_up(lead_id=new_id(), step="contacted", now=now)


def test_who_was_lost_and_comes_again_is_a_new_lead(left, state, now):
    old = left().lead
    follow_up(lead_id=old.id, step="lost", because="other", now=now)
    new = left(kind="form", at=now + DAY).lead
    assert new.id != old.id
    assert (state(old), state(new)) == ("", "open")


def test_somebody_looks_after_them(left, acting, now):
    hire_employee(code="m1", name="مریم", now=now)
    lead = left(owner_code="m1").lead
    assert lead.owner.name == "مریم"
    assert assign_lead(lead_id=lead.id, owner_code="", now=now).owner_id is None
    with pytest.raises(Problem) as refused:
        assign_lead(lead_id=lead.id, owner_code="nobody", now=now)
    assert refused.value.code == "unknown_employee"


def test_r59_an_erased_person_is_called_by_nobody(left, now):
    lead = left(consented=True, wants="هدیه برای همسرم").lead
    asked = ask_erasure(customer_id=lead.customer_id, reason="asked", now=now)
    seen = customer_view(lead.customer_id)
    assert seen
    confirm_erasure(erasure_id=asked.id, member_code=seen.member_code, now=now)
    row = only()
    assert (row.wants, row.next_at) == ("", None)
    assert not lead_rows(now=now + 9 * DAY, state="open").exists()


# --- sources --------------------------------------------------------------------------------------


def test_a_link_has_a_code_and_can_be_closed(acting, now):
    link = open_source(new=NewSource(kind="link", title="ویترین"), now=now)
    assert len(link.code) == 8
    hint = CustomerHint(mobile=SARA)
    assert note_lead(new=NewLead(customer=hint, source_id=link.id), now=now).created
    change_source(source_id=link.id, changes=ChangedSource(is_open=False), now=now)
    with pytest.raises(Problem) as refused:
        note_lead(new=NewLead(customer=hint, source_id=link.id), now=now)
    assert refused.value.code == "lead_source_closed"
    with pytest.raises(NotFound):
        note_lead(new=NewLead(customer=hint, source_id=new_id()), now=now)


@pytest.mark.parametrize(
    ("new", "code"),
    [
        (NewSource(kind="moon", title="x"), "invalid_lead_source"),
        (NewSource(kind="link", title=" "), "invalid_lead_source"),
        (NewSource(kind="link", title="x" * 61), "invalid_lead_source"),
        (NewSource(kind="form", title="x", invitation="بیا"), "invalid_lead_source"),
        (NewSource(kind="form", title="x", cost_rial=-1), "invalid_lead_source"),
        (NewSource(kind="form", title="سایت"), "lead_source_taken"),
    ],
)
def test_sources_that_are_none_are_refused(acting, now, new, code):
    open_source(new=NewSource(kind="form", title="سایت"), now=now)
    with pytest.raises(Problem) as refused:
        open_source(new=new, now=now)
    assert refused.value.code == code


def test_a_link_is_not_made_by_naming_it(left):
    with pytest.raises(Problem) as refused:
        left(kind="link", source="ویترین")
    assert refused.value.code == "invalid_lead_source"


def test_a_source_keeps_its_own_title(acting, now):
    one = open_source(new=NewSource(kind="form", title="سایت"), now=now)
    other = open_source(new=NewSource(kind="form", title="وبلاگ"), now=now)
    for title, code in (("سایت", "lead_source_taken"), ("", "invalid_lead_source")):
        with pytest.raises(Problem) as refused:
            change_source(source_id=other.id, changes=ChangedSource(title=title), now=now)
        assert refused.value.code == code
    changed = ChangedSource(title="دفترچه", cost_rial=7)
    assert change_source(source_id=one.id, changes=changed, now=now).cost_rial == 7
    with pytest.raises(NotFound):
        change_source(source_id=new_id(), changes=changed, now=now)
