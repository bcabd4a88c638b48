"""How many pieces of each product were expected on a night, and what came of the last ones."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tenancy.models import TenantModel
from core.tenancy.personal import Facts, declare


class VolumeNight(TenantModel):
    """One night's look at the volume of every regular product (C070), whole or not at all.

    `rows` say for each what the coming weeks are expected to bring, what the last ones were and
    did, and whether that is more than chance. `by_level`: it came closer than
    the plain rule; `trial` holds how many pieces both were off (`error`, `rule_error`) and which
    share lay `inside` its bounds.
    """

    as_of = models.DateField(_("as of"))
    finished_at = models.DateTimeField(_("finished"))
    days = models.SmallIntegerField(_("days"))
    by_level = models.BooleanField(_("by the product's level"))
    trial = models.JSONField(_("test on the past"))
    rows = models.JSONField(_("products"))

    class Meta:
        verbose_name = _("night of product volumes")
        verbose_name_plural = _("nights of product volumes")
        constraints = (
            models.UniqueConstraint(
                fields=["business", "as_of"], name="segmentation_volumes_once_a_day"
            ),
            models.CheckConstraint(condition=Q(days__gt=0), name="segmentation_volumes_look_ahead"),
        )

    def __str__(self) -> str:
        return f"{self.as_of}"


declare({VolumeNight: Facts(ours=("rows", "trial"))})
