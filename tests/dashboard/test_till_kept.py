"""What a browser keeps of the till (R47, ADR 56)."""

import json
import re

from django.contrib.auth import get_user_model

from dashboard.web.till import kept


def test_r47_the_kept_page_is_nobodys(shop, client_as):
    shop.sell()
    cashier = client_as("cashier")
    get_user_model().objects.filter(email="cashier@example.com").update(name="مینا رضایی")
    assert "مینا رضایی" in cashier.get(shop.url("till/")).content.decode()
    answer = cashier.get(shop.url("till/kept/"))
    page = answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    assert 'name="csrfmiddlewaretoken" value="-"' in page
    assert re.search(r'name="sale_id"(?![^>]*value="[^"])', page)
    assert "سارا" not in page
    assert "9121234567" not in page
    assert "مینا رضایی" not in page
    assert "cashier@" not in page


def test_r47_a_page_of_somebodys_has_a_number_and_a_token(shop, client_as):
    page = client_as("cashier").get(shop.url("till/")).content.decode()
    assert re.search(r'name="sale_id" value="[0-9a-f-]{36}"', page)
    assert "data-kept" not in page


def test_r47_other_files_are_another_worker(shop, client_as, monkeypatch):
    cashier = client_as("cashier")

    def told():
        answer = cashier.get(shop.url("till/worker.js"))
        assert answer["Content-Type"].startswith("text/javascript")
        assert answer["Cache-Control"] == "no-cache"
        assert "worker-src 'self'" in answer["Content-Security-Policy"]
        found = re.match(r"self\.till = (\{.*\});\n", answer.content.decode())
        assert found
        return json.loads(found[1])

    first = told()
    assert first == told()
    assert first["till"] == shop.url("till/")
    monkeypatch.setattr(kept, "_version", lambda: "other")
    assert told()["cache"] == first["family"] + "other"
