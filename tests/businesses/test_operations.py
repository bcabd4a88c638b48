"""Founding a business, staffing it, letting people and programs in."""

import zlib
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from businesses.enums import EVERYDAY_SCOPES, OWNERS_SCOPES, Role, Scope
from businesses.models import ApiKey, AuditEntry, Branch, Business, Employee, Membership, User
from businesses.operations import (
    add_member,
    create_business,
    hire_employee,
    issue_api_key,
    open_branch,
    revoke_api_key,
    rotate_api_key,
    sign_up,
    update_business,
)
from businesses.operations.access import ROTATION_GRACE, key_checksum
from businesses.queries import (
    active_business_ids,
    branch_ids_by_code,
    business_by_id,
    business_by_slug,
    caller_by_key,
    employee_ids_by_code,
    identity_key,
    keys_of,
    membership,
    memberships_of,
    role_may,
)
from core.errors import NotFound, Problem
from core.tenancy import NoActiveBusiness, acting_for
from outbox.models import Event


@pytest.fixture
def user(db):
    return User.objects.create_user("someone@example.com", "long-password-1", name="نگار")


@pytest.fixture
def owner(business):
    return User.objects.get(memberships__business_id=business.id)


def _problem(work):
    with pytest.raises(Problem) as caught:
        work()
    return caught.value.code


def _caller(plaintext):
    found = caller_by_key(plaintext)
    assert found is not None
    return found


def _place(user, slug):
    found = membership(user.id, slug)
    assert found is not None
    return found


# --- founding -------------------------------------------------------------------------------------


def test_signing_up_makes_a_business_that_can_sell_and_its_test_copy(user, now):
    founded = sign_up(user=user, business_name="کافه‌ي  نارنج", vertical="cafe", now=now)
    live, twin = (business_by_id(one) for one in (founded.business_id, founded.test_business_id))
    assert (live.name, live.is_test, twin.is_test) == ("کافه‌ی نارنج", False, True)
    assert twin.slug == f"{live.slug}-test"
    assert identity_key(live.id) != identity_key(twin.id)
    for one in (live, twin):
        with acting_for(one.id):
            assert Branch.objects.get().code == "main"
            assert Event.objects.filter(name="business.created").count() == 1
    assert _place(user, live.slug).role == Role.OWNER
    assert _place(user, twin.slug).role == Role.OWNER
    assert {live.id, twin.id} <= set(active_business_ids())


@pytest.mark.parametrize("name", ["", "  \u200c ", "ن" * 121])
def test_a_business_needs_a_name(user, now, name):
    assert _problem(lambda: sign_up(user=user, business_name=name, now=now)) == "invalid_name"
    assert not Membership.objects.filter(user=user).exists()


def test_businesses_of_one_name_get_different_addresses(user, now):
    slugs = {sign_up(user=user, business_name="نارنج", now=now).slug for _time in range(3)}
    assert len(slugs) == 3
    assert [one.business.slug for one in memberships_of(user.id)]


def test_an_unknown_trade_founds_nothing(user, now):
    before = Business.objects.count()
    with pytest.raises(ValueError, match="bank"):
        create_business(name="x", vertical="bank", owner=user, now=now)
    assert Business.objects.count() == before


def test_a_closed_business_opens_to_nobody(business, owner, now):
    _key, plaintext = issue_api_key(business_id=business.id, name="x", now=now)
    Business.objects.filter(id=business.id).update(is_active=False)
    assert business_by_slug(business.slug) is None
    assert membership(owner.id, business.slug) is None
    assert caller_by_key(plaintext) is None
    assert memberships_of(owner.id) == []


# --- staffing -------------------------------------------------------------------------------------


def test_branches_and_employees_are_found_by_their_codes(acting, now):
    branch = open_branch(code=" ۲ ", name="شعبهٔ دوم", now=now)
    employee = hire_employee(code="e-1", name="سارا", branch_id=branch.id, now=now)
    assert branch_ids_by_code(["2", "nope"]) == {"2": branch.id}
    assert employee_ids_by_code(["e-1", "nope"]) == {"e-1": employee.id}


def test_a_code_is_taken_within_one_business_only(business, other_business, now):
    with acting_for(business.id):
        open_branch(code="b-2", name="دوم", now=now)
        assert _problem(lambda: open_branch(code="b-2", name="سوم", now=now)) == "code_taken"
        hire_employee(code="e-1", name="سارا", now=now)
        assert _problem(lambda: hire_employee(code="e-1", name="علی", now=now)) == "code_taken"
        assert Branch.objects.count() == 2
    with acting_for(other_business.id):
        open_branch(code="b-2", name="دوم", now=now)
        assert branch_ids_by_code(["b-2"])


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"code": " ", "name": "x"}, "invalid_code"),
        ({"code": "x" * 41, "name": "x"}, "invalid_code"),
        ({"code": "x", "name": " "}, "invalid_name"),
        ({"code": "x", "name": "x" * 121}, "invalid_name"),
    ],
)
def test_codes_and_names_are_short_and_not_empty(acting, now, fields, code):
    assert _problem(lambda: open_branch(**fields, now=now)) == code
    assert _problem(lambda: hire_employee(**fields, now=now)) == code
    assert not Employee.objects.exists()


def test_nobody_works_in_somebody_elses_branch(business, other_business, now):
    with acting_for(other_business.id):
        theirs = Branch.objects.get().id
    with acting_for(business.id), pytest.raises(NotFound):
        hire_employee(code="e-1", name="سارا", branch_id=theirs, now=now)


def test_particulars_are_changed_and_seen_at_once(committed, business, now):
    business_by_id(business.id)
    with acting_for(business.id):
        update_business(
            name="نارنجِ نو",
            vertical="toys",
            timezone="Asia/Dubai",
            phone="۰۲۱۸۸",
            enamad_url=" https://trustseal.enamad.ir/?id=1&code=x ",
            now=now,
        )
    seen = business_by_id(business.id)
    assert seen.enamad_url == "https://trustseal.enamad.ir/?id=1&code=x"
    assert (seen.name, seen.vertical, str(seen.timezone), seen.phone) == (
        "نارنجِ نو",
        "toys",
        "Asia/Dubai",
        "02188",
    )


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"name": ""}, "invalid_name"),
        ({"vertical": "bank"}, "invalid_vertical"),
        ({"timezone": "Mars/Olympus"}, "invalid_timezone"),
        *(
            ({"enamad_url": url}, "invalid_enamad")
            for url in (
                "http://enamad.ir/1",
                "https://enamad.ir.evil.example/1",
                "https://notenamad.ir/1",
                "https://enamad.ir@evil.example/",
                "https://enamad.ir:8443/",
                "https://[::1",
                "javascript:alert(1)//enamad.ir",
                "https://enamad.ir/" + "x" * 300,
            )
        ),
    ],
)
def test_wrong_particulars_change_nothing(acting, now, wrong, code):
    right = {
        "name": "x",
        "vertical": "cafe",
        "timezone": "Asia/Tehran",
        "phone": "",
        "enamad_url": "",
    }
    assert _problem(lambda: update_business(**right | wrong, now=now)) == code
    assert Business.objects.get(id=acting.id).name == acting.name


def test_staffing_needs_a_scope(business, now):
    with pytest.raises(NoActiveBusiness):
        open_branch(code="x", name="x", now=now)


# --- members --------------------------------------------------------------------------------------


def test_a_role_can_be_given_and_changed(business, owner, user, now):
    for role in (Role.CASHIER, Role.MANAGER):
        add_member(business_id=business.id, user=user, role=role, now=now, by=owner)
        assert _place(user, business.slug).role == role
    with acting_for(business.id):
        entries = AuditEntry.objects.filter(action="member.added")
        assert {(one.actor_id, one.subject) for one in entries} == {(owner.id, "نگار")}
    assert membership(user.id, "no-such-shop") is None


def test_the_last_owner_stays(business, owner, user, now):
    demote = {"business_id": business.id, "user": owner, "role": Role.CASHIER, "now": now}
    assert _problem(lambda: add_member(**demote)) == "last_owner"
    add_member(business_id=business.id, user=user, role=Role.OWNER, now=now)
    add_member(**demote)
    assert _place(owner, business.slug).role == Role.CASHIER


def test_owners_may_everything_and_the_others_their_part():
    assert all(role_may(Role.OWNER, [needed]) for needed in Role)
    assert role_may(Role.MANAGER, [Role.CASHIER])
    assert role_may(Role.MANAGER, [Role.ANALYST])
    assert not role_may(Role.MANAGER, [Role.OWNER])
    assert not role_may(Role.CASHIER, [Role.ANALYST, Role.MANAGER])
    assert not role_may(Role.ANALYST, [Role.CASHIER])


# --- keys -----------------------------------------------------------------------------------------


def test_a_key_is_shown_once_and_stored_as_a_hash(business, now):
    key, plaintext = issue_api_key(business_id=business.id, name="صندوق", now=now)
    assert plaintext.startswith("vk_live_")
    assert plaintext.startswith(key.prefix)
    row = ApiKey.objects.get(id=key.id)
    stored = " ".join(str(getattr(row, field.attname)) for field in ApiKey._meta.concrete_fields)
    assert plaintext not in stored + repr(bytes(row.key_hash))
    caller = _caller(plaintext)
    assert (caller.business_id, caller.is_test) == (business.id, False)
    assert caller.scopes == set(EVERYDAY_SCOPES) == set(Scope.values) - OWNERS_SCOPES


def test_keys_of_the_test_copy_say_so(business, now):
    twin = Business.objects.get(test_of_id=business.id)
    _key, plaintext = issue_api_key(business_id=twin.id, name="x", now=now)
    assert plaintext.startswith("vk_test_")
    assert _caller(plaintext).is_test
    assert keys_of(business.id).count() == 1


@given(secret=st.text("abcXYZ019", min_size=4, max_size=40), place=st.integers(0, 39))
def test_a_mistyped_key_is_told_by_its_checksum(secret, place):
    place %= len(secret)
    mistyped = secret[:place] + "Q" + secret[place + 1 :]
    assert len(key_checksum(secret)) == 6
    assert zlib.crc32(mistyped.encode()) != zlib.crc32(secret.encode())
    assert key_checksum(mistyped) != key_checksum(secret)


@pytest.mark.parametrize("wrong", ["", "vk_live_", "x", "vk_live_" + "a" * 38, "کلید", "\0"])
def test_unknown_keys_belong_to_nobody(business, wrong):
    assert caller_by_key(wrong) is None


def test_scopes_are_known_ones(business, now):
    with pytest.raises(ValueError, match="everything"):
        issue_api_key(business_id=business.id, name="x", now=now, scopes=["everything"])
    _key, plaintext = issue_api_key(
        business_id=business.id, name="x", now=now, scopes=[Scope.PURCHASES_READ]
    )
    assert _caller(plaintext).scopes == {"purchases:read"}


def test_a_revoked_key_is_told_from_an_unknown_one_and_stays_revoked(business, owner, now):
    key, plaintext = issue_api_key(business_id=business.id, name="x", now=now)
    for moment in (now, now + timedelta(days=1)):
        revoke_api_key(key_id=key.id, business_id=business.id, now=moment, by=owner)
    assert _caller(plaintext).revoked_at == now
    with acting_for(business.id):
        assert AuditEntry.objects.filter(action="api_key.revoked").count() == 1


def test_rotation_leaves_the_old_key_a_while(business, owner, now):
    key, old = issue_api_key(
        business_id=business.id, name="x", now=now, scopes=[Scope.CUSTOMERS_READ]
    )
    fresh, new = rotate_api_key(key_id=key.id, business_id=business.id, now=now, by=owner)
    assert _caller(old).expires_at == now + ROTATION_GRACE
    assert _caller(new).expires_at is None
    assert (fresh.name, fresh.scopes) == (key.name, key.scopes)


@pytest.mark.parametrize("ended", ["expired", "revoked"])
def test_rotation_does_not_bring_a_dead_key_back(business, owner, now, ended):
    key, plaintext = issue_api_key(business_id=business.id, name="x", now=now)
    field = {"expired": "expires_at", "revoked": "revoked_at"}[ended]
    ApiKey.objects.filter(id=key.id).update(**{field: now - timedelta(hours=1)})
    with pytest.raises(NotFound):
        rotate_api_key(key_id=key.id, business_id=business.id, now=now, by=owner)
    assert getattr(_caller(plaintext), field) == now - timedelta(hours=1)
    assert ApiKey.objects.filter(business_id=business.id).count() == 1


def test_rotation_never_prolongs(business, owner, now):
    key, plaintext = issue_api_key(business_id=business.id, name="x", now=now)
    ApiKey.objects.filter(id=key.id).update(expires_at=now + timedelta(hours=1))
    rotate_api_key(key_id=key.id, business_id=business.id, now=now, by=owner)
    assert _caller(plaintext).expires_at == now + timedelta(hours=1)


def test_keys_of_others_cannot_be_touched(business, other_business, owner, now):
    key, _plaintext = issue_api_key(business_id=business.id, name="x", now=now)
    for change in (revoke_api_key, rotate_api_key):
        with pytest.raises(NotFound):
            change(key_id=key.id, business_id=other_business.id, now=now, by=owner)
