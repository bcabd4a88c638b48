"""Whether a purchase stands: it was not given back whole, as whoever counts visits asks."""


def stands(purchase: str) -> str:
    """Return it as a condition on a purchase by its name in a statement.

    A sale of nothing has no amount to give back: it was undone by a return of nothing.
    """
    return (
        f"({purchase}.returned_rial < {purchase}.total_rial OR ({purchase}.total_rial = 0"
        " AND NOT EXISTS (SELECT FROM customers_return undone"
        f" WHERE undone.business_id = {purchase}.business_id"
        f" AND undone.purchase_id = {purchase}.id AND undone.amount_rial = 0)))"
    )
