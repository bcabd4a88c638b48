"""How well customers and the business suit each other (C107)."""

from typing import Final

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from core.tenancy.personal import Facts, by, declare

TENTHS: Final = 10


class CustomerFit(TenantModel):
    """How well one customer and the business suit each other. Its id is the customer's id.

    `parts` are the marks the score is the weighted mean of, each of 0 to 100; what is not known of
    somebody is null and counts for nothing. `tenth` is 1 for the tenth that suits least. Only what
    changed is written, so `as_of` is the night of the last change.
    """

    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    as_of = models.DateField(_("as of"))
    score = models.SmallIntegerField(_("fit"))
    tenth = models.SmallIntegerField(_("tenth"))
    parts = models.JSONField(_("parts"))
    year_rial = models.BigIntegerField(_("bought in a year (rial)"))

    class Meta:
        verbose_name = _("customer fit")
        verbose_name_plural = _("customer fits")
        constraints = (
            SameBusiness("customer"),
            models.CheckConstraint(
                condition=Q(id=F("customer_id")), name="segmentation_fit_is_its_customers"
            ),
            models.CheckConstraint(
                condition=Q(score__range=(0, 100), tenth__range=(1, TENTHS)),
                name="segmentation_fit_in_range",
            ),
        )
        indexes = (
            models.Index(fields=["business", "-score", "-id"], name="segmentation_fit_best"),
        )

    def __str__(self) -> str:
        return f"{self.tenth}: {self.score}"


declare(
    {
        CustomerFit: Facts(
            of=by("customer_id"),
            theirs=("parts",),
            told=("as_of", "score", "tenth", "year_rial"),
            goes=True,
        )
    }
)
