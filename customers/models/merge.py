"""Profiles that may be one person, those that were joined, and what moved with them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from customers.enums import MergeState, SuggestionState
from customers.models.person import Customer


class MergeSuggestion(TenantModel):
    """Two profiles that shared an identity: a person decides, once. `first` has the lower id.

    `because` are the kinds of identity they shared, `times` how often that was seen.
    """

    first = models.ForeignKey(
        Customer, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    second = models.ForeignKey(
        Customer, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    state = models.TextField(
        _("state"), choices=SuggestionState.choices, default=SuggestionState.OPEN
    )
    because = ArrayField(models.TextField(), verbose_name=_("shared"))
    times = models.IntegerField(_("seen"), default=1)
    raised_at = models.DateTimeField(_("first seen"))
    last_at = models.DateTimeField(_("last seen"))
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by = models.TextField(_("decided by"), blank=True, default="")

    class Meta:
        verbose_name = _("merge suggestion")
        verbose_name_plural = _("merge suggestions")
        constraints = (
            SameBusiness("first"),
            SameBusiness("second"),
            models.UniqueConstraint(
                fields=["business", "first", "second"], name="customers_suggestion_once"
            ),
            models.CheckConstraint(
                condition=Q(first__lt=F("second"), times__gte=1),
                name="customers_suggestion_pair",
            ),
            models.CheckConstraint(
                condition=Q(state=SuggestionState.OPEN, decided_at=None)
                | (~Q(state=SuggestionState.OPEN) & Q(decided_at__isnull=False)),
                name="customers_suggestion_decided",
            ),
        )
        indexes = (
            models.Index(
                fields=["business", "state", "-last_at"], name="customers_suggestion_list"
            ),
            models.Index(fields=["business", "second"], name="customers_suggestion_second"),
        )

    def __str__(self) -> str:
        return f"{self.first_id} = {self.second_id}?"


class CustomerMerge(TenantModel):
    """One profile joined to another; until `undo_until` it can be taken back.

    `before` holds the particulars that the merge changed, as they were.
    """

    survivor = models.ForeignKey(
        Customer,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("profile that stays"),
    )
    merged = models.ForeignKey(
        Customer,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("profile that was joined to it"),
    )
    state = models.TextField(_("state"), choices=MergeState.choices, default=MergeState.STANDING)
    reason = models.TextField(_("reason"), blank=True, default="")
    before = models.JSONField(default=dict, editable=False)
    merged_at = models.DateTimeField(_("merged"))
    merged_by = models.TextField(_("merged by"), blank=True, default="")
    undo_until = models.DateTimeField(_("can be undone until"))
    undone_at = models.DateTimeField(_("undone"), null=True)
    undone_by = models.TextField(_("undone by"), blank=True, default="")

    class Meta:
        verbose_name = _("merge of profiles")
        verbose_name_plural = _("merges of profiles")
        constraints = (
            SameBusiness("survivor"),
            SameBusiness("merged"),
            models.UniqueConstraint(
                fields=["business", "merged"],
                condition=Q(state=MergeState.STANDING),
                name="customers_merge_one_standing",
            ),
            models.CheckConstraint(
                condition=~Q(survivor=F("merged")), name="customers_merge_of_two"
            ),
            models.CheckConstraint(
                condition=Q(state=MergeState.STANDING, undone_at=None)
                | Q(state=MergeState.UNDONE, undone_at__isnull=False),
                name="customers_merge_undone",
            ),
        )
        indexes = (
            models.Index(fields=["business", "-merged_at", "-id"], name="customers_merge_newest"),
            models.Index(
                fields=["business", "survivor"],
                name="customers_merge_into",
                condition=Q(state=MergeState.STANDING),
            ),
        )

    def __str__(self) -> str:
        return f"{self.merged_id} → {self.survivor_id}"


class MergedRow(TenantModel):
    """One row of any table that a merge moved, so that undoing it moves that one back."""

    merge = models.ForeignKey(
        CustomerMerge,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    what = models.TextField(_("table"))
    row_id = models.UUIDField(_("row"))

    class Meta:
        verbose_name = _("row moved by a merge")
        verbose_name_plural = _("rows moved by merges")
        constraints = (
            SameBusiness("merge"),
            models.UniqueConstraint(
                fields=["business", "merge", "what", "row_id"], name="customers_mergedrow_once"
            ),
        )
        indexes = (
            models.Index(fields=["business", "row_id", "what"], name="customers_mergedrow_of"),
        )

    def __str__(self) -> str:
        return f"{self.what} {self.row_id}"
