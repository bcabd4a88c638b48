"""Public addresses: each names its business, and no two are alike."""

from uuid import uuid4

from payments.models.tokens import business_of_token, new_public_token, new_public_tokens

MANY = 300


def test_tokens_drawn_at_once_are_like_those_drawn_one_by_one():
    business_id = uuid4()
    tokens = [*new_public_tokens(business_id, MANY), new_public_token(business_id)]
    assert {business_of_token(token) for token in tokens} == {business_id}
    # The random halves differ everywhere, not only as a whole.
    assert (
        len({token[22:33] for token in tokens}) == len({token[33:] for token in tokens}) == MANY + 1
    )


def test_no_token_is_drawn_where_none_is_wanted():
    assert new_public_tokens(uuid4(), 0) == []
