"""Registering, which is sent again under one key, so that it makes one account."""

from collections.abc import Callable

import pytest
from clients import Connect, failure
from scripted_server import (
    ALICE,
    Answer,
    Script,
    ScriptedServer,
    make_token,
    ok,
    problem,
    timing_out,
)

Scripted = Callable[[Script], ScriptedServer]
PERSON = {
    "email": "alice@example.com",
    "password": "secure-password",
    "username": "alice",
    "invite_code": "ABC123",
}
SIGNED_IN = ok({"token": make_token(), "user": ALICE})


def lost(times: int, answer: Answer = "hang up") -> Script:
    left = [answer] * times
    return lambda _: left.pop() if left else SIGNED_IN


def test_a_registration_whose_answer_is_lost_is_sent_again_with_its_key(
    connect: Connect, scripted: Scripted
) -> None:
    server = scripted(lost(2))
    client = connect(server.url)
    assert client.register(**PERSON)["user"] == ALICE
    assert len(server.requests) == 3
    assert len({request.headers["idempotency-key"] for request in server.requests}) == 1
    assert len({request.body for request in server.requests}) == 1
    assert client.token == make_token()


def test_a_registration_that_times_out_is_sent_again(connect: Connect, kind: str) -> None:
    client = connect("http://guestlist.test", http_client=timing_out(kind, lost(2, "never")))
    assert client.register(**PERSON)["user"] == ALICE


def test_it_is_given_up_after_three_lost_answers(connect: Connect, scripted: Scripted) -> None:
    server = scripted(lost(3))
    client = connect(server.url)
    assert failure(lambda: client.register(**PERSON)).code == "network_error"
    assert len(server.requests) == 3
    assert client.token is None


def test_a_registration_that_was_refused_is_not_sent_again(
    connect: Connect, scripted: Scripted
) -> None:
    server = scripted(lambda _: problem(409, "username_taken"))
    failure(lambda: connect(server.url).register(**PERSON))
    assert len(server.requests) == 1


def test_each_registration_has_a_key_of_its_own_unless_it_is_given(
    connect: Connect, scripted: Scripted
) -> None:
    server = scripted(lambda _: SIGNED_IN)
    client = connect(server.url)
    client.register(**PERSON)
    client.register(**PERSON, display_name="Alice", idempotency_key="form-7")
    first, second = server.requests
    assert len(first.headers["idempotency-key"]) == 32
    assert second.headers["idempotency-key"] == "form-7"
    body = {**PERSON, "inviteCode": PERSON["invite_code"]}
    del body["invite_code"]
    assert first.json == body
    assert second.json == {**body, "displayName": "Alice"}


@pytest.mark.parametrize("key", ["", "two words", "ключ", "a\r\nb", "a\n", "a" * 256])
def test_a_key_that_no_header_can_hold_is_refused_before_anything_is_sent(
    connect: Connect, scripted: Scripted, key: str
) -> None:
    server = scripted(lambda _: SIGNED_IN)
    client = connect(server.url)
    with pytest.raises(ValueError, match="idempotency_key"):
        client.register(**PERSON, idempotency_key=key)
    assert server.requests == []


def test_an_answer_without_a_token_is_refused_and_nothing_is_kept(
    connect: Connect, scripted: Scripted
) -> None:
    server = scripted(lambda _: ok({"user": ALICE}))
    client = connect(server.url, make_token())
    assert failure(lambda: client.login(email="a", password="b")).code == "invalid_answer"
    assert failure(lambda: client.register(**PERSON)).code == "invalid_answer"
    assert client.token == make_token()


def test_a_refused_login_leaves_the_token_alone(connect: Connect, scripted: Scripted) -> None:
    server = scripted(lambda _: problem(401, "invalid_credentials"))
    client = connect(server.url, make_token())
    assert failure(lambda: client.login(email="a", password="b")).code == "invalid_credentials"
    assert client.token == make_token()
