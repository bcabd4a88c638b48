"""What was estimated of a business's customers, how it stood the test, and what it foresees."""

import math
from typing import Final

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast, Ln, Now
from django.utils.translation import gettext_lazy as _

from core.tenancy import SameBusiness
from core.tenancy.models import TenantModel
from core.tenancy.personal import Facts, by, declare
from segmentation.enums import Basis

PARAMETERS = ("r", "alpha_days", "a", "b", "p", "q", "gamma_rial")
BINS = 10
_STEPS_A_DOUBLING: Final = 4


def _numbers() -> "ArrayField[list[float], list[float]]":
    return ArrayField(models.FloatField())


class RetentionModel(TenantModel):
    """One estimate of how customers buy and leave (r, α, a, b) and spend (p, q, γ).

    Its test is made on the past: an estimate from before `tested_from` foresees who comes in the
    `horizon_days` after it, beside the rule of everybody's own rate. Before there is enough to
    test (`basis` heuristic) the figures of the test are empty.
    """

    as_of = models.DateField(_("as of"))
    estimated_at = models.DateTimeField(_("estimated"))
    customers = models.IntegerField(_("customers"))
    r = models.FloatField()
    alpha_days = models.FloatField()
    a = models.FloatField()
    b = models.FloatField()
    p = models.FloatField()
    q = models.FloatField()
    gamma_rial = models.FloatField()
    # Standard errors in the order of the parameters.
    errors = _numbers()
    log_likelihood = models.FloatField(_("log-likelihood"))
    # The usual day of a purchase: what spendings are divided by before they are compared.
    usual_rial = models.FloatField(_("usual day (rial)"))
    # Means and spreads of the priors' logarithms: four and four, three and three.
    prior = _numbers()
    # What other businesses learn from: how the likelihoods bend, 4 × 4 + 4 and 3 × 3 + 3.
    evidence = _numbers()
    horizon_days = models.IntegerField(_("horizon (days)"))
    basis = models.TextField(_("basis"), choices=Basis.choices)
    tested_from = models.DateField(_("tested from"), null=True)
    tested = models.IntegerField(_("customers tested"), default=0)
    brier = models.FloatField(null=True)
    rule_brier = models.FloatField(null=True)
    auc = models.FloatField(null=True)
    rule_auc = models.FloatField(null=True)
    bin_customers = ArrayField(models.IntegerField(), default=list)
    bin_foreseen = ArrayField(models.FloatField(), default=list)
    bin_came = ArrayField(models.FloatField(), default=list)

    class Meta:
        verbose_name = _("retention model")
        verbose_name_plural = _("retention models")
        constraints = (
            models.CheckConstraint(
                condition=Q(**{f"{name}__gt": 0 for name in (*PARAMETERS, "usual_rial")}),
                name="segmentation_model_positive",
            ),
            models.CheckConstraint(
                condition=Q(errors__len=7, prior__len=14, evidence__len=32),
                name="segmentation_model_whole",
            ),
            models.CheckConstraint(
                condition=Q(horizon_days__gt=0, customers__gt=0), name="segmentation_model_of_some"
            ),
            models.CheckConstraint(
                condition=Q(
                    basis=Basis.HEURISTIC,
                    tested_from=None,
                    tested=0,
                    brier=None,
                    rule_brier=None,
                    auc=None,
                    rule_auc=None,
                )
                | Q(
                    basis__in=(Basis.MODEL, Basis.RULE),
                    tested_from__isnull=False,
                    tested__gt=0,
                    brier__isnull=False,
                    rule_brier__isnull=False,
                    auc__isnull=False,
                    rule_auc__isnull=False,
                ),
                name="segmentation_model_tested_or_not",
            ),
            models.CheckConstraint(
                condition=~Q(basis=Basis.MODEL) | Q(brier__lt=F("rule_brier")),
                name="segmentation_model_beats_the_rule",
            ),
        )
        indexes = (
            models.Index(fields=["business", "-estimated_at"], name="segmentation_model_newest"),
        )

    def __str__(self) -> str:
        return f"{self.as_of} ({self.basis})"


class OutlookRun(TenantModel):
    """One night's foresight of everybody, written with all its rows or not at all."""

    model = models.ForeignKey(
        RetentionModel,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    as_of = models.DateField(_("as of"))
    finished_at = models.DateTimeField(_("finished"))
    customers = models.IntegerField(_("customers"))
    expected_customers = models.FloatField(_("expected to come"))
    expected_year_rial = models.BigIntegerField(_("expected in a year (rial)"))
    risk_rial = models.BigIntegerField(_("at risk (rial)"))
    # How many have a score of 0 to 9, 10 to 19, …, 90 to 100.
    tenths = ArrayField(models.IntegerField())
    # Whose score is below this has dropped (C112); None until that was looked at.
    low_line = models.SmallIntegerField(_("low score"), null=True)

    class Meta:
        verbose_name = _("outlook run")
        verbose_name_plural = _("outlook runs")
        constraints = (
            SameBusiness("model"),
            models.CheckConstraint(condition=Q(tenths__len=10), name="segmentation_outlook_tenths"),
        )
        indexes = (
            models.Index(fields=["business", "-finished_at"], name="segmentation_outlook_newest"),
        )

    def __str__(self) -> str:
        return f"{self.as_of}: {self.customers}"


class CustomerOutlook(TenantModel):
    """What the newest run foresees of one customer. Its id is the customer's id.

    `score` is the probability, in hundredths, of a purchase within the model's horizon; by the
    rule of the own rate where that stood the test better. The rest is the model's.
    """

    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    as_of = models.DateField(_("as of"))
    score = models.SmallIntegerField(_("retention score"))
    staying = models.FloatField(_("probability of not having left"))
    purchases_30 = models.FloatField(_("purchase days expected in 30 days"))
    purchases_90 = models.FloatField(_("purchase days expected in 90 days"))
    purchases_365 = models.FloatField(_("purchase days expected in a year"))
    day_rial = models.BigIntegerField(_("expected on a purchase day (rial)"))
    worth_rial = models.BigIntegerField(_("expected in a year, as of today (rial)"))
    risk_rial = models.BigIntegerField(_("of a year's purchases at risk (rial)"))
    wait_days = models.IntegerField(_("half come again within (days)"))
    known_at = models.DateTimeField(_("first foreseen"), db_default=Now())
    # From falling below the night's line to rising well above it (C112).
    low = models.BooleanField(_("score is low"), default=False, db_default=False)
    # Coarse, for the index: a night that moves every sum a little moves few of these, and an
    # update that no index has to hear of is three times cheaper.
    risk_level = models.GeneratedField(
        expression=Cast(
            _STEPS_A_DOUBLING * Ln(Cast(F("risk_rial") + 1, models.FloatField())) / math.log(2),
            models.SmallIntegerField(),
        ),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )

    class Meta:
        verbose_name = _("customer outlook")
        verbose_name_plural = _("customer outlooks")
        constraints = (
            SameBusiness("customer"),
            models.CheckConstraint(
                condition=Q(id=F("customer_id")), name="segmentation_outlook_is_its_customers"
            ),
            models.CheckConstraint(
                condition=Q(score__range=(0, 100), staying__range=(0, 1)),
                name="segmentation_outlook_probable",
            ),
            models.CheckConstraint(
                condition=Q(
                    purchases_30__gte=0,
                    purchases_90__gte=0,
                    purchases_365__gte=0,
                    day_rial__gte=0,
                    worth_rial__gte=0,
                    risk_rial__gte=0,
                    wait_days__gte=0,
                ),
                name="segmentation_outlook_not_negative",
            ),
        )
        indexes = (
            models.Index(fields=["business", "-risk_level"], name="segmentation_outlook_risk"),
        )

    def __str__(self) -> str:
        return f"{self.score} ({self.as_of})"


declare(
    {
        RetentionModel: Facts(
            ours=(
                "errors",
                "prior",
                "evidence",
                "bin_customers",
                "bin_foreseen",
                "bin_came",
            )
        ),
        OutlookRun: Facts(ours=("tenths",)),
        CustomerOutlook: Facts(
            of=by("customer_id"),
            told=(
                "as_of",
                "score",
                "staying",
                "purchases_30",
                "purchases_90",
                "purchases_365",
                "day_rial",
                "worth_rial",
                "risk_rial",
                "wait_days",
                "low",
                "known_at",
            ),
        ),
    }
)
