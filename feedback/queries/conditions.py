"""What can be asked of customers' answers, as a part of a statement about many."""

# Values have places of their own; what is joined here are our own words.
# ruff: noqa: S608

from customers.queries.asked import Asked, Between, Days


def answered(asked: Asked, score: Between, days: Days, *, kind: str = "") -> str:
    """Return whose latest answer in some days, of a kind of survey or of any, was within."""
    local = f"(a.answered_at AT TIME ZONE {asked.put(asked.zone.key, 'text')})::date"
    source = (
        "SELECT DISTINCT ON (a.customer_id) a.customer_id, a.score"
        " FROM feedback_response a JOIN feedback_survey s"
        f" ON s.business_id = {asked.business} AND s.id = a.survey_id"
        f" WHERE a.business_id = {asked.business}{asked.only('a.customer_id')}"
        f"{asked.on(local, days)}"
    )
    if kind:
        source += f" AND s.kind = {asked.put(kind, 'text')}"
    source += " ORDER BY a.customer_id, a.answered_at DESC, a.id DESC"
    asked.looks.append(f"SELECT score::bigint FROM ({source}) AS newest")
    return (
        f"c.id IN (SELECT customer_id FROM ({source}) AS newest"
        f" WHERE {asked.within('score', score)})"
    )
