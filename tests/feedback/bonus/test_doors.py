"""Staff bonuses over HTTP, and on the pages of owners and managers (C084)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from core.tenancy import acting_for
from feedback.models import (
    BonusLine,
    BonusObjection,
    BonusPlan,
    BonusRun,
    BonusSale,
    Response,
    SurveyInvitation,
)
from feedback.operations import answer_survey
from feedback.queries import token_for
from feedback.web.browsers import WORKS_AT


@pytest.fixture
def frozen(unequal):
    unequal.run = unequal.freeze()
    return unequal


def test_c084_programs_work_a_period_out_and_read_it(unequal, api):
    made = api.post("bonus-runs", {"starts_on": "2026-09-23"})
    assert made.status_code == 201, made.json()
    assert {one["state"] for one in made.json()["lines"]} == {"counts"}
    again = api.post("bonus-runs", {"starts_on": "2026-09-23"})
    assert (again.status_code, again.json()["code"]) == (409, "bonuses_there")
    listed = api.get("bonus-runs").json()["data"]
    assert [one["id"] for one in listed] == [made.json()["id"]]
    line = made.json()["lines"][0]
    said = api.post(f"bonus-lines/{line['id']}/objections", {"reason": "چرا؟"})
    assert said.status_code in {201, 409}
    assert api.get(f"bonus-runs/{uuid4()}").status_code == 404
    assert api.get(f"staff/{uuid4()}/score").status_code == 404
    score = api.get(f"staff/{unequal.ali.id}/score").json()
    assert set(score) >= {"asked", "content_of_asked", "above_team", "state"}


def test_an_owner_sets_terms_a_manager_objects_an_owner_answers_approves_and_pays(
    frozen, owner_client
):
    base = f"/b/{frozen.business.slug}/bonuses/"
    page = owner_client.get(base).content.decode()
    assert "علی" in page
    assert "پاداش کارکنان" in page
    assert "۱٬۰۰۰٬۰۰۰" in page.replace(",", "٬")
    typed = {"most": "۵۰۰٬۰۰۰", "months": "3", "reach_percent": "۱۵", "min_answers": "۲۵"}
    typed |= {"floor_percent": "۲۰", "dispute_days": "۵"}
    assert owner_client.post(base, typed).status_code == 302
    refused = owner_client.post(base, typed | {"min_answers": "۳"})
    assert (refused.status_code, 'aria-invalid="true"' in refused.content.decode()) == (422, True)
    with acting_for(frozen.business.id):
        assert BonusPlan.objects.get(version=2).most_rial == 5_000_000
        BonusRun.objects.update(objections_until=timezone.now() + timedelta(days=3))
        line = BonusLine.objects.get(employee=frozen.mina.id)
        sale = BonusSale.objects.filter(line=line)[0]
    told = owner_client.get(f"{base}lines/{line.id}/?sale={sale.purchase_id}")
    assert "اعتراض به فروش" in told.content.decode()
    path = f"{base}lines/{line.id}/"
    sent = {"reason": "مشتری اشتباه کرد", "purchase_id": str(sale.purchase_id)}
    assert owner_client.post(path, sent).status_code == 302
    with acting_for(frozen.business.id):
        one = BonusObjection.objects.get()
    run = f"{base}{frozen.run.id}/"
    assert "مشتری اشتباه کرد" in owner_client.get(run).content.decode()
    owner_client.post(f"{base}objections/{one.id}/", {"answer": "upheld", "note": "درست است"})
    early = owner_client.post(f"{run}approve/", follow=True).content.decode()
    assert "مهلت اعتراض هنوز تمام نشده" in early
    with acting_for(frozen.business.id):
        BonusRun.objects.update(objections_until=timezone.now() - timedelta(minutes=1))
    owner_client.post(f"{run}approve/")
    owner_client.post(f"{run}pay/", {"reference": "حقوق آذر"})
    shown = owner_client.get(run).content.decode()
    assert "پرداخت شد" in shown
    assert "حقوق آذر" in shown


def test_n16_an_answer_from_a_browser_of_the_business_is_known(team, client, owner_client):
    sold = team.serve("ali", 3)
    owner_client.get(f"/b/{team.business.slug}/bonuses/")
    assert owner_client.cookies[WORKS_AT].value == team.business.id.hex
    client.cookies[WORKS_AT] = team.business.id.hex
    with acting_for(team.business.id):
        SurveyInvitation.objects.update(expires_at=timezone.now() + timedelta(days=1))
        ids = list(SurveyInvitation.objects.values_list("id", flat=True))
    assert len(sold) == len(ids)
    first, second, third = (token_for(team.business.id, one) for one in ids)
    client.post(f"/s/{first}/", {"score": "10"})
    del client.cookies[WORKS_AT]
    client.get(f"/s/{second}/")
    client.post(f"/s/{second}/", {"score": "10"})
    with acting_for(team.business.id):
        answer_survey(token=third, score=9, comment="", now=timezone.now())
        rows = list(Response.objects.order_by("answered_at"))
    assert [row.from_staff for row in rows] == [True, False, False]
    assert [row.browser_hash is None for row in rows] == [True, False, True]
