"""What a backend answers to a token that its verifier refused."""

import json

import pytest
from clients import failure
from forging import ISSUER

from guestlist import AuthenticationError
from guestlist._claims import refused
from guestlist._key_cache import keys_unavailable
from guestlist.verification import TokenVerifier, bearer_token, problem_response


@pytest.mark.parametrize(
    ("header", "token"),
    [
        ("Bearer abc", "abc"),
        ("bearer abc", "abc"),
        ("BEARER  abc ", "abc"),
        ("Bearer", None),
        ("Bearer ", None),
        ("Basic abc", None),
        ("abc", None),
        ("Bearerabc", None),
        ("", None),
        (None, None),
    ],
)
def test_the_token_is_what_follows_bearer(header: str | None, token: str | None) -> None:
    assert bearer_token(header) == token


def test_a_missing_token_is_challenged_without_an_error() -> None:
    error = failure(lambda: TokenVerifier(ISSUER).verify(bearer_token("Basic YTpi")))
    answer = problem_response(error)
    assert answer.status == 401
    assert answer.headers == {
        "Content-Type": "application/problem+json",
        "WWW-Authenticate": 'Bearer realm="guestlist"',
    }
    assert json.loads(answer.body) == {
        "type": "urn:problem-type:guestlist:token_missing",
        "title": "Token missing",
        "status": 401,
        "detail": 'Send the token as "Authorization: Bearer <token>".',
        "code": "token_missing",
    }


@pytest.mark.parametrize("code", ["token_invalid", "token_expired"])
def test_a_refused_token_is_challenged_with_what_was_wrong(code: str) -> None:
    error = refused(code)
    answer = problem_response(error)
    assert answer.headers["WWW-Authenticate"] == (
        f'Bearer realm="guestlist", error="invalid_token", error_description="{error.detail}"'
    )
    assert json.loads(answer.body)["code"] == code


def test_a_description_holds_only_what_the_header_may() -> None:
    error = AuthenticationError(code="x", status=401, title="t", detail='a"b\\c\r\nd\u00e9 e')
    assert 'error_description="abcd e"' in problem_response(error).headers["WWW-Authenticate"]


def test_keys_that_cannot_be_had_are_no_refusal() -> None:
    answer = problem_response(keys_unavailable(2))
    assert answer.status == 503
    assert answer.headers == {"Content-Type": "application/problem+json", "Retry-After": "2"}
    assert json.loads(answer.body)["code"] == "keys_unavailable"
