"""C110 over HTTP: targets and what of today helps them; and two who write at once."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.calendar import add_months, jalali, month_start
from core.tenancy import acting_for
from segmentation.enums import ActionKind, ActionState, Figure
from segmentation.models import ActionItem, Target, TargetStep
from segmentation.operations import move_target, set_target
from segmentation.queries.targets.helping import helping
from segmentation.queries.targets.ledger import aims
from segmentation.queries.targets.reckoning import standings
from tests.founding import found
from tests.segmentation.aims import AZAR, aim
from tests.segmentation.own import NOW, TODAY

pytestmark = pytest.mark.django_db


def _month(ahead: int = 0) -> str:
    at = jalali(add_months(month_start(timezone.localdate()), ahead))
    return f"{at.year:04}-{at.month:02}"


def _body(**changes: object) -> dict[str, object]:
    return {"figure": "net_sales", "month": _month(), "goal": 50_000_000, **changes}


def test_a_target_is_set_moved_and_given_up_over_http(api, other_api):
    made = api.post("targets", _body())
    assert made.status_code == 201, made.content
    told = made.json()
    assert (told["goal"], told["span"], told["month"]) == (50_000_000, "month", _month())
    assert told["steps"][0]["by"].startswith("api_key:")
    path = f"targets/{told['id']}"
    moved = api.post(f"{path}/move", {"goal": 40_000_000, "reason": "باران"}).json()
    assert (moved["goal"], moved["first_goal"]) == (40_000_000, 50_000_000)
    ended = api.post(f"{path}/end", {"reason": "تعطیل"}).json()
    assert (ended["state"], [step["goal"] for step in ended["steps"]]) == (
        "ended", [50_000_000, 40_000_000, None],
    )  # fmt: skip
    assert api.get(path).json()["steps"] == ended["steps"]
    assert [row["id"] for row in api.get("targets").json()["data"]] == [told["id"]]
    for answer in (
        other_api.get(path),
        other_api.post(f"{path}/move", {"goal": 1, "reason": "x"}),
        other_api.post(f"{path}/end", {"reason": "x"}),
    ):
        assert answer.status_code == 404
    assert other_api.get("targets").json()["data"] == []


def test_the_same_request_twice_is_one_target_and_one_answer(api, business):
    key = str(uuid4())
    first = api("post", "targets", _body(), key=key)
    again = api("post", "targets", _body(), key=key)
    assert (first.status_code, again.content) == (201, first.content)
    path = f"targets/{first.json()['id']}/move"
    body = {"goal": 7, "reason": "x"}
    answers = {api("post", path, body, key=f"{key}-2").content for _ in range(2)}
    assert len(answers) == 1
    with acting_for(business.id):
        assert TargetStep.objects.count() == 2
    assert api.post("targets", _body()).status_code == 409


@pytest.mark.parametrize(("changes", "field"), [
    ({"month": "1405-13"}, "month"), ({"figure": "profit"}, "figure"), ({"goal": 0}, "goal"),
    ({"goal": "x"}, "goal"), ({"span": "week"}, "span"), ({"month": "1399-01"}, "month"),
])  # fmt: skip
def test_wrong_input_is_told_by_field_in_both_languages(api, changes, field):
    for language in ("fa", "en"):
        answer = api("post", "targets", _body(**changes), HTTP_ACCEPT_LANGUAGE=language)
        assert answer.status_code in {409, 422}, answer.content
        assert field in str(answer.json())
        assert answer.json()["detail"].isascii() == (language == "en")


def test_pages_of_targets_go_by_cursor_at_one_cost(api, business):
    counts = []
    for ahead in range(3):
        assert api.post("targets", _body(month=_month(ahead))).status_code == 201
        with CaptureQueriesContext(connection) as counted:
            assert len(api.get("targets").json()["data"]) == ahead + 1
        counts.append(len(counted))
    assert len(set(counts)) == 1
    first = api.get("targets", {"limit": 2}).json()
    rest = api.get("targets", {"limit": 2, "cursor": first["next_cursor"]}).json()
    assert [row["month"] for row in first["data"] + rest["data"]] == [
        _month(2), _month(1), _month(),
    ]  # fmt: skip
    assert rest["next_cursor"] is None


def test_two_who_move_at_once_both_stand_written(in_parallel, now):
    business_id = found("کافه نارنج").business_id
    with acting_for(business_id):
        target = set_target(
            figure="new_customers", span="month", starts_on=AZAR, goal=1, actor=None, now=now
        )

    def move(goal: int) -> None:
        with acting_for(business_id):
            move_target(target_id=target.id, goal=goal, reason="x", actor=None, now=now)

    in_parallel(*[lambda goal=goal: move(goal) for goal in (2, 3, 4, 5)])
    with acting_for(business_id):
        (kept,) = aims(Target.objects.all())
        assert [step.number for step in kept.steps] == [1, 2, 3, 4, 5]
        assert {step.goal for step in kept.steps} == {1, 2, 3, 4, 5}


# --- what helps -----------------------------------------------------------------------------------


def _action(kind: str, place: int, subject: str = "x", **changes: object) -> ActionItem:
    numbers = {"chance": 100, "value_rial": 40_000, "effort_minutes": 5, "facts": {}}
    return ActionItem.objects.create(
        on=TODAY, place=place, kind=kind, subject=f"{subject}", expected_rial=1, low_rial=1,
        high_rial=1, made_at=NOW, **(numbers | changes),
    )  # fmt: skip


def _helped(figure: str) -> list[tuple[int, int | None]]:
    row = Target.objects.filter(figure=figure).first() or aim(figure=figure, goal=9_000)
    (one,) = standings(aims([row]), TODAY)
    actions = list(ActionItem.objects.order_by("place"))
    return [(help_.action.place, help_.thousandths) for help_ in helping(one, actions)]


def test_c110_todays_actions_close_the_gap_of_what_they_help(acting):
    """By hand: chance times people, or times rial; the most for a minute first."""
    _action(ActionKind.DEBIT, 1)
    _action(ActionKind.CALL, 2)
    _action(ActionKind.WIN_BACK, 3, chance=30, facts={"people": 200}, effort_minutes=20)
    _action(ActionKind.LEAD, 4, facts={"people": 3}, effort_minutes=15)
    _action(ActionKind.CORNER, 5, "happy_staying", facts={"people": 10}, chance=40)
    _action(ActionKind.CORNER, 6, "unhappy_staying", facts={"people": 10}, chance=40)
    _action(ActionKind.PRODUCT, 7, facts={"people": 60, "here": 20, "others": 45},
            effort_minutes=60)  # fmt: skip
    _action(ActionKind.ANSWER, 1, "done", state=ActionState.DONE, answered_at=NOW)
    assert _helped(Figure.RETURNING) == [(3, 6_000), (6, 400), (7, 1_500), (2, 100)]
    assert _helped(Figure.NEW) == [(5, 400), (4, 300)]
    assert _helped(Figure.CONTENT) == [(6, None)]
    sales = _helped(Figure.NET_SALES)
    assert {place for place, _ in sales} == {2, 3, 4, 5, 6, 7}
    assert dict(sales)[2] == 40_000 * 100


def test_a_target_that_is_reached_or_ahead_needs_nothing(acting):
    _action(ActionKind.CALL, 1)
    target = aim(goal=9_000, starts_on=add_months(AZAR, 1))
    (one,) = standings(aims([target]), TODAY)
    assert helping(one, list(ActionItem.objects.all())) == []
    (later,) = standings(aims([target]), one.first + timedelta(days=3))
    assert len(helping(later, list(ActionItem.objects.all()))) == 1
