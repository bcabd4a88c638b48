"""Any history of buying, spending, returning, leaving and coming back (C047)."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from loyalty.enums import ExitWay
from loyalty.models import ClubExit, LedgerEntry, Lot, Wallet
from loyalty.operations.books import post_entries
from loyalty.operations.leaving import leave_club, rejoin_club
from loyalty.queries import wallet_view
from loyalty.queries.invariants import broken
from loyalty.queries.leaving import leaving, left_club
from tests.loyalty.conftest import FAR
from tests.loyalty.test_machine import Ledger

WHO = st.integers(0, 1)


class Leaving(Ledger):
    """The two customers of the ledger's machine also leave the club and come back."""

    def _whose(self, person: int):
        return list(Wallet.objects.order_by("id").values_list("id", flat=True))[person]

    @rule(person=WHO)
    def leave(self, person: int) -> None:
        whose = self._whose(person)
        told, out = leaving(whose, self.now), left_club(whose, self.now)
        row = leave_club(customer_id=whose, way=ExitWay.OWN_PAGE, now=self.now)
        if out is None:
            assert row.points + row.pending_points == told.ends_points
        assert wallet_view(whose, self.now).balance_points == -told.owed_points

    @rule(person=WHO)
    def come_back(self, person: int) -> None:
        whose = self._whose(person)
        told = left_club(whose, self.now)
        points = rejoin_club(customer_id=whose, now=self.now)
        assert points == (told.points if told else 0)

    @rule(person=WHO, minutes=st.integers(0, 30))
    def think_again(self, person: int, minutes: int) -> None:
        """Who leaves and comes back at once has what they had."""
        whose = self._whose(person)
        if left_club(whose, self.now) is not None:
            return
        leave_club(customer_id=whose, way=ExitWay.STAFF, now=self.now)
        before = self.now
        self.now += timedelta(minutes=minutes)
        live = Lot.objects.filter(id__in=self._ended(whose)).exclude(expires_at__lte=self.now)
        ended = {lot.id for lot in live}
        wanted = -sum(
            entry.points + entry.pending_points
            for entry in LedgerEntry.objects.filter(customer=whose, kind="left", at=before)
            if entry.lot_id in ended and entry.data["exit"] == self._exit(whose)
        )
        assert rejoin_club(customer_id=whose, now=self.now) == wanted

    def _exit(self, whose) -> str:
        return str(ClubExit.objects.get(customer=whose, back_at=None).id)

    def _ended(self, whose):
        return LedgerEntry.objects.filter(
            customer=whose, kind="left", data__exit=self._exit(whose)
        ).values("lot")

    @rule()
    def write_the_books(self) -> None:
        post_entries(now=self.now)

    @invariant()
    def whoever_is_out_has_nothing(self) -> None:
        for wallet in Wallet.objects.exclude(left_at=None):
            assert wallet.balance_points <= 0
            assert wallet.pending_points == 0
            assert not Lot.objects.filter(customer=wallet.id, remaining_points__gt=0).exists()

    def teardown(self) -> None:
        try:
            post_entries(now=self.now)
            assert broken(self.now + FAR) == []
        finally:
            super().teardown()


@pytest.mark.django_db
def test_the_ledger_holds_whoever_leaves_and_comes_back():
    run_state_machine_as_test(
        Leaving,
        settings=settings(
            max_examples=30,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
