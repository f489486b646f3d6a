"""The forgeries that the server and both verifiers refuse alike."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from clients import failure
from scripted_server import Received, Reply, ScriptedServer, ok
from verifiers import Check, Verify

from guestlist import AuthenticationError

SHARED: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "contract" / "forged-tokens.json").read_text("utf-8")
)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def published(_request: Received) -> Reply:
    return ok(SHARED["jwks"])


@pytest.fixture(scope="module")
def keys() -> Iterator[ScriptedServer]:
    server = ScriptedServer(published)
    yield server
    server.stop()


@pytest.fixture
def check(verify: Verify, keys: ScriptedServer) -> Check:
    return verify(
        SHARED["issuer"],
        SHARED["audience"],
        jwks_url=f"{keys.url}/.well-known/jwks.json",
        now=lambda: float(SHARED["now"]),
    )


def refusal(check: Check, token: str) -> str:
    error = failure(lambda: check(token))
    assert isinstance(error, AuthenticationError)
    return error.code


def test_every_forgery_is_refused_and_the_good_token_is_accepted(check: Check) -> None:
    assert len(SHARED["forged"]) > 130
    outcomes = {name: refusal(check, token) for name, token in SHARED["forged"].items()}
    assert outcomes == dict.fromkeys(outcomes, "token_invalid")
    assert check(SHARED["good"]).user_id == SHARED["user"]


def test_the_good_token_with_any_one_character_changed_is_refused(check: Check) -> None:
    good = SHARED["good"]
    for index, character in enumerate(good):
        other = ALPHABET[(ALPHABET.find(character) + 32) % 64]
        assert refusal(check, good[:index] + other + good[index + 1 :]) == "token_invalid"
