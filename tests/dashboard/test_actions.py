"""Today's actions as a page."""

import pytest
from django.utils import timezone
from django.utils.translation import override

from businesses.models import Employee
from core.ids import new_id
from core.tenancy import acting_for
from dashboard.web.actions_told import told_action
from segmentation.estimation import Buying, Family
from segmentation.models import ActionItem
from segmentation.operations import plan_actions, score_business
from segmentation.operations.retention import common_priors, estimate_retention, foresee
from tests.segmentation.shop import sell

PATH = "actions/"


@pytest.fixture
def planned(shop):
    with acting_for(shop.business.id):
        sell(Buying(Family.MBG, 0.8, 40, 0.7, 2.5), 80, timezone.now(), seed=3)
        score_business(now=timezone.now())
        estimate_retention(common=common_priors([]), now=timezone.now())
        foresee(now=timezone.now())
        plan_actions(now=timezone.now())
    return shop


def test_before_the_first_night_the_page_teaches(shop, owner_client, text_of):
    assert "هنوز کاری که به وقتش بیرزد نیست" in text_of(owner_client.get(shop.url(PATH)))


def test_each_action_has_its_gain_reason_and_button(planned, owner_client, text_of):
    response = owner_client.get(planned.url(PATH))
    page = text_of(response)
    rows = response.context["rows"]
    assert 1 <= len(rows) <= 7
    assert "تومان فروش" in page
    assert all(row.href and row.why and row.expected and row.between for row in rows)
    for row in rows:
        assert owner_client.get(row.href).status_code == 200


def test_done_and_not_done_are_noted(planned, owner_client, text_of):
    rows = owner_client.get(planned.url(PATH)).context["rows"]
    for row, answer in zip(rows, ("done", "not"), strict=False):
        sent = owner_client.post(planned.url(f"{PATH}{row.id}/"), {"answer": answer})
        assert sent.status_code == 302
    page = text_of(owner_client.get(planned.url(PATH)))
    assert "انجام شد" in page
    with acting_for(planned.business.id):
        states = list(ActionItem.objects.order_by("place").values_list("state", flat=True))
    assert states[:2] == ["done", "not_done"][: len(states[:2])]


def test_a_margin_is_taken_and_a_wrong_one_refused(planned, owner_client, text_of):
    assert owner_client.post(planned.url(PATH), {"margin": "۲۵"}).status_code == 302
    assert "تومان سود" in text_of(owner_client.get(planned.url(PATH)))
    answer = owner_client.post(planned.url(PATH), {"margin": "101"})
    assert answer.status_code == 422
    assert "بیشتر از ۱۰۰" in answer.content.decode()
    assert 'value="101"' in answer.content.decode()


def test_roles(planned, client_as):
    assert client_as("cashier").get(planned.url(PATH)).status_code == 403
    analyst = client_as("analyst")
    assert not analyst.get(planned.url(PATH)).context["can_edit"]
    analyst.post(planned.url(PATH), {"margin": "5"})
    assert analyst.get(planned.url(PATH)).context["margin"] is None


def test_an_action_is_given_to_somebody_until_a_day(planned, owner_client, text_of):
    """C110: who and until when, in Jalali days."""
    with acting_for(planned.business.id):
        Employee.objects.create(name="مریم ناصری", code="m1")
    row = owner_client.get(planned.url(PATH)).context["rows"][0]
    path = planned.url(f"{PATH}{row.id}/assign/")
    for wrong in ({"due_on": "x"}, {"due_on": "1400/1/1"}, {"owner": "nobody"}):
        refused = owner_client.post(path, {"owner": "m1"} | wrong)
        assert refused.status_code == 422
        line = refused.context["rows"][0]
        assert line.wrong
        assert line.due_typed == wrong.get("due_on", "")
        assert line.owner_code == wrong.get("owner", "m1")
        assert line.wrong in refused.content.decode()
        assert not any(other.wrong for other in refused.context["rows"][1:])
        with acting_for(planned.business.id):
            assert ActionItem.objects.get(id=row.id).due_on is None
    typed = {"owner": "m1", "due_on": "۱۴۸۰/۱/۵"}
    page = text_of(owner_client.post(path, typed, follow=True))
    assert "مریم ناصری" in page
    assert "موعد ۵ فروردین" in page


def test_a_debit_that_failed_itself_is_told_so():
    """C110: «0 debits of this permission failed» is no reason to call anybody."""
    row = ActionItem(kind="debit", subject=str(new_id()), facts={"failures": 0})
    with override("fa"):
        _title, why, _href, _button = told_action(row, "shop")
    assert why == "انجام نشد و دوباره امتحان می‌شود"


def test_home_lists_the_same_actions_as_their_page(planned, owner_client):
    """C110: one list of today's actions, each with its expected profit; answered ones are gone."""
    rows = owner_client.get(planned.url(PATH)).context["rows"]
    home = owner_client.get(planned.url("today/")).context["todos"]
    assert [one.title for one in home] == [row.title for row in rows][:4]
    assert [one.worth for one in home] == [row.expected for row in rows][:4]
    owner_client.post(planned.url(f"{PATH}{rows[0].id}/"), {"answer": "done"})
    again = owner_client.get(planned.url("today/")).context["todos"]
    assert [one.title for one in again] == [row.title for row in rows][1:5]
