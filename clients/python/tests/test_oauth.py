"""Signing in through providers: what is sent, and what is kept of it."""

import traceback
from collections.abc import Callable

import pytest
from clients import Connect, failure
from scripted_server import (
    ALICE,
    Answer,
    Received,
    Script,
    ScriptedServer,
    make_token,
    ok,
    problem,
)

Scripted = Callable[[Script], ScriptedServer]
RETURN_TO = "http://localhost:8000/"
NEWCOMER = make_token(sid="new-session")
SIGNED_IN = ok({"token": NEWCOMER, "user": ALICE})


class Flows:
    """Answers with the secrets ``secret 1``, ``secret 2`` and so on."""

    def __init__(self, *exchanges: Answer) -> None:
        self.exchanges = list(exchanges)
        self.begun = 0
        self.secrets: list[str] = []

    def __call__(self, request: Received) -> Answer:
        if request.line == "POST oauth/token":
            self.secrets.append(request.json["flowSecret"])
            return self.exchanges.pop(0) if self.exchanges else SIGNED_IN
        self.begun += 1
        start = {"authorizationUrl": "https://id.example/", "flowSecret": f"secret {self.begun}"}
        return ok(start)


def test_a_sign_in_is_begun_without_a_token_and_with_all_that_is_given(
    connect: Connect, scripted: Scripted
) -> None:
    server = scripted(Flows())
    client = connect(server.url, make_token())
    given = {"return_to": RETURN_TO, "invite_code": "ABC123", "username": "alice"}
    start = client.login_with_oauth("a b", **given)
    assert start == {"authorizationUrl": "https://id.example/", "flowSecret": "secret 1"}
    client.login_with_oauth("github", return_to=RETURN_TO)
    first, second = server.requests
    assert (first.line, first.token) == ("POST oauth/a%20b/login", None)
    assert first.json == {"returnTo": RETURN_TO, "inviteCode": "ABC123", "username": "alice"}
    assert second.json == {"returnTo": RETURN_TO}


def test_a_code_is_exchanged_with_the_secret_of_the_latest_flow_which_is_then_forgotten(
    connect: Connect, scripted: Scripted
) -> None:
    flows = Flows()
    client = connect(scripted(flows).url)
    client.login_with_oauth("github", return_to=RETURN_TO)
    client.login_with_oauth("github", return_to=RETURN_TO)
    assert client.complete_oauth("code")["token"] == NEWCOMER
    assert client.token == NEWCOMER
    client.complete_oauth("code")
    client.complete_oauth("code", flow_secret="another")
    assert flows.secrets == ["secret 2", "", "another"]


def test_the_secret_stays_while_the_flow_does(connect: Connect, scripted: Scripted) -> None:
    answers = [problem(401, "token_missing"), problem(503, "overloaded")]
    flows = Flows(*answers, problem(403, "oauth_failed"), SIGNED_IN)
    client = connect(scripted(flows).url, max_retries=0)
    client.login_with_oauth("github", return_to=RETURN_TO)
    codes = [failure(lambda: client.complete_oauth("code")).code for _ in range(3)]
    assert codes == ["token_missing", "overloaded", "oauth_failed"]
    client.complete_oauth("code")
    assert flows.secrets == ["secret 1", "secret 1", "secret 1", ""]


def test_a_token_that_is_dead_hinders_nobody_from_signing_in(
    connect: Connect, scripted: Scripted
) -> None:
    server = scripted(Flows())
    client = connect(server.url, make_token(sid="ended"))
    client.complete_oauth("code", flow_secret="secret")
    assert server.requests[0].token == make_token(sid="ended")
    assert client.token == NEWCOMER


def test_a_link_with_an_expired_token_refreshes_it_and_asks_again(
    connect: Connect, scripted: Scripted
) -> None:
    def script(request: Received) -> Answer:
        if request.line == "POST refresh":
            return ok({"token": make_token(gen=2)})
        if request.token == make_token():
            return problem(401, "token_expired")
        return ok({"token": f"{make_token(gen=2)}AAAA", "user": ALICE})

    server = scripted(script)
    client = connect(server.url, make_token())
    client.complete_oauth("code", flow_secret="secret")
    lines = [(request.line, request.token) for request in server.requests]
    assert ("POST oauth/token", make_token(gen=2)) in lines
    assert client.token == f"{make_token(gen=2)}AAAA"


@pytest.mark.parametrize("start", [{}, {"authorizationUrl": "https://id.example/"}])
def test_an_answer_that_begins_nothing_is_invalid(
    connect: Connect, scripted: Scripted, start: object
) -> None:
    client = connect(scripted(lambda _: ok(start)).url)
    error = failure(lambda: client.login_with_oauth("github", return_to=RETURN_TO))
    assert error.code == "invalid_answer"


def test_a_name_that_could_lead_to_another_path_is_refused_before_anything_is_sent(
    connect: Connect, scripted: Scripted
) -> None:
    server = scripted(Flows())
    client = connect(server.url, make_token())
    for name in ("", "..", "a/b"):
        with pytest.raises(ValueError, match=r"^the id must not"):
            client.login_with_oauth(name, return_to=RETURN_TO)
        with pytest.raises(ValueError, match=r"^the id must not"):
            client.link_oauth_account(name, return_to=RETURN_TO)
    assert server.requests == []


def test_no_error_and_no_repr_shows_a_secret(connect: Connect, scripted: Scripted) -> None:
    client = connect(scripted(Flows(problem(403, "oauth_failed"))).url)
    client.login_with_oauth("github", return_to=RETURN_TO)
    error = failure(lambda: client.complete_oauth("the code"))
    shown = "".join(traceback.format_exception(error)) + repr(client) + repr(error)
    assert "secret 1" not in shown
    assert "the code" not in shown.replace('client.complete_oauth("the code")', "")
