"""C050: a form of coupons that is sent again makes no second pool."""

import pytest

from core.tenancy import acting_for
from loyalty.models import Coupon, CouponPool

pytestmark = pytest.mark.django_db
TYPED = {
    "name": "یلدا",
    "percent": "۱۰",
    "count": "۳",
    "last_day": "۱۴۰۹/۱/۳۱",
    "stacking": "alone",
}


@pytest.mark.parametrize("of", [{"count": "۳"}, {"code": "YALDA9", "count": ""}])
def test_c050_a_page_sent_again_makes_no_second_pool(owner_client, business, of):
    """Who reloads the page of codes, or goes back and forth, sends the form again."""
    address = f"/b/{business.slug}/coupons/"
    form = owner_client.get(f"{address}new/").context["form"]
    typed = TYPED | of | {"key": str(form["key"].value())}
    owner_client.post(f"{address}new/", typed)
    with acting_for(business.id):
        pool, made = CouponPool.objects.get(), Coupon.objects.count()
    again = owner_client.post(f"{address}new/", typed, follow=True)
    assert again.redirect_chain[-1][0] == f"{address}{pool.id}/"
    assert "پیش‌تر ساخته شد" in again.content.decode()
    with acting_for(business.id):
        assert (CouponPool.objects.count(), Coupon.objects.count()) == (1, made)
