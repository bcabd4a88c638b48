"""One answer per link, and a low one is heard at once."""

import pytest
from django.utils import timezone

from core.errors import NotFound, Problem
from core.tenancy import acting_for
from customers.models import Case, TimelineEntry
from feedback.enums import SurveyKind
from feedback.models import Survey, SurveyInvitation
from feedback.operations import answer_survey, change_survey
from feedback.queries import business_of, invariants, survey_page, token_for
from messaging.queries import may_be_sent
from outbox.models import Event
from tests.feedback.conftest import DAY, HOUR
from tests.feedback.test_inviting import texts


@pytest.fixture
def asked(shop, now):
    shop.sell_one(now)
    return shop


def test_an_answer_becomes_part_of_the_story(asked, now):
    response = asked.answer(now, score=9, comment="  عالي بود  ")
    assert response.comment == "عالی بود"
    assert asked.rows(Case) == []
    (note,) = asked.rows(TimelineEntry)
    assert note.data == {"kind": "nps", "score": 9, "comment": "عالی بود"}
    with acting_for(asked.business.id):
        (event,) = Event.objects.filter(name="survey.responded")
    assert (event.payload["score"], event.payload["is_low"]) == (9, False)


@pytest.mark.parametrize(
    ("kind", "score", "opens"),
    [
        (SurveyKind.NPS, 0, True),
        (SurveyKind.NPS, 6, True),
        (SurveyKind.NPS, 7, False),
        (SurveyKind.CSAT, 2, True),
        (SurveyKind.CSAT, 3, False),
    ],
)
def test_a_low_score_opens_a_case(asked, now, kind, score, opens):
    asked.survey(kind=kind)
    asked.answer(now, score=score, comment="قهوه سرد بود")
    cases = asked.rows(Case)
    assert bool(cases) is opens
    if opens:
        (case,) = cases
        assert (case.kind, case.state, case.detail) == ("low_score", "open", "قهوه سرد بود")
        assert case.customer_id == asked.invitation().customer_id


@pytest.mark.parametrize(("kind", "score"), [("nps", -1), ("nps", 11), ("csat", 0), ("csat", 6)])
def test_marks_outside_the_scale_are_refused(asked, now, kind, score):
    asked.survey(kind=kind)
    with pytest.raises(Problem, match="invalid_score"):
        asked.answer(now, score=score)
    assert asked.responses() == []


def test_the_second_answer_is_refused(asked, now):
    asked.answer(now)
    with pytest.raises(Problem, match="survey_answered"):
        asked.answer(now)


def test_answers_come_too_late(asked, now):
    with pytest.raises(Problem, match="survey_closed"):
        asked.answer(now + 8 * DAY)


def test_six_taps_at_once_are_one_answer(in_parallel, shop, now):
    shop.sell_one(now)
    token = shop.token()

    def tap():
        try:
            with acting_for(shop.business.id):
                answer_survey(token=token, score=2, comment="", now=now)
        except Problem as problem:
            return problem.code
        return "taken"

    codes = in_parallel(*[tap] * 6)
    assert sorted(codes) == ["survey_answered"] * 5 + ["taken"]
    assert len(shop.rows(Case)) == 1


class TestTokens:
    def test_a_token_names_its_business(self, asked):
        assert business_of(asked.token()) == asked.business.id

    @pytest.mark.parametrize("token", ["", "x", "ي" * 43, "!" * 43, "a" * 44])
    def test_other_texts_are_no_tokens(self, token):
        assert business_of(token) is None

    def test_a_token_opens_nothing_elsewhere(self, asked, now, other_business):
        invitation = asked.invitation()
        forged = token_for(other_business.id, invitation.id)
        token = asked.token()
        with acting_for(other_business.id):
            assert survey_page(forged, now) is None
            assert survey_page(token, now) is None
            with pytest.raises(NotFound):
                answer_survey(token=token, score=9, comment="", now=now)


class TestSurveys:
    def test_a_changed_survey_shows_its_new_question(self, asked, now):
        survey = asked.survey()
        with acting_for(asked.business.id):
            change_survey(survey_id=survey.id, texts=texts(question="چطور بود؟"), now=now)
            page = survey_page(asked.token(), now)
        assert page is not None
        assert page.question == "چطور بود؟"

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("question", " "),
            ("invitation", "س" * 301),
            ("sample_rate", 101),
            ("delay_minutes", -1),
            ("expiry_days", 0),
            ("cooldown_days", 400),
        ],
    )
    def test_each_wrong_field_is_named(self, asked, now, field, value):
        survey = asked.survey()
        with acting_for(asked.business.id), pytest.raises(Problem) as caught:
            change_survey(survey_id=survey.id, texts=texts(**{field: value}), now=now)
        assert list(caught.value.fields) == [field]


class TestPage:
    def path(self, shop):
        return f"/s/{shop.token()}/"

    def get(self, client, shop):
        return client.get(self.path(shop))

    @pytest.fixture(autouse=True)
    def _clock(self, monkeypatch, now):
        monkeypatch.setattr(timezone, "now", lambda: now + HOUR)

    def test_the_question_is_shown_without_a_login(self, asked, client):
        response = self.get(client, asked)
        assert response.status_code == 200
        page = response.content.decode()
        assert page.count('type="radio"') == 11
        assert 'dir="rtl"' in page
        assert response["Referrer-Policy"] == "no-referrer"
        assert "no-store" in response["Cache-Control"]
        assert "<script>" not in page
        assert "style=" not in page

    def test_answering_without_cookies_or_script_leads_to_thanks(self, asked, client):
        strict = type(client)(enforce_csrf_checks=True)
        response = strict.post(self.path(asked), {"score": "۱۰", "comment": "خوب بود"}, follow=True)
        assert "۱۰" in response.content.decode()
        (answer,) = asked.responses()
        assert (answer.score, answer.comment) == (10, "خوب بود")

    def test_an_answered_link_says_so(self, asked, client, now):
        asked.answer(now, score=8)
        page = self.get(client, asked).content.decode()
        assert 'type="radio"' not in page
        client.post(self.path(asked), {"score": "0"})
        assert [one.score for one in asked.responses()] == [8]

    def test_an_ended_link_says_so(self, asked, client, now, monkeypatch):
        monkeypatch.setattr(timezone, "now", lambda: now + 9 * DAY)
        page = self.get(client, asked).content.decode()
        assert 'type="radio"' not in page

    @pytest.mark.parametrize("score", ["", "12", "-1", "x", "9e9"])
    def test_a_wrong_mark_keeps_the_comment(self, asked, client, score):
        response = client.post(self.path(asked), {"score": score, "comment": "نانتان عالی بود"})
        assert response.status_code == 422
        assert "نانتان عالی بود" in response.content.decode()

    def test_what_people_write_is_never_markup(self, asked, client):
        response = client.post(self.path(asked), {"score": "", "comment": "<script>x</script>"})
        assert "<script>x" not in response.content.decode()

    @pytest.mark.parametrize("token", ["nothing", "A" * 43])
    def test_unknown_links_are_not_found(self, db, client, token):
        assert client.get(f"/s/{token}/").status_code == 404
        assert client.post(f"/s/{token}/", {"score": "9"}).status_code == 404
        assert client.post(f"/s/{token}/news/").status_code == 404

    def test_after_answering_one_may_agree_to_offers(self, asked, client, now):
        news = f"{self.path(asked)}news/"
        assert client.post(news).status_code == 404  # not before answering
        client.post(self.path(asked), {"score": "9"})
        assert news in self.get(client, asked).content.decode()
        client.post(news)
        with acting_for(asked.business.id):
            assert may_be_sent(["+989121234567"], "marketing") == {"+989121234567"}
        assert news not in self.get(client, asked).content.decode()


def test_promises_hold_and_broken_ones_are_named(asked, now):
    asked.answer(now, score=9)
    with acting_for(asked.business.id):
        assert invariants.broken(now + HOUR) == []
        SurveyInvitation.objects.update(state="open")
        Survey.objects.update(kind="csat")
        told = invariants.broken(now + 9 * DAY)
    assert [one.split(":")[0] for one in told] == [
        "answers to invitations that are not answered",
        "answers outside the scale",
        "invitations overdue for an hour",
    ]
