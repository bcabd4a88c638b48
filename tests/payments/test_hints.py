"""What strangers send to our addresses is read only if it is small (R44)."""

import pytest
from django.test import RequestFactory

from payments.web.hints import small_body


def asked(body, **heads):
    return RequestFactory().post("/x/", body, content_type="application/json", **heads)


def test_r44_a_small_body_is_read_and_a_large_one_is_not():
    assert small_body(asked(b"{}"), 10) == b"{}"
    large = asked(b"x" * 11)
    assert small_body(large, 10) == b""
    assert not hasattr(large, "_body")  # nothing was read into memory


@pytest.mark.parametrize("length", ["-1", "abc", "1e9", ""])
def test_a_length_that_is_no_number_reads_nothing_or_no_more_than_there_is(length):
    assert small_body(asked(b"", CONTENT_LENGTH=length), 10) == b""
