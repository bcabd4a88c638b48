"""Fit as one statement over the facts of a night: marks, their mean, and its tenth.

A mark by comparison is a mid-rank: of 100 others, how many are less so, half of the equal ones
counted, so that equal customers are equal and the order of rows never matters. Shares of few
purchases lean on what is usual here, as if five usual purchases had been made before; one return
condemns nobody. What is not known of somebody has no weight. Complaints with reason count for
nothing at all.
"""

from typing import Final

from segmentation.enums import FitPart

# Beneath so many to compare with there are no tenths.
FEWEST: Final = 50
# Who came for the first time within so many days is not judged yet.
NEW_DAYS: Final = 30
_LEAN: Final = 5

WEIGHTS: Final[dict[FitPart, int]] = {
    FitPart.EARNS: 3,
    FitPart.STAYS: 2,
    FitPart.KEEPS: 2,
    FitPart.FULL_PRICE: 1,
    FitPart.PAYS: 2,
    FitPart.CONTENT: 1,
    FitPart.FAIR: 2,
}


def _rank(column: str) -> str:
    """Return a mid-rank in hundredths: equal values are equal."""
    window = f"OVER (ORDER BY {column})"
    peers = f"count(*) OVER (PARTITION BY {column})"
    return f"round((100 * (rank() {window} - 1 + {peers} / 2.0) / count(*) OVER ())::numeric, 2)"


def _leaning(signs: str) -> str:
    """Return the share of purchases without a sign, leaning on what is usual."""
    usual = f"sum(f.{signs}) OVER () / sum(f.bought) OVER ()"
    return f"(f.bought - f.{signs} + {_LEAN} * (1 - {usual})) / (f.bought + {_LEAN})"


_MARKS: Final[dict[FitPart, str]] = {
    FitPart.EARNS: _rank("year_profit"),
    FitPart.STAYS: "round((100 * staying)::numeric, 2)",
    FitPart.KEEPS: _rank("kept"),
    FitPart.FULL_PRICE: _rank("dear"),
    FitPart.PAYS: "grade::numeric",
    FitPart.CONTENT: "CASE WHEN content THEN 100 WHEN NOT content THEN 0 END::numeric",
    FitPart.FAIR: "greatest(0, 100 - 50 * (unfounded + signs))::numeric",
}
_SUM: Final = " + ".join(f"{weight} * coalesce({one}, 0)" for one, weight in WEIGHTS.items())
_WEIGHT: Final = " + ".join(
    f"CASE WHEN {one} IS NULL THEN 0 ELSE {weight} END" for one, weight in WEIGHTS.items()
)
_JSON: Final = ", ".join(f"'{one}', round({one})::int" for one in WEIGHTS)

# Parameters: business, today, fewest, new_days; reads pg_temp.named_facts.
FIT: Final = f"""
WITH people AS (
    SELECT f.id, f.year_profit, f.year_rial, f.staying, f.grade, f.content, f.unfounded, f.signs,
           round({_leaning("returned")}, 6) AS kept, round({_leaning("discounted")}, 6) AS dear
    FROM pg_temp.named_facts f
    WHERE f.bought > 0 AND f.first_on <= %(today)s::date - %(new_days)s::int
), marked AS (
    SELECT id, year_rial, {", ".join(f"{sql} AS {one}" for one, sql in _MARKS.items())} FROM people
), scored AS (
    SELECT id, year_rial, jsonb_build_object({_JSON}) AS parts,
           round(({_SUM}) / ({_WEIGHT}), 4) AS mean
    FROM marked
), fitting AS (
    SELECT id, year_rial, parts, round(mean)::smallint AS score,
           least(10, 1 + floor({_rank("mean")} / 10))::smallint AS tenth
    FROM scored WHERE (SELECT count(*) FROM scored) >= %(fewest)s
), gone AS (
    DELETE FROM segmentation_customerfit c WHERE c.business_id = %(business)s
      AND NOT EXISTS (SELECT FROM fitting f WHERE f.id = c.id)
), kept AS (
    UPDATE segmentation_customerfit c
    SET score = f.score, tenth = f.tenth, parts = f.parts, year_rial = f.year_rial,
        as_of = %(today)s
    FROM fitting f WHERE c.business_id = %(business)s AND c.id = f.id
      AND (c.score, c.tenth, c.year_rial, c.parts) IS DISTINCT FROM
          (f.score, f.tenth, f.year_rial, f.parts)
)
INSERT INTO segmentation_customerfit
    (id, business_id, customer_id, as_of, score, tenth, parts, year_rial)
SELECT f.id, %(business)s, f.id, %(today)s, f.score, f.tenth, f.parts, f.year_rial FROM fitting f
WHERE NOT EXISTS (
    SELECT FROM segmentation_customerfit c WHERE c.business_id = %(business)s AND c.id = f.id)
"""  # noqa: S608 - the parts are constants
