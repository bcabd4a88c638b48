"""The page of expected volumes (C070)."""

from django.utils import timezone

from core.tenancy import acting_for
from segmentation.models import VolumeNight

PATH = "reports/volumes/"


def _row(name, away, sold=12.0):
    return {
        "key": name, "name": name, "ahead": [40.0, 31.2, 48.8], "last": [41.0, 32.0, 50.0],
        "sold": sold, "away": away,
    }  # fmt: skip


def test_the_page_of_volumes(shop, owner_client, client_as, text_of):
    """Teaches when empty; then what ran away comes first, and the bounds stand beside."""
    assert "بیست هفته فروش لازم است" in text_of(owner_client.get(shop.url(PATH)))
    with acting_for(shop.business.id):
        VolumeNight.objects.create(
            as_of=timezone.now().date(), finished_at=timezone.now(), days=28, by_level=True,
            trial={"error": 3.2, "rule_error": 4.1, "inside": 0.82},
            rows=[_row("چای", 0), _row("کیک", -1)],
        )  # fmt: skip
    response = owner_client.get(shop.url(PATH))
    assert [row["name"] for row in response.context["rows"]] == ["کیک", "چای"]
    page = text_of(response)
    assert "خیلی کمتر" in page
    assert "۳۱ تا ۴۹" in page
    assert client_as("cashier").get(shop.url(PATH)).status_code == 403


def test_what_is_outside_its_bounds_is_not_called_as_expected(shop, owner_client, text_of):
    """C070, R63: three kinds of verdict, and of nine products no percentage."""
    sold = {"لاته": 45.0, "چای": 12.0, "کیک": 70.0}
    with acting_for(shop.business.id):
        VolumeNight.objects.create(
            as_of=timezone.now().date(), finished_at=timezone.now(), days=28, by_level=True,
            trial={"error": 3.2, "rule_error": 4.1, "inside": 1 / 3},
            rows=[_row(name, 0, pieces) for name, pieces in sold.items()],
        )  # fmt: skip
    response = owner_client.get(shop.url(PATH))
    told = {row["name"]: str(row["away"]) for row in response.context["rows"]}
    assert told == {
        "لاته": "مثل پیش‌بینی",
        "چای": "کمتر، شاید اتفاقی",
        "کیک": "بیشتر، شاید اتفاقی",
    }
    inside = response.context["kpis"][1]
    assert (inside.value, inside.unit) == ("۱", "از ۳ کالا")
    assert "٪" not in inside.value
