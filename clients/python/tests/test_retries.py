"""Which requests are sent again, after which pause, and which never are."""

import threading
import time
from collections.abc import Callable
from email.utils import formatdate

import httpx
import pytest
from clients import Connect, failure
from scripted_server import (
    ALICE,
    NO_CONTENT,
    Answer,
    Received,
    Reply,
    Script,
    ScriptedServer,
    SessionScript,
    make_token,
    ok,
    problem,
    timing_out,
)

from guestlist import GuestlistClient, MemoryStorage
from guestlist._operations import GET_ME
from guestlist._retries import pause_before_retry

Scripted = Callable[[Script], ScriptedServer]
Method = Callable[[GuestlistClient], object]
TOKEN = make_token()
LOST: list[Answer] = ["hang up", Reply(502, b"<h1>Bad gateway</h1>"), problem(504, "timeout")]

PERSON = {"email": "a@example.com", "password": "p", "username": "a", "invite_code": "ABC123"}
SAFE: dict[str, Method] = {
    "get_me": lambda client: client.get_me(),
    "get_user_profile": lambda client: client.get_user_profile("1"),
    "list_oauth_accounts": lambda client: client.list_oauth_accounts(),
    "list_oauth_providers": lambda client: client.list_oauth_providers(),
    "get_config": lambda client: client.get_config(),
    "register": lambda client: client.register(**PERSON),
    "refresh_token": lambda client: client.refresh_token(),
    "disconnect": lambda client: client.disconnect(),
    "logout": lambda client: client.logout(),
    "request_password_reset": lambda client: client.request_password_reset("a@example.com"),
    "rotate_bot_token": lambda client: client.rotate_bot_token("1"),
    "logout of others": lambda client: client.logout("others"),
    "list_sessions": lambda client: client.list_sessions(),
    "get_account": lambda client: client.get_account(),
    "list_bots": lambda client: client.list_bots(),
    "list_presence": lambda client: client.list_presence(limit=2, after="x"),
}
UNSAFE: dict[str, Method] = {
    "login": lambda client: client.login(email="a", password="b"),
    "update_profile": lambda client: client.update_profile(display_name="A"),
    "login_with_oauth": lambda client: client.login_with_oauth("a", return_to="b"),
    "link_oauth_account": lambda client: client.link_oauth_account("a", return_to="b"),
    "complete_oauth": lambda client: client.complete_oauth("a", flow_secret="b"),
    "unlink_oauth_account": lambda client: client.unlink_oauth_account("1"),
    "check_invite": lambda client: client.check_invite("ABC123"),
    "reset_password": lambda client: client.reset_password(code="R", password="p"),
    "logout of all": lambda client: client.logout("all"),
    "end_session": lambda client: client.end_session("1"),
    "change_password": lambda client: client.change_password(
        current_password="a", new_password="b"
    ),
    "change_email": lambda client: client.change_email(email="a", current_password="b"),
    "delete_account": lambda client: client.delete_account(),
    "create_bot": lambda client: client.create_bot(username="a"),
    "delete_bot": lambda client: client.delete_bot("1"),
}
EVERY = {**SAFE, **UNSAFE}


def good(request: Received) -> Answer:
    if request.path.endswith(("register", "auth/login", "refresh", "password", "token")):
        return ok({"token": TOKEN, "user": ALICE})
    if request.path.endswith(("/login", "/link")):
        return ok({"authorizationUrl": "https://id.example/", "flowSecret": "s"})
    if request.line in ("GET oauth/accounts", "GET oauth/providers", "GET sessions", "GET bots"):
        return ok([])
    without_answer = ("disconnect", "logout", "reset", "forgot")
    if request.method == "DELETE" or request.path.endswith(without_answer):
        return NO_CONTENT
    return ok(ALICE)


def failing(times: int, answer: Answer) -> Script:
    left = [answer] * times
    return lambda request: left.pop() if left else good(request)


def test_every_operation_is_here() -> None:
    methods = {name for name, value in vars(GuestlistClient).items() if callable(value)}
    others = {"close", "watch_presence"}
    assert {name for name in methods if not name.startswith("_")} - others == {
        name.partition(" ")[0] for name in EVERY
    }


@pytest.mark.parametrize("name", SAFE)
@pytest.mark.parametrize("answer", LOST)
def test_what_does_no_harm_twice_is_sent_again_when_its_answer_is_lost(
    connect: Connect, scripted: Scripted, pauses: list[float], name: str, answer: Answer
) -> None:
    server = scripted(failing(2, answer))
    SAFE[name](connect(server.url, TOKEN))
    assert server.lines[0] == server.lines[1] == server.lines[2]
    assert len(pauses) == 2
    assert 0 <= pauses[0] <= 0.25
    assert 0 <= pauses[1] <= 0.5


@pytest.mark.parametrize("name", SAFE)
def test_it_is_given_up_after_two_repeats(connect: Connect, scripted: Scripted, name: str) -> None:
    server = scripted(lambda _: "hang up")
    error = failure(lambda: SAFE[name](connect(server.url, TOKEN)))
    assert error.code == "network_error"
    assert len(server.requests) == 3


@pytest.mark.parametrize("name", UNSAFE)
@pytest.mark.parametrize("answer", LOST)
def test_nothing_else_is_sent_again_when_its_answer_is_lost(
    connect: Connect, scripted: Scripted, pauses: list[float], name: str, answer: Answer
) -> None:
    server = scripted(failing(1, answer))
    failure(lambda: UNSAFE[name](connect(server.url, TOKEN)))
    assert len(server.requests) == 1
    assert pauses == []


@pytest.mark.parametrize("name", UNSAFE)
@pytest.mark.parametrize("answer", [problem(503, "UPSTREAM_TIMEOUT"), problem(429, "SLOW_DOWN")])
def test_nor_is_it_when_a_gateway_puts_it_off_in_a_code_of_its_own(
    connect: Connect, scripted: Scripted, pauses: list[float], name: str, answer: Answer
) -> None:
    server = scripted(failing(1, answer))
    failure(lambda: UNSAFE[name](connect(server.url, TOKEN)))
    assert len(server.requests) == 1
    assert pauses == []


def test_a_timeout_is_a_lost_answer(connect: Connect, kind: str) -> None:
    http = timing_out(kind, failing(2, "never"))
    assert connect("http://guestlist.test", TOKEN, http_client=http).get_me() == ALICE
    http = timing_out(kind, failing(1, "never"))
    client = connect("http://guestlist.test", TOKEN, http_client=http)
    assert failure(lambda: client.login(email="a", password="b")).code == "timeout"


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize(
    "answer", [problem(429, "rate_limited", "7"), problem(503, "overloaded", "7")]
)
def test_every_request_that_the_server_put_off_is_sent_again_when_it_says(
    connect: Connect, scripted: Scripted, pauses: list[float], name: str, answer: Answer
) -> None:
    server = scripted(failing(2, answer))
    EVERY[name](connect(server.url, TOKEN))
    assert pauses == [7, 7]
    first, second, third = server.requests[:3]
    assert first.body == second.body == third.body
    keys = {request.headers.get("idempotency-key") for request in (first, second, third)}
    assert len(keys) == 1


def test_a_date_says_when_as_well(
    connect: Connect, scripted: Scripted, pauses: list[float]
) -> None:
    date = formatdate(time.time() + 5, usegmt=True)
    server = scripted(failing(1, problem(503, "overloaded", date)))
    connect(server.url, TOKEN).update_profile(display_name="A")
    assert len(pauses) == 1
    assert 3 <= pauses[0] <= 5


@pytest.mark.parametrize(("seconds", "sent"), [("10", 3), ("11", 1), ("86400", 1)])
def test_longer_than_ten_seconds_is_for_the_caller_to_wait(
    connect: Connect, scripted: Scripted, pauses: list[float], seconds: str, sent: int
) -> None:
    server = scripted(lambda _: problem(429, "rate_limited", seconds))
    error = failure(connect(server.url, TOKEN).get_me)
    assert (error.code, error.retry_after) == ("rate_limited", int(seconds))
    assert len(server.requests) == sent
    assert pauses == [10] * (sent - 1)


@pytest.mark.parametrize("header", [None, "soon"])
def test_without_a_time_the_pause_grows(
    connect: Connect, scripted: Scripted, pauses: list[float], header: str | None
) -> None:
    server = scripted(failing(5, problem(503, "overloaded", header)))
    connect(server.url, TOKEN, max_retries=5).login(email="a", password="b")
    bounds = [0.25, 0.5, 1, 2, 2]
    assert len(pauses) == 5
    assert all(0 <= pause <= bound for pause, bound in zip(pauses, bounds, strict=True))


def test_the_pause_is_any_part_of_its_bound() -> None:
    outcome = httpx.Response(503)
    for retries, bound in enumerate([0.25, 0.5, 1.0, 2.0, 2.0]):
        for share in (0.0, 0.5, 1.0):
            pause = pause_before_retry(GET_ME, outcome, retries, lambda share=share: share)  # type: ignore[misc]
            assert pause == bound * share


@pytest.mark.parametrize("status", [429, 503])
def test_a_gateway_that_puts_off_is_believed_of_safe_requests_only(
    connect: Connect, scripted: Scripted, status: int
) -> None:
    answer = Reply(status, b"<h1>Later</h1>", {"Retry-After": "1"})
    server = scripted(failing(1, answer))
    assert connect(server.url, TOKEN).get_me() == ALICE
    server.script = failing(1, answer)
    client = connect(server.url, TOKEN)
    assert failure(lambda: client.login(email="a", password="b")).code == "invalid_answer"
    assert server.lines == ["GET me", "GET me", "POST login"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 500])
def test_no_other_answer_is_a_reason_to_ask_again(
    connect: Connect, scripted: Scripted, status: int
) -> None:
    server = scripted(lambda _: problem(status, "some_code", "1"))
    failure(connect(server.url, TOKEN).get_me)
    assert len(server.requests) == 1


def test_none_are_made_where_none_are_wanted(connect: Connect, scripted: Scripted) -> None:
    for answer in ("hang up", problem(429, "rate_limited", "0")):
        server = scripted(lambda _, answer=answer: answer)  # type: ignore[misc]
        failure(connect(server.url, TOKEN, max_retries=0).get_me)
        assert len(server.requests) == 1


def test_a_refresh_within_a_request_is_repeated_on_its_own(
    connect: Connect, scripted: Scripted, pauses: list[float]
) -> None:
    refused = [problem(429, "rate_limited", "2")] * 2
    server = scripted(
        SessionScript(lambda r: refused.pop() if refused and r.line == "POST refresh" else None)
    )
    assert connect(server.url, TOKEN).update_profile(display_name="A") == ALICE
    assert server.lines == ["PATCH me", *["POST refresh"] * 3, "PATCH me"]
    assert pauses == [2, 2]


def test_a_refresh_that_fails_for_good_is_not_repeated_by_the_request(
    connect: Connect, scripted: Scripted
) -> None:
    server = scripted(SessionScript(lambda r: "hang up" if r.line == "POST refresh" else None))
    assert failure(connect(server.url, TOKEN).get_me).code == "network_error"
    assert server.lines == ["GET me", *["POST refresh"] * 3]


def test_the_use_of_a_new_token_is_not_repeated(connect: Connect, scripted: Scripted) -> None:
    server = scripted(SessionScript(lambda r: "hang up" if r.line == "GET me" else None))
    connect(server.url, TOKEN).refresh_token()
    assert server.lines == ["POST refresh", "GET me"]


@pytest.mark.parametrize("meanwhile", [make_token(sub="bob", sid="session-2"), None])
def test_a_repeat_is_never_sent_as_somebody_else(
    connect: Connect, scripted: Scripted, meanwhile: str | None
) -> None:
    storage = MemoryStorage()

    def sign_in(_: Received) -> Answer:
        storage.remove() if meanwhile is None else storage.set(meanwhile)
        return problem(429, "rate_limited", "0") if len(server.requests) == 1 else ok(ALICE)

    server = scripted(sign_in)
    client = connect(server.url, TOKEN, storage=storage)
    client.update_profile(display_name="A")
    assert [request.token for request in server.requests] == [TOKEN, TOKEN]
    assert client.token == meanwhile


def test_a_repeat_takes_the_token_that_was_refreshed_meanwhile(
    connect: Connect, scripted: Scripted
) -> None:
    storage = MemoryStorage()
    renewed = make_token(gen=2)

    def refresh_elsewhere(_: Received) -> Answer:
        storage.set(renewed)
        return "hang up" if len(server.requests) == 1 else ok(ALICE)

    server = scripted(refresh_elsewhere)
    connect(server.url, TOKEN, storage=storage).get_me()
    assert [request.token for request in server.requests] == [TOKEN, renewed]


def test_what_began_signed_out_stays_so(connect: Connect, scripted: Scripted) -> None:
    storage = MemoryStorage()

    def sign_in(_: Received) -> Answer:
        storage.set(TOKEN)
        return "hang up" if len(server.requests) == 1 else problem(401, "token_missing")

    server = scripted(sign_in)
    assert failure(connect(server.url, storage=storage).get_me).code == "token_missing"
    assert [request.token for request in server.requests] == [None, None]


def test_one_thread_that_waits_holds_up_no_other(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits, go_on = threading.Event(), threading.Event()

    def wait(_: float) -> None:
        waits.set()
        go_on.wait(5)

    monkeypatch.setattr("guestlist._transport.sleep", wait)
    server = scripted(failing(1, problem(429, "rate_limited", "9")))
    with GuestlistClient(server.url, TOKEN) as client:
        waiting = threading.Thread(target=client.get_me)
        waiting.start()
        assert waits.wait(5)
        assert client.get_me() == ALICE
        go_on.set()
        waiting.join(5)
    assert server.lines == ["GET me"] * 3
