"""C049: levels and rewards on their page and over HTTP: changed, added, refused by name."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.tenancy import acting_for
from loyalty.models import Reward, Tier
from loyalty.operations import offer_reward
from tests.dashboard.conftest import client_as

__all__ = ["client_as"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def address(business):
    return f"/b/{business.slug}/levels/"


@pytest.fixture
def held(business):
    """Return the levels there are."""
    with acting_for(business.id):
        return list(Tier.objects.order_by("position"))


def typed(held, **changes):
    """Return the form as it stands, with changes."""
    form = {}
    for place, tier in enumerate(held):
        form[f"name_{place}"] = tier.name
        form[f"from_{place}"] = f"{tier.threshold_rial // 10:,}"
        form[f"times_{place}"] = "1/1" if not place else "3/2"
    last = len(held)
    return form | {f"name_{last}": "", f"from_{last}": "", f"times_{last}": "1/1"} | changes


def text(page):
    return page.content.decode()


def test_c049_levels_are_changed_and_one_is_added(owner_client, address, business, held):
    last = len(held)
    more = {f"name_{last}": "الماس", f"from_{last}": "۹۹٬۰۰۰٬۰۰۰", f"times_{last}": "2/1"}
    answer = owner_client.post(address, typed(held, name_0="دوست تازه", **more))
    assert answer.status_code == 302, text(answer)
    with acting_for(business.id):
        rows = list(Tier.objects.order_by("position"))
    assert rows[0].name == "دوست تازه"
    assert (rows[-1].name, rows[-1].threshold_rial, rows[-1].multiplier_num) == (
        "الماس",
        990_000_000,
        2,
    )
    shown = text(owner_client.get(address))
    assert "الماس" in shown
    assert "۹۹٬۰۰۰٬۰۰۰" in shown


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name_1": ""}, "name_1"),
        ({"from_1": "۰"}, "from_1"),
        ({"from_1": "۹" * 25}, "from_1"),
        ({"name_1": "X", "name_2": "X"}, "name_2"),
        ({"times_1": "7/0"}, "times_1"),
    ],
)
def test_c049_a_wrong_level_is_refused_and_nothing_typed_is_lost(
    owner_client, address, business, held, changes, field
):
    answer = owner_client.post(address, typed(held, name_0="تازه‌نوشته", **changes))
    assert answer.status_code == 422
    assert "تازه‌نوشته" in text(answer)
    assert list(answer.context["form"].errors) == [field]
    with acting_for(business.id):
        assert list(Tier.objects.order_by("position").values_list("name", flat=True)) == [
            tier.name for tier in held
        ]


def test_c049_a_level_below_the_one_before_is_told_beside_it(owner_client, address, held):
    answer = owner_client.post(address, typed(held, from_2="۱"))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["from_2"]


def test_c049_half_a_new_level_is_refused(owner_client, address, held):
    answer = owner_client.post(address, typed(held, **{f"name_{len(held)}": "الماس"}))
    assert list(answer.context["form"].errors) == [f"from_{len(held)}"]


def test_c049_a_reward_is_offered_changed_and_withdrawn(owner_client, address, business):
    new = {"name": "قهوهٔ مهمان ما", "cost_points": "۴۰", "value_rial": "۸۵٬۰۰۰"}
    assert owner_client.post(f"{address}rewards/", new).status_code == 302
    assert owner_client.post(f"{address}rewards/", new | {"cost_points": "۳۵"}).status_code == 302
    with acting_for(business.id):
        row = Reward.objects.get(name="قهوهٔ مهمان ما")
    assert (row.cost_points, row.value_rial) == (35, 850_000)
    for _twice in range(2):
        gone = owner_client.post(f"{address}rewards/{row.id}/withdraw/")
        assert gone.status_code == 302
    assert "عرضه نمی‌شود" in text(owner_client.get(address))
    wrong = owner_client.post(f"{address}rewards/", new | {"cost_points": "صد"})
    assert wrong.status_code == 422
    assert "قهوهٔ مهمان ما" in text(wrong)


def test_c049_an_analyst_reads_and_changes_nothing(client_as, address, business, held):
    analyst = client_as("analyst")
    shown = analyst.get(address)
    assert shown.status_code == 200
    assert 'name="name_0"' not in text(shown)
    analyst.post(address, typed(held, name_0="نفوذی"))
    assert analyst.post(f"{address}rewards/", {}).status_code == 403
    with acting_for(business.id):
        assert not Tier.objects.filter(name="نفوذی").exists()


def test_c049_the_page_costs_the_same_for_one_reward_and_for_four(owner_client, address, business):
    def cost():
        owner_client.get(address)
        with CaptureQueriesContext(connection) as seen:
            assert owner_client.get(address).status_code == 200
        return len(seen)

    with acting_for(business.id):
        offer_reward(name="یک", cost_points=5, value_rial=1, actor=None, now=timezone.now())
    one = cost()
    with acting_for(business.id):
        for name in ("دو", "سه", "چهار"):
            offer_reward(name=name, cost_points=5, value_rial=1, actor=None, now=timezone.now())
    assert cost() == one


def test_c049_over_http_levels_and_rewards_are_set(api):
    before = api.get("tiers").json()["data"]
    asked = [
        {
            "name": one["name"],
            "threshold_rial": one["threshold_rial"],
            "multiplier": one["multiplier"],
        }
        for one in before
    ]
    more = [*asked, {"name": "الماس", "threshold_rial": 10**12, "multiplier": {"num": 3, "den": 2}}]
    told = api("PUT", "tiers", {"tiers": more})
    assert told.status_code == 200, told.content
    assert [one["name"] for one in told.json()["data"]] == [one["name"] for one in more]
    fewer = api("PUT", "tiers", {"tiers": asked})
    assert (fewer.status_code, fewer.json()["code"]) == (422, "invalid_tiers")
    wrong = api("PUT", "tiers", {"tiers": [*more[:-1], more[-1] | {"threshold_rial": 1}]})
    assert list(wrong.json()["errors"]) == [f"tiers.{len(more) - 1}.threshold_rial"]
    made = api.post("rewards", {"name": "چای", "cost_points": 30, "value_rial": 500_000})
    assert made.status_code == 201, made.content
    assert made.json()["cost_points"] == 30
    assert api.post("rewards", {"name": "چای", "cost_points": 0}).status_code in {400, 422}
    left = api.post(f"rewards/{made.json()['id']}/withdraw", {})
    assert made.json()["id"] not in [one["id"] for one in left.json()["data"]]
