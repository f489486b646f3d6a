"""Which tokens an application's own backend accepts, and which it refuses."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from clients import failure
from forgeries import ATTACKER, FORGERIES, SIGNER, with_header
from forging import ISSUER, PublishedKeys, Signer, decode, encode
from real_server import RealServer
from scripted_server import Script, ScriptedServer
from verifiers import Check, Verify

from guestlist import AuthenticationError, SignInResult
from guestlist.verification import TokenClaims


@pytest.fixture(scope="module")
def keys() -> Iterator[ScriptedServer]:
    server = ScriptedServer(PublishedKeys(SIGNER))
    yield server
    server.stop()


def refusal(check: Check, token: str | None) -> str:
    error = failure(lambda: check(token))
    assert isinstance(error, AuthenticationError)
    assert error.status == 401
    return error.code


def test_a_token_of_the_server_is_accepted_and_its_forgeries_are_not(
    verify: Verify, server: RealServer, alice: SignInResult
) -> None:
    token = alice["token"]
    check = verify(server.url)
    claims = check(token)
    assert claims.user_id == alice["user"]["id"]
    assert claims.session_id == decode(token.split(".")[1])["sid"]
    assert 0 <= time.time() - claims.issued_at < 600
    assert 600 < claims.expires_at - claims.issued_at <= 900
    header, payload, signature = token.split(".")
    somebody_else = encode({**decode(payload), "sub": "somebody-else"})
    for forged in (
        f"{header}.{somebody_else}.{signature}",
        f"{header}.{payload}.{'A' * 86}",
        f"{encode({**decode(header), 'alg': 'none'})}.{payload}.",
        Signer(decode(header)["kid"]).sign(**decode(payload)),
    ):
        assert refusal(check, forged) == "token_invalid"


def test_a_token_of_another_server_or_for_another_audience_is_refused(
    verify: Verify, server: RealServer, alice: SignInResult
) -> None:
    keys = f"{server.url}/.well-known/jwks.json"
    for check in (verify(ISSUER, jwks_url=keys), verify(server.url, "another")):
        assert refusal(check, alice["token"]) == "token_invalid"


def test_a_real_token_that_has_expired_is_refused_once_the_tolerance_is_over(
    verify: Verify, server: RealServer, alice: SignInResult
) -> None:
    expires_at = decode(alice["token"].split(".")[1])["exp"]
    now = expires_at + 29.9
    check = verify(server.url, now=lambda: now)
    assert check(alice["token"]).expires_at == expires_at
    now = expires_at + 30
    assert refusal(check, alice["token"]) == "token_expired"


@pytest.mark.parametrize("token", [None, ""])
def test_without_a_token_that_is_said_and_no_keys_are_fetched(
    verify: Verify, scripted: Callable[[Script], ScriptedServer], token: str | None
) -> None:
    server = scripted(PublishedKeys(SIGNER))
    assert refusal(verify(server.url), token) == "token_missing"
    assert server.requests == []


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forgery_is_refused(verify: Verify, keys: ScriptedServer, forgery: str) -> None:
    check = verify(ISSUER, jwks_url=keys.url)
    assert refusal(check, FORGERIES[forgery]) == "token_invalid"


def test_what_the_forgeries_are_made_of_is_accepted(verify: Verify, keys: ScriptedServer) -> None:
    check = verify(ISSUER, jwks_url=keys.url)
    good = (
        SIGNER.sign(),
        with_header(),
        with_header(jku="https://evil.example"),
        SIGNER.sign(note="A" * 2000),
        SIGNER.sign(aud=["another", "guestlist"]),
        SIGNER.sign(nbf=None),
    )
    for token in good:
        claims = check(token)
        assert (claims.user_id, claims.session_id) == ("user-1", "session-1")


def test_clocks_may_differ_by_thirty_seconds(verify: Verify, keys: ScriptedServer) -> None:
    now = 1_800_000_000.0
    check = verify(ISSUER, jwks_url=keys.url, now=lambda: now)
    times: dict[str, Any] = {"iat": 1_800_000_000, "nbf": 1_800_000_000, "exp": 1_800_000_900}
    token = SIGNER.sign(**times)
    assert check(token) == TokenClaims("user-1", "session-1", times["iat"], times["exp"])
    now = 1_800_000_000 - 30
    assert check(token).issued_at == times["iat"]
    now -= 0.1
    assert refusal(check, token) == "token_invalid"
    now = times["exp"] + 29.9
    assert check(token).expires_at == times["exp"]
    now = times["exp"] + 30
    assert refusal(check, token) == "token_expired"


@pytest.mark.parametrize(
    ("argument", "options"),
    [
        ("issuer", {"issuer": ""}),
        ("issuer", {"issuer": "guestlist.example"}),
        ("issuer", {"issuer": None}),
        ("audience", {"issuer": ISSUER, "audience": ""}),
        ("audience", {"issuer": ISSUER, "audience": None}),
        ("jwks_url", {"issuer": ISSUER, "jwks_url": "/keys"}),
        ("timeout", {"issuer": ISSUER, "timeout": 0}),
    ],
)
def test_an_argument_that_cannot_be_used_is_refused(
    verify: Verify, argument: str, options: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=f"^{argument} must"):
        verify(**options)


def test_no_refusal_shows_the_token(verify: Verify, keys: ScriptedServer) -> None:
    error = failure(lambda: verify(ISSUER, jwks_url=keys.url)(ATTACKER.sign()))
    assert "eyJ" not in repr(error) + str(vars(error))
    assert error.__cause__ is None
