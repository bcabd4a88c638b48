"""ADR 21: whatever a key may do, an owner can give it by name, and nothing of it by accident."""

from businesses.enums import EVERYDAY_SCOPES, OWNERS_SCOPES, Scope
from dashboard.web.developers import KeyForm


def _scopes(**ticked: bool) -> set[str]:
    form = KeyForm({"name": "till", "mode": "test", **ticked})
    assert form.is_valid(), form.errors
    return set(form.scopes())


def test_every_power_has_its_box_and_none_is_ticked():
    boxes = [name for name in KeyForm.base_fields if name not in {"name", "mode"}]
    assert _scopes() == set(EVERYDAY_SCOPES)
    assert _scopes(**dict.fromkeys(boxes, True)) == set(Scope)
    given = [_scopes(**{box: True}) - set(EVERYDAY_SCOPES) for box in boxes]
    assert set().union(*given) == OWNERS_SCOPES
    assert sum(map(len, given)) == len(OWNERS_SCOPES)
