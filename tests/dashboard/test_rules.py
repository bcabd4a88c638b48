"""The builder of rules: compose, try, replay, publish."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from businesses.enums import Role
from core.tenancy import acting_for
from customers.operations.attributes import (
    AttributeChanges,
    Listed,
    NewAttribute,
    change_attribute,
    define_attribute,
)
from customers.queries.attributes import definition_rows
from dashboard.web.rules.beginnings import TEMPLATES
from dashboard.web.rules.forms import RuleForm, initial_of
from dashboard.web.rules.words_of_rules import Names, promise, rule_sentence
from loyalty.models import Reward, RuleDraft, RuleReplay
from loyalty.operations.rules.drafts import publish_draft, save_draft
from loyalty.operations.rules.replays import run_replay
from loyalty.operations.stamps import NewStampCard, make_stamp_card
from loyalty.queries.rules.document import Bonus, Rate, Rules, When
from loyalty.queries.rules.presents import presents_of_purchases
from loyalty.queries.rules.reading import open_draft, rules_in, rules_in_force
from tests.loyalty.coupons.conftest import make
from tests.loyalty.rules.conftest import basket, bonus, record

MORNING = {
    "name": "صبح دو برابر",
    "effect": "times",
    "times": "2/1",
    "weekdays": ["0", "1"],
    "start": "۸:۰۰",
    "end": "12:30",
    "customer_span": "ever",
}
RATE = Rate(num=1, den=100_000)


@pytest.fixture
def page(owner_client, business):
    """Return a function that opens or posts to a page of the rules."""

    def go(path="", data=None, **more):
        address = f"/b/{business.slug}/rules/{path}"
        if data is None:
            return owner_client.get(address, more)
        return owner_client.post(address, data)

    return go


def drafted():
    draft = open_draft()
    assert draft is not None
    return rules_in(draft)


def text(answer):
    return answer.content.decode()


def test_a_rule_goes_from_a_template_to_being_in_force(page, business):
    assert "صبح‌های میان هفته" in text(page())
    began = page("new/", like="mornings")
    assert "روزهای شنبه، یکشنبه، دوشنبه، سه‌شنبه، چهارشنبه، از ساعت ۸:۰۰ تا ۱۲:۰۰" in text(began)
    put = page("new/", MORNING)
    assert put.status_code == 302
    drafted = text(page("draft/"))
    assert "صبح دو برابر" in drafted
    assert "امتیاز کل خرید ۲ برابر می‌شود" in drafted
    refused = page("draft/", {"action": "publish", "helps": "yes", "note": ""})
    assert refused.status_code == 422
    done = page("draft/", {"action": "publish", "helps": "yes", "note": "صبح‌ها خلوت است"})
    assert done.status_code == 302
    with acting_for(business.id):
        found = rules_in_force()
        assert found is not None
        version, rules = found
        assert (version.version, version.helps_customer) == (2, True)
        assert rules.bonuses[0].when.from_minute == 480
        assert open_draft() is None
    shown = text(page())
    assert "صبح‌ها خلوت است" in shown
    assert "نسخهٔ ۲" in shown


def test_a_rule_names_who_pays_for_its_points_and_customers_are_not_told(page, business):
    assert page("new/", MORNING | {"funder": "پخش  يک"}).status_code == 302
    assert "به حساب پخش یک" in text(page("draft/"))
    with acting_for(business.id):
        [rule] = drafted().bonuses
        assert rule.funder == "پخش یک"
        assert initial_of(rule)["funder"] == "پخش یک"
        assert "به حساب" not in promise(rule, Names({}, {}))
    assert 'value="پخش یک"' in text(page(f"{rule.key}/"))


def test_a_rule_in_force_is_changed_into_a_draft(page, business):
    with acting_for(business.id):
        save_draft(
            rules=Rules(rate=RATE, bonuses=(bonus(), bonus("fixed", 5))),
            actor=None,
            now=timezone.now(),
        )
        one, two = drafted().bonuses
    assert page(f"{one.key}/").status_code == 200
    page(f"{one.key}/", MORNING)
    page(f"{two.key}/act/", {"action": "up"})
    with acting_for(business.id):
        held = drafted().bonuses
        assert [rule.key for rule in held] == [two.key, one.key]
        assert held[1].name == "صبح دو برابر"
    page(f"{one.key}/act/", {"action": "out"})
    page("draft/", {"action": "rate", "per": "۵٬۰۰۰", "minimum": "0", "cap": ""})
    with acting_for(business.id):
        rules = drafted()
        assert [rule.key for rule in rules.bonuses] == [two.key]
        assert rules.rate.den == 50_000
    page("draft/", {"action": "discard"})
    with acting_for(business.id):
        assert RuleDraft.objects.get().state == "discarded"


def test_r38_weekend_and_days_of_the_calendar_are_composed_and_told(page, business):
    typed = MORNING | {"weekend": "no", "shared": ["fitr", "yalda"], "shared_days": "۳"}
    assert page("new/", typed).status_code == 302
    with acting_for(business.id):
        [rule] = drafted().bonuses
    assert rule.when.weekend is False
    assert rule.when.shared is not None
    assert rule.when.shared.days == 3
    shown = text(page("draft/"))
    assert "در روزهای غیر آخر هفته" in shown
    assert "از ۳ روز پیش تا ۳ روز پس از «عید فطر» یا «شب یلدا»" in shown
    assert "عید فطر" in text(page(f"{rule.key}/"))


def test_r2_r50_how_a_draft_rounds_and_chooses_is_typed_and_told(page, business):
    with acting_for(business.id):
        save_draft(rules=Rules(rate=RATE), actor=None, now=timezone.now())
    typed = {"per": "۵٬۰۰۰", "minimum": "0", "cap": "", "by_line": "on", "best_for": "margin"}
    assert page("draft/", {"action": "rate"} | typed).status_code == 302
    with acting_for(business.id):
        rate = drafted().rate
    assert (rate.by_line, rate.best_for) == (True, "margin")
    shown = text(page("draft/"))
    assert "هر قلم جداگانه رو به پایین گرد می‌شود" in shown
    assert "آن که برای شما کم‌هزینه‌تر است" in shown


@pytest.mark.parametrize(
    "wrong",
    [
        {"effect": "fixed"},
        {"effect": "rate", "points": "2"},
        {"end": ""},
        {"start": "25:00"},
        {"which": "every"},
        {"since": "1405/2/1", "until": "1405/1/1"},
        {"name": ""},
    ],
)
def test_what_makes_no_sense_is_said_beside_the_form(page, wrong):
    answer = page("new/", MORNING | wrong)
    assert answer.status_code == 422
    assert 'role="alert"' in text(answer)


def test_the_sentence_grows_while_the_rule_is_typed(page):
    said = text(page("sentence/", {"effect": "fixed", "points": "20", "least": "۵۰۰٬۰۰۰"}))
    assert "در خرید از ۵۰۰٬۰۰۰ تومان به بالا: ۲۰ امتیاز یک‌جا." in said
    assert "همان‌طور که می‌نویسید" in text(page("sentence/", {"effect": "fixed"}))


def test_a_basket_is_tried_under_both(page, business):
    assert page("try/").status_code == 404
    page("new/", MORNING | {"weekdays": [], "categories": "شیرینی، نان"})
    asked = {
        "total": "۱۰۰٬۰۰۰",
        "channel": "till",
        "at": "9:00",
        "category": "شیرینی",
        "category_toman": "40000",
    }
    told = text(page("try/", asked))
    assert "۱۰ امتیاز" in told
    assert "۱۴ امتیاز" in told
    assert "در این ساعت نیست" in text(page("try/", asked | {"at": "15:00"}))
    assert page("try/", asked | {"mobile": "09120009999"}).status_code == 422
    assert page("try/", asked | {"category_toman": "999999"}).status_code == 422


def test_a_past_purchase_is_tried(page, business):
    with acting_for(business.id):
        [sold] = record(basket(("a", "شیرینی", 500_000), at=timezone.now()), now=timezone.now())
    page("new/", MORNING | {"weekdays": [], "start": "", "end": ""})
    assert "۱۰ امتیاز" in text(page("try/", purchase=str(sold)))
    assert page("try/", purchase="x").status_code == 404


def test_a_replay_is_asked_for_and_told(page, business):
    now = timezone.now()
    with acting_for(business.id):
        for days in range(3, 60, 9):
            record(basket(("a", "شیرینی", 900_000), at=now - timedelta(days=days)), now=now)
    page("new/", MORNING | {"weekdays": [], "start": "", "end": "", "budget": "2000"})
    started = page("replay/", {})
    with acting_for(business.id):
        row = RuleReplay.objects.get()
    assert str(row.id) in started["Location"]
    assert 'hx-trigger="every 1s"' in text(page(f"replays/{row.id}/"))
    with acting_for(business.id):
        RuleReplay.objects.filter(id=row.id).update(state="running", attempts=1)
    run_replay(business_id=business.id, replay_id=row.id, clock=lambda: now)
    told = text(page(f"replays/{row.id}/"))
    assert 'hx-trigger="every 1s"' not in told
    assert "هزینهٔ این سال می‌شد" in told
    assert "بودجه در" in told
    assert "درست همان را می‌دهند" in told
    assert page(f"replays/{row.id}/stop/", {}).status_code == 302


def things(acting):
    """Offer what rules can give."""
    now = datetime(2026, 11, 20, tzinfo=UTC)
    card = NewStampCard(name="کارت قهوه", needed=5, most_rial=900_000, category="چای")
    pool = make(now, code="", count=1, percent=10, most_rial=100_000).pool_id
    reward = Reward.objects.create(name="یک قهوه", cost_points=50, value_rial=150_000)
    return make_stamp_card(new=card, by="t", now=now).id, pool, reward.id


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: one.key)
def test_every_template_is_a_rule_with_a_sentence(acting, template):
    """What a shop names itself aside: its card, coupon, reward and goods."""
    things(acting)
    form = RuleForm(initial={"item": "شیرینی"} | dict(template.initial))
    typed = {
        name: field.prepare_value(form.get_initial_for_field(field, name))
        for name, field in form.fields.items()
    }
    again = RuleForm({name: value for name, value in typed.items() if value is not None})
    assert again.is_valid(), again.errors
    assert rule_sentence(again.bonus(), Names.here()).endswith(".")


def test_a_rule_survives_its_form(acting):
    """Whatever a rule says comes back from the form it is shown in."""
    whole = Bonus(
        name="همه",
        effect="rate",
        num=3,
        den=200_000,
        group="گ",
        cap_points=40,
        customer_cap_points=90,
        customer_span="week",
        budget_rial=7_000_000,
        when=When(
            least_rial=1_000_000,
            skus=("a", "b"),
            categories=("شیرینی",),
            channels=("till", "web"),
            since="2026-03-21",
            until="2026-09-22",
            weekdays=(0, 6),
            from_minute=1320,
            to_minute=90,
            every=10,
        ),
    )
    form = RuleForm(initial=initial_of(whole), key=whole.key)
    typed = {
        name: field.prepare_value(form.get_initial_for_field(field, name))
        for name, field in form.fields.items()
    }
    again = RuleForm({k: v for k, v in typed.items() if v is not None}, key=whole.key)
    assert again.is_valid(), again.errors
    assert again.bonus() == whole


def test_a_rule_of_each_kind_of_present_survives_its_form(acting):
    """And so do months, days, customers' own days, what they did, and own segments."""
    card, pool, reward = things(acting)
    when = When(
        months=(1, 12),
        month_days=(1, 30),
        least_lines=2,
        around={"kinds": ["birthday", "wedding"], "days": 3},
        did={"kinds": ["review"], "days": 45},
    )
    for effect, num, present in (
        ("stamp", 3, {"stamp_card": card}),
        ("coupon", 1, {"pool": pool, "days": 30, "worth_rial": 100_000}),
        ("gift_card", 1, {"worth_rial": 500_000}),
        ("item", 1, {"category": "شیرینی", "worth_rial": 300_000}),
        ("reward", 1, {"reward": reward, "days": 7}),
    ):
        whole = Bonus(name="ه", effect=effect, num=num, present=present, when=when)
        form = RuleForm(initial=initial_of(whole), key=whole.key)
        typed = {
            name: field.prepare_value(form.get_initial_for_field(field, name))
            for name, field in form.fields.items()
        }
        again = RuleForm({k: v for k, v in typed.items() if v is not None}, key=whole.key)
        assert again.is_valid(), again.errors
        assert again.bonus() == whole
        assert rule_sentence(whole, Names.here()).endswith(".")


def test_a_present_is_composed_tried_published_and_told_at_the_till(page, owner_client, business):
    with acting_for(business.id):
        card, _pool, _reward = things(None)
    typed = {"name": "مهر هدیه", "effect": "stamp", "stamps": "۲", "stamp_card": str(card)}
    assert "۲ مهر روی کارت «کارت قهوه»" in text(page("sentence/", typed))
    assert page("new/", {"name": "بی‌نام", "effect": "gift_card"}).status_code == 422
    assert page("new/", typed).status_code == 302
    gift = {"name": "کارت سپاس", "effect": "gift_card", "worth": "۲۰,۰۰۰", "budget": "۱۰۰,۰۰۰"}
    assert page("new/", gift).status_code == 302
    mobile = "09121234567"
    with acting_for(business.id):
        record(basket(("a", "ب", 700_000), at=timezone.now()), now=timezone.now())
    tried = page("try/", {"mobile": mobile, "total": "70000", "channel": "till"})
    assert "یک کارت هدیهٔ ۲۰٬۰۰۰ تومانی" in text(tried)
    page("draft/", {"action": "publish", "helps": "yes", "note": "بله"})
    with acting_for(business.id):
        [sold] = record(basket(("a", "ب", 700_000), at=timezone.now()), now=timezone.now())
        [_stamps, held] = presents_of_purchases([sold])[sold]
    receipt = text(owner_client.get(f"/b/{business.slug}/till/receipts/{sold}/"))
    assert held.code in receipt.replace("\u2011", "-")
    side = text(owner_client.get(f"/b/{business.slug}/till/customer/?mobile={mobile}&amount=1000"))
    assert held.code in side
    assert "۲ از ۵" in side
    assert "تا امروز ۱ بار" in text(page()) or "۱ بار در ۱ خرید" in text(page())


def test_c005_a_rule_about_what_is_known_of_customers_survives_its_form(page, business):
    now = timezone.now()
    with acting_for(business.id):
        for key, kind, title in (("diet", "choice", "رژیم"), ("born", "month", "تولد کودک")):
            listed = (Listed(code="keto", fa="کتو"),) if kind == "choice" else ()
            new = NewAttribute(key=key, kind=kind, title_fa=title, choices=listed)
            define_attribute(new=new, now=now)
    asked = {"is-diet": ["keto"], "least-born": "۲", "most-born": "5"}
    plain = {"name": "کودک", "effect": "fixed", "points": "10"}
    assert page("new/", plain | asked).status_code == 302
    with acting_for(business.id):
        [held] = drafted().bonuses
    assert [one.model_dump() for one in held.when.attributes] == [
        {"key": "diet", "values": ("keto",), "least": None, "most": None},
        {"key": "born", "values": (), "least": 2, "most": 5},
    ]
    told = text(page("draft/"))
    assert "«رژیم» آنان کتو است" in told
    assert "«تولد کودک» آنان از ۲ تا ۵ است" in told
    with acting_for(business.id):
        for row in definition_rows().filter(key="diet"):
            changes = AttributeChanges(is_active=False)
            change_attribute(definition_id=row.id, changes=changes, now=now)
    assert 'value="keto"' in text(page(f"{held.key}/"))
    assert 'value="keto"' not in text(page("new/"))


def test_a_factor_set_elsewhere_is_kept(page, business):
    with acting_for(business.id):
        rules = Rules(rate=RATE, bonuses=(bonus(num=7, den=3),))
        save_draft(rules=rules, actor=None, now=timezone.now())
    [rule] = rules.bonuses
    assert "× 7 ÷ 3" in text(page(f"{rule.key}/"))
    page(f"{rule.key}/", {"name": "نو", "effect": "times", "times": "7/3"})
    with acting_for(business.id):
        [held] = drafted().bonuses
        assert (held.name, held.num, held.den) == ("نو", 7, 3)


def test_analysts_read_and_change_nothing(client_as, business):
    client = client_as(Role.ANALYST)
    assert client.get(f"/b/{business.slug}/rules/").status_code == 200
    assert client.get(f"/b/{business.slug}/rules/new/").status_code == 403


def test_the_till_tells_what_its_rules_give(owner_client, business):
    with acting_for(business.id):
        held = Rules(rate=RATE, bonuses=(bonus(when={"channels": ("till",)}),))
        draft = save_draft(rules=held, actor=None, now=timezone.now())
        publish_draft(
            draft_id=draft.id,
            helps_customer=True,
            benefit_note="بله",
            actor=None,
            now=timezone.now(),
        )
    asked = {"mobile": "09121234567", "amount": "70000"}
    said = owner_client.get(f"/b/{business.slug}/till/customer/", asked)
    assert "۱۴" in text(said)
