"""The API's description and its answers tell the same."""

import pytest

from customers.api.answers import (
    BatchOut,
    CustomerListOut,
    CustomerOut,
    PurchaseDetailOut,
    PurchaseListOut,
    PurchaseOut,
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


def test_every_answer_fits_its_description(api, body):
    made = fits(PurchaseOut, api.post("purchases", body))
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
