"""Rules without a purchase over HTTP and on the owner's page."""

import pytest

from core.tenancy import acting_for
from dashboard.web.rules.forms import RuleForm, initial_of
from dashboard.web.rules.words_of_rules import Names, promise, rule_sentence
from loyalty.queries.rules.reading import open_draft, rules_in
from tests.loyalty.happenings.conftest import after, person
from tests.loyalty.happenings.test_presents import card
from tests.loyalty.rules.test_api import draft, publish

WELCOME = {
    "name": "خوش‌آمد",
    "effect": "fixed",
    "num": 30,
    "when": {"after": ["joined", "follow"], "bought_rial": 0},
    "budget_rial": 10_000,
}
TYPED = {
    "name": "خوش‌آمد",
    "moment": "after",
    "after": ["joined"],
    "effect": "fixed",
    "points": "۳۰",
    "budget": "۱۰٬۰۰۰",
    "least": "۵۰۰",
    "customer_span": "ever",
}


def test_a_program_drafts_tries_publishes_and_tells(api, business):
    with acting_for(business.id):
        sara = str(person())
    made = draft(api, WELCOME)
    assert made.status_code == 201, made.content
    [kept] = made.json()["rules"]
    assert kept["when"]["after"] == ["joined", "follow"]
    body = {"customer_id": sara, "happened": "follow", "total": 0}
    tried = api.post(f"loyalty/rule-drafts/{made.json()['id']}/dry-run", body).json()
    assert (tried["today"]["rules"], tried["draft"]["points"]) == ([], 10)
    [told] = tried["draft"]["rules"]
    assert (told["verdict"], bool(told["why"])) == ("budget", True)
    publish(api, made.json()["id"])
    told = {"customer_id": sara, "kind": "follow", "reference": "f-1"}
    assert api.post("engagements", told, key="one").status_code == 201
    assert api.get(f"customers/{sara}/wallet").json()["balance"] == 10
    [rule] = api.get("loyalty/rules").json()["rules"]
    assert (rule["given"]["purchases"], rule["given"]["points"]) == (1, 10)
    assert rule["given"]["budget_used_rial"] == 10_000
    closed = {"kind": "follow", "points": 0, "open": False}
    refused = api.post("engagement-rules", closed, key="two")
    assert (refused.status_code, refused.json()["code"]) == (409, "rules_about_it")


@pytest.mark.parametrize(
    "wrong",
    [
        {"when": {"after": ["joined"], "least_rial": 5}},
        {"when": {"after": ["nothing"]}},
        {"effect": "times", "num": 2},
        {"cap_points": 3},
    ],
)
def test_what_makes_no_sense_without_a_purchase_is_refused(api, wrong):
    assert draft(api, WELCOME | wrong).status_code == 422


def test_the_owner_composes_tries_and_is_told_what_is_wrong(owner_client, business):
    page = f"/b/{business.slug}/rules/"
    with acting_for(business.id):
        person()
    began = owner_client.get(page + "new/", {"like": "joined"}).content.decode()
    assert "پس از «پیوستن به باشگاه»، بدون خرید" in began
    wrong = owner_client.post(page + "new/", TYPED | {"effect": "times", "times": "2/1"})
    assert "مهر نه" in wrong.content.decode()
    none = owner_client.post(page + "new/", TYPED | {"after": []})
    assert "پس از چه؟" in none.content.decode()
    assert owner_client.post(page + "new/", TYPED).status_code == 302
    with acting_for(business.id):
        kept = open_draft()
        assert kept is not None
        [held] = rules_in(kept).bonuses
        # What is asked of purchases alone is not shown, and asks nothing.
        assert (held.when.least_rial, held.when.after) == (0, ("joined",))
    typed = {"happened": "joined", "mobile": "09121234567", "channel": "till"}
    tried = owner_client.post(page + "try/", typed).content.decode()
    assert "۳۰ امتیاز" in tried
    assert "با نرخ" not in tried
    nothing = owner_client.post(page + "try/", {"happened": "", "channel": "till"})
    assert "چقدر؟" in nothing.content.decode()


def test_such_rules_survive_their_form_and_are_promised_without_their_budget(acting):
    rules = (
        after("joined", "shared_day", points=7, when={"bought_rial": 500_000}, budget_rial=10_000),
        card(budget_rial=500_000),
    )
    for rule in rules:
        form = RuleForm(
            {
                name: field.prepare_value(value)
                for name, field in RuleForm().fields.items()
                if (value := initial_of(rule).get(name)) is not None
            },
            key=rule.key,
        )
        assert form.is_valid(), form.errors
        assert form.bonus().when == rule.when
        assert "بودجه" in rule_sentence(rule, Names.here())
        assert "بودجه" not in promise(rule, Names.here())


def test_the_public_rules_tell_what_is_given_without_a_purchase(api, client, business):
    made = draft(api, WELCOME | {"budget_rial": None})
    publish(api, made.json()["id"])
    seen = client.get(f"/c/{business.slug}/rules/").content.decode()
    assert "پس از «پیوستن به باشگاه» یا «دنبال‌کردن" in seen
    assert "۳۰ امتیاز" in seen
