"""Thinking about new rules, and publishing them."""

from datetime import datetime
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor
from businesses.queries import branches, employees
from core.errors import NotFound, Problem
from core.tenancy import operation
from core.text import normalise
from loyalty.enums import DraftState, RuleEffect
from loyalty.models import BonusRule, EarningRule, Program, RuleDraft, Tier
from loyalty.operations.rules.presents.promise import priced
from loyalty.operations.rules.versions import put_in_force
from loyalty.queries.programme import active_rule
from loyalty.queries.rules.attributes import makes_no_sense
from loyalty.queries.rules.document import Rules
from loyalty.queries.rules.segments import segment_names

_MOST_NOTE: Final = 1000


@operation
def save_draft(*, rules: Rules, actor: Actor | None, now: datetime, by: str = "") -> RuleDraft:
    """Keep rules being thought about, in the one open draft of the business.

    Raises NotFound without a programme, Problem `unknown_reference` for a tier, branch, employee,
    segment, attribute or present that is not ours, `worth_missing` for a present nobody priced.
    """
    if Program.objects.select_for_update().first() is None:
        raise NotFound(_("This business has no loyalty programme."))
    _check_references(rules)
    rules = priced(rules)
    values = {
        "document": rules.model_dump(mode="json", exclude_defaults=False),
        "based_on": _version_in_force(),
        "changed_at": now,
        "changed_by": by or str(actor or ""),
    }
    draft, _made = RuleDraft.objects.update_or_create(
        state=DraftState.OPEN, defaults=values, create_defaults=values | {"created_at": now}
    )
    return draft


@operation
def discard_draft(*, draft_id: UUID, now: datetime) -> None:
    """Put a draft away. Raises NotFound."""
    draft = _open_draft(draft_id)
    draft.state, draft.changed_at = DraftState.DISCARDED, now
    draft.save(update_fields=["state", "changed_at"])


@operation
def publish_draft(
    *,
    draft_id: UUID,
    helps_customer: bool,
    benefit_note: str,
    actor: Actor | None,
    now: datetime,
    by: str = "",
) -> EarningRule:
    """Put a draft in force as the next version, with the answer to «does it help the customer?».

    Raises NotFound, Problem `benefit_missing` without a sentence beside the answer (C114),
    `rules_changed` (409) when another version came in force since the draft was saved.
    """
    note = normalise(benefit_note)[:_MOST_NOTE]
    if not note:
        sentence = _(
            "Say in a sentence how it helps the customer, or why you want it all the same."
        )
        raise Problem("benefit_missing", sentence, fields={"benefit_note": [sentence]})
    Program.objects.select_for_update().first()
    draft = _open_draft(draft_id)
    if draft.based_on != _version_in_force():
        raise Problem(
            "rules_changed",
            _("Other rules came in force since this draft; look at it again and save it."),
            status=HTTPStatus.CONFLICT,
        )
    rules = priced(Rules.model_validate(draft.document))
    _check_references(rules)
    version = put_in_force(
        rules=rules,
        actor=actor,
        now=now,
        helps_customer=helps_customer,
        benefit_note=note,
        by=by or str(actor or ""),
    )
    draft.state, draft.changed_at = DraftState.PUBLISHED, now
    draft.save(update_fields=["state", "changed_at"])
    return version


def _open_draft(draft_id: UUID) -> RuleDraft:
    draft = RuleDraft.objects.select_for_update().filter(id=draft_id, state=DraftState.OPEN).first()
    if draft is None:
        raise NotFound(_("There is no such draft."))
    return draft


def _version_in_force() -> int:
    active = active_rule()
    return active.version if active else 0


def _check_kinds(rules: Rules) -> None:
    """Refuse a rule that gave points and now gives presents under one id: its limits would mix."""
    known = BonusRule.objects.filter(key__in=[one.key for one in rules.bonuses])
    kinds = {
        key: RuleEffect(effect).is_present for key, effect in known.values_list("key", "effect")
    }
    if any(
        kinds.get(one.key, one.effect.is_present) != one.effect.is_present for one in rules.bonuses
    ):
        raise Problem(
            "rule_changed_kind",
            _("A rule that gave points cannot give presents, nor the other way; make another one."),
        )


def _check_references(rules: Rules) -> None:
    _check_kinds(rules)
    whens = [bonus.when for bonus in rules.bonuses]
    if {one for when in whens for one in when.segments} - dict(segment_names()).keys():
        raise Problem("unknown_reference", _("A rule names a segment that does not exist."))
    if makes_no_sense(whens):
        raise Problem(
            "unknown_reference",
            _("A rule asks about an attribute that is not here, or for what it cannot be."),
        )
    for named, rows in (
        ({one for when in whens for one in when.tiers}, Tier.objects.all()),
        ({one for when in whens for one in when.branches}, branches()),
        ({one for when in whens for one in when.employees}, employees()),
    ):
        if named - set(rows.filter(id__in=named).values_list("id", flat=True)):
            raise Problem(
                "unknown_reference", _("A rule names a tier, branch or employee that is not here.")
            )
