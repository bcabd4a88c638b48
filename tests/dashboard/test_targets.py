"""C110 as pages: where the business is, where it wants to be, and what of today helps."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.calendar import add_months, jalali, month_start
from core.tenancy import acting_for
from core.text import persian_digits
from segmentation.enums import ActionKind, Figure
from segmentation.models import ActionItem, Target, TargetStep
from segmentation.operations import set_target

PATH = "targets/"


def _month(ahead=0):
    at = jalali(add_months(month_start(timezone.localdate()), ahead))
    return f"month:{at.year:04}-{at.month:02}"


def _form(**changes):
    return {"figure": "net_sales", "month": _month(), "goal": "۵٬۰۰۰٬۰۰۰", "reason": "", **changes}


def _steps(shop):
    with acting_for(shop.business.id):
        return list(TargetStep.objects.order_by("number").values_list("goal", "reason", "by"))


@pytest.fixture
def target(shop):
    with acting_for(shop.business.id):
        return set_target(
            figure=Figure.RETURNING, span="month", starts_on=month_start(timezone.localdate()),
            goal=40, by="سارا", actor=None, now=timezone.now(),
        )  # fmt: skip


def test_before_any_target_the_page_teaches_and_tells_where_they_are(shop, owner_client, text_of):
    shop.sell(rial=9_000_000)
    page = text_of(owner_client.get(shop.url(PATH)))
    assert "هنوز هدفی نیست" in page
    assert persian_digits("900,000").replace(",", "٬") in page
    assert "هنوز ماه کاملی پیش از آن نیست" in page


def test_a_target_is_set_moved_and_put_aside_in_pages(shop, owner_client, text_of):
    answer = owner_client.post(shop.url(PATH), _form(reason="شب یلدا"), follow=True)
    page = text_of(answer)
    assert "هدف گذاشته شد" in page
    assert "شب یلدا" in page
    one = answer.context["card"]
    path = shop.url(f"{PATH}{one.id}/")
    assert (
        owner_client.post(f"{path}move/", {"goal": "4000000", "reason": "باران"}).status_code == 302
    )
    page = text_of(owner_client.get(path))
    assert "در آغاز" in page
    assert owner_client.post(f"{path}end/", {"reason": "تعطیل"}).status_code == 302
    assert "کنار گذاشته شد" in text_of(owner_client.get(path))
    assert [step[:2] for step in _steps(shop)] == [
        (50_000_000, "شب یلدا"), (40_000_000, "باران"), (None, "تعطیل"),
    ]  # fmt: skip
    assert "گذشته و کنارگذاشته" in text_of(owner_client.get(shop.url(PATH)))


@pytest.mark.parametrize(("changes", "said"), [
    ({"goal": "صد"}, "یک عدد بنویسید"), ({"goal": "0"}, "بالای صفر"), ({"goal": ""}, "لازم است"),
    ({"goal": "120", "figure": "promoter_share"}, "صد درصد"), ({"reason": "ب" * 501}, "۵۰۰"),
    ({"goal": "9" * 30}, "اندازه"),
])  # fmt: skip
def test_what_is_refused_stays_as_it_was_typed(shop, owner_client, changes, said):
    answer = owner_client.post(shop.url(PATH), _form(**changes))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    typed = _form(**changes)
    assert not typed["goal"] or f'value="{typed["goal"]}"' in page
    assert _steps(shop) == []


def test_a_second_target_for_the_same_is_refused_beside_its_field(shop, owner_client):
    owner_client.post(shop.url(PATH), _form())
    answer = owner_client.post(shop.url(PATH), _form(goal="7"))
    assert answer.status_code == 422
    assert "همان را جابه‌جا کنید" in answer.content.decode()
    assert len(_steps(shop)) == 1


def test_a_move_that_is_refused_keeps_what_was_typed(shop, owner_client, target):
    path = shop.url(f"{PATH}{target.id}/")
    for body, said in (
        ({"goal": "40", "reason": "چرا که نه"}, "هدف همین است که بود"),
        ({"goal": "50", "reason": " "}, "لازم است"),
        ({"goal": "پنجاه", "reason": "چرا که نه"}, "یک عدد بنویسید"),
    ):
        answer = owner_client.post(f"{path}move/", body)
        page = answer.content.decode()
        assert (answer.status_code, said in page) == (422, True)
        assert f'value="{body["goal"]}"' in page
        assert body["reason"].strip() in page
    refused = owner_client.post(f"{path}end/", {"reason": ""})
    assert refused.status_code == 422
    assert refused.content.decode().count('id="end_reason"') == 1
    assert '<details class="target-end" open>' in refused.content.decode()


def test_who_may_read_may_not_set(shop, client_as, target, text_of):
    analyst, cashier = client_as("analyst"), client_as("cashier")
    path = shop.url(f"{PATH}{target.id}/")
    for one in (shop.url(PATH), path):
        assert "هدف جابه‌جا شود" not in text_of(analyst.get(one))
        assert cashier.get(one).status_code == 403
    assert analyst.post(shop.url(PATH), _form()).status_code == 403
    assert analyst.post(f"{path}move/", {"goal": "5", "reason": "x"}).status_code == 403
    assert len(_steps(shop)) == 1


def test_no_target_is_404(shop, owner_client, other_owner_client, target):
    assert owner_client.get(shop.url(f"{PATH}{uuid4()}/")).status_code == 404
    assert owner_client.post(shop.url(f"{PATH}{uuid4()}/move/"), {"goal": "5"}).status_code == 404
    assert other_owner_client.get(shop.url(f"{PATH}{target.id}/")).status_code == 404


def _action(shop, kind, place, **facts):
    with acting_for(shop.business.id):
        ActionItem.objects.create(
            on=timezone.localdate(), place=place, kind=kind, subject=f"new{place}", facts=facts,
            value_rial=50_000_000, chance=50, expected_rial=1, low_rial=1, high_rial=1,
            effort_minutes=20, made_at=timezone.now(),
        )  # fmt: skip


def test_actions_and_targets_lead_to_each_other(shop, owner_client, target, text_of):
    _action(shop, ActionKind.LEAD, 1, people=3)
    _action(shop, ActionKind.SECOND_VISIT, 2, people=200)
    with acting_for(shop.business.id):
        ActionItem.objects.filter(place=2).update(subject="new")
    page = text_of(owner_client.get(shop.url("actions/")))
    assert shop.url(f"{PATH}{target.id}/") in page
    assert page.count("کمک می‌کند به: خرید مشتریان بازگشته") == 1
    answer = owner_client.get(shop.url(f"{PATH}{target.id}/"))
    (helps,) = answer.context["helps"].rows
    assert helps.brings == "۱۰ خرید"
    assert "فاصلهٔ" in answer.context["helps"].together


def test_the_pages_cost_the_same_for_one_target_and_for_three(shop, owner_client):
    counts = []
    for ahead in range(3):
        owner_client.post(shop.url(PATH), _form(month=_month(ahead)))
        with CaptureQueriesContext(connection) as counted:
            owner_client.get(shop.url(PATH))
        counts.append(len(counted))
    assert len(set(counts)) == 1
    with acting_for(shop.business.id):
        assert Target.objects.count() == 3
