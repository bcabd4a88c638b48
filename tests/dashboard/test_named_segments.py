"""Ready-made segments as pages: sizes, rules, evidence, who may see signs."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.tenancy import acting_for
from customers.models import Case
from customers.operations import open_case
from segmentation.enums import DETECTORS, NamedSegment
from segmentation.models import NamedStay
from segmentation.operations import refresh_named_segments

LIST = "segments/named/"


def _night(shop, days=0):
    with acting_for(shop.business.id):
        return refresh_named_segments(now=timezone.now() + timedelta(days=days))


def test_before_the_first_night_the_page_teaches(shop, owner_client, text_of):
    assert "شب پیدایشان می‌کند" in text_of(owner_client.get(shop.url(LIST)))
    for one in NamedSegment:
        assert owner_client.get(shop.url(f"{LIST}{one.value}/")).status_code == 200
    assert owner_client.get(shop.url(f"{LIST}nothing/")).status_code == 404


def test_after_a_night_without_customers_the_page_still_teaches(shop, owner_client, text_of):
    _night(shop)
    assert "شب پیدایشان می‌کند" in text_of(owner_client.get(shop.url(LIST)))


def test_sizes_rules_and_evidence_are_shown(shop, owner_client, text_of):
    """C019: «neglected» says why, with its numbers in Persian digits."""
    shop.sell(days_ago=200)
    shop.sell("09120000002", name="نیما", days_ago=2)
    _night(shop)
    _night(shop, 1)
    page = text_of(owner_client.get(shop.url(LIST)))
    assert "از ما بی‌خبر مانده" in page
    neglected = text_of(owner_client.get(shop.url(f"{LIST}neglected/")))
    assert "سارا محمدی" in neglected
    assert "نیما" not in neglected
    assert "۱۸۰ روز" in neglected
    with acting_for(shop.business.id):
        who = NamedStay.objects.get(segment="neglected").customer_id
    assert "از ما بی‌خبر مانده" in text_of(owner_client.get(shop.url(f"customers/{who}/")))


def test_signs_are_for_managers_alone(shop, client_as, owner_client, text_of):
    """N15: what may be held against somebody is no matter for everybody."""
    shop.sell()
    _night(shop)
    analyst = client_as("analyst")
    for one in DETECTORS:
        path = shop.url(f"{LIST}{one.value}/")
        assert analyst.get(path).status_code == 403
        assert "حکم نیست" in text_of(owner_client.get(path))
    assert "نشانه‌هایی" not in text_of(analyst.get(shop.url(LIST)))
    assert "نشانه‌هایی" in text_of(owner_client.get(shop.url(LIST)))
    assert client_as("cashier").get(shop.url(LIST)).status_code == 403


def test_a_ready_made_segment_is_an_audience_but_no_sign_is(shop, owner_client):
    typed = {
        "name": "x", "segment": "named:neglected", "body": "سلام", "holdout_percent": "0",
        "window_days": "7",
    }  # fmt: skip
    answer = owner_client.post(shop.url("campaigns/new/"), typed)
    assert answer.status_code == 302
    for sign in (*DETECTORS, NamedSegment.HIGH_RISK):
        wrong = typed | {"segment": f"named:{sign.value}"}
        assert owner_client.post(shop.url("campaigns/new/"), wrong).status_code == 422


def test_a_complaint_is_settled_with_whether_it_was_right(shop, owner_client, text_of):
    """C058: who was right is said when the complaint is settled."""
    shop.sell()
    with acting_for(shop.business.id):
        case = open_case(kind="complaint", title="سرد بود", now=timezone.now())
        other = open_case(kind="request", title="کیک", now=timezone.now())
    page = text_of(owner_client.get(shop.url("cases/")))
    assert page.count("بی‌جا بود") == 1
    for row in (case, other):
        path = shop.url(f"cases/{row.id}/resolve/")
        assert owner_client.post(path, {"was_right": "no"}).status_code == 302
    with acting_for(shop.business.id):
        assert Case.objects.get(id=case.id).was_right is False
        assert Case.objects.get(id=other.id).was_right is None
    assert "بی‌جا بود" in text_of(owner_client.get(shop.url("cases/"), {"state": "resolved"}))


def test_the_pages_cost_the_same_for_one_and_three(shop, owner_client):
    counts = []
    for people in (1, 3):
        shop.sell_to(people)
        _night(shop)
        found = []
        for path in (LIST, f"{LIST}new_to_business/"):
            owner_client.get(shop.url(path))
            with CaptureQueriesContext(connection) as queries:
                owner_client.get(shop.url(path))
            found.append(len(queries))
        counts.append(found)
    assert counts[0] == counts[1]


def test_who_suits_is_shown_and_signs_to_managers_alone(shop, client_as, owner_client, text_of):
    """C107: tenths for whoever reads, whom one may wish would leave for managers."""
    assert "شب پیدایشان می‌کند" in text_of(owner_client.get(shop.url("segments/fit/")))
    shop.sell_to(60, days_ago=200)
    _night(shop)
    page = text_of(owner_client.get(shop.url("segments/fit/"), {"tenth": "6"}))
    assert "مشتریان دهک ۶" in page
    assert "که شاید دلتان بخواهد بروند" in page
    assert "که شاید دلتان بخواهد بروند" not in text_of(
        client_as("analyst").get(shop.url("segments/fit/"))
    )
    with acting_for(shop.business.id):
        who = NamedStay.objects.filter(segment="lapsed").values_list("customer_id", flat=True)[0]
    assert "چقدر به هم می‌خورید" in text_of(owner_client.get(shop.url(f"customers/{who}/")))


def test_who_is_new_to_which_goods_is_found(shop, owner_client, text_of, api):
    """C038: new to the business and new to a category are two lists, the second by category."""
    for mobile, later in (("09120000001", "ک"), ("09120000002", "ک"), ("09120000003", "ط")):
        shop.sell(mobile, name=f"مشتری {mobile[-1]}", days_ago=300, goods="چ")
        shop.sell(mobile, days_ago=3, goods=later)
    shop.sell("09120000004", name="تازه‌وارد", days_ago=3, goods="ک")
    _night(shop)
    path = f"{LIST}new_to_product/"
    page = text_of(owner_client.get(shop.url(path)))
    assert "ک · ۲" in page
    assert "ط · ۱" in page
    assert "تازه‌وارد" not in page
    cake = text_of(owner_client.get(shop.url(path), {"goods": "ک"}))
    assert "مشتری 2" in cake
    assert "مشتری 3" not in cake
    assert "تازه‌وارد" in text_of(owner_client.get(shop.url(f"{LIST}new_to_business/")))
    members = "segments/named/new_to_product/members"
    assert len(api.get(members).json()["data"]) == 3
    (one,) = api.get(members, {"goods": "ط"}).json()["data"]
    assert one["evidence"]["goods"] == ["ط"]
    assert api.get(members, {"goods": "نیست"}).json()["data"] == []
