"""The API's description and its answers tell the same."""

import pytest

from customers.api.answers import (
    BatchOut,
    CustomerListOut,
    CustomerOut,
    PurchaseDetailOut,
    PurchaseListOut,
    PurchaseMadeOut,
    ReturnOut,
    TimelineOut,
)

pytestmark = pytest.mark.django_db


def fits(model, answer):
    """Check an answer against its model, unknown members included."""
    data = answer.json()
    read = model.model_validate(data, strict=False)
    assert set(data) == set(type(read).model_fields), model
    return data


def test_c038_a_sale_tells_whether_its_customer_is_new(api, body):
    """C038: known when the sale is written, so it costs no query; a repeat cannot tell any more."""
    assert api.post("purchases", body).json()["is_new_customer"] is True
    assert api.post("purchases", body).json()["is_new_customer"] is None
    again = api.post("purchases", body | {"external_id": "second"}).json()
    assert again["is_new_customer"] is False
    rows = {"purchases": [body | {"external_id": "third"}, body]}
    told = api.post("purchases/batch", rows).json()["results"]
    assert [one["purchase"]["is_new_customer"] for one in told] == [False, None]


def test_every_answer_fits_its_description(api, body):
    made = fits(PurchaseMadeOut, api.post("purchases", body))
    path = f"purchases/{made['id']}"
    returned = api.post(f"{path}/returns", {"external_id": "r", "amount": 5})
    ReturnOut.model_validate(returned.json())
    fits(PurchaseDetailOut, api.get(path))
    fits(PurchaseListOut, api.get("purchases"))
    rows = [body | {"external_id": "n"}, {}]
    fits(BatchOut, api.post("purchases/batch", {"purchases": rows}))
    person = f"customers/{made['customer']['id']}"
    fits(CustomerOut, api.get(person))
    fits(CustomerListOut, api.get("customers"))
    fits(TimelineOut, api.get(f"{person}/timeline"))
