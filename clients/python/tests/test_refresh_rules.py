"""Refreshing against a server that does what a test says."""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

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

from guestlist import (
    AsyncGuestlistClient,
    GuestlistClient,
    GuestlistError,
    GuestlistNetworkError,
    MemoryStorage,
)

Scripted = Callable[[Script], ScriptedServer]
EXPIRED = make_token()


def on(line: str, answer: Answer) -> Callable[[Received], Answer | None]:
    return lambda request: answer if request.line == line else None


def test_the_request_is_repeated_with_the_new_token(connect: Connect, scripted: Scripted) -> None:
    server = scripted(SessionScript())
    client = connect(server.url, EXPIRED)
    client.update_profile(display_name="A")
    renewed = make_token(gen=2)
    assert [(request.line, request.token) for request in server.requests] == [
        ("PATCH me", EXPIRED),
        ("POST refresh", EXPIRED),
        ("PATCH me", renewed),
    ]
    assert server.requests[0].json == server.requests[2].json == {"displayName": "A"}
    assert client.token == renewed


def test_a_request_is_repeated_once_however_often_it_is_refused(
    connect: Connect, scripted: Scripted
) -> None:
    server = scripted(SessionScript(on("GET me", problem(401, "token_expired"))))
    assert failure(connect(server.url, EXPIRED).get_me).code == "token_expired"
    assert server.lines == ["GET me", "POST refresh", "GET me"]


@pytest.mark.parametrize(
    "code", ["token_missing", "token_invalid", "session_ended", "token_reused", "unknown"]
)
def test_no_other_refusal_makes_a_refresh(connect: Connect, scripted: Scripted, code: str) -> None:
    server = scripted(lambda _: problem(401, code))
    client = connect(server.url, EXPIRED)
    assert failure(client.get_me).code == code
    assert server.lines == ["GET me"]
    dropped = code in ("session_ended", "token_reused")
    assert client.token == (None if dropped else EXPIRED)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("hang up", "network_error"),
        (problem(429, "rate_limited", "7"), "rate_limited"),
        (problem(503, "overloaded", "1"), "overloaded"),
        (problem(500, "internal_error"), "internal_error"),
        (problem(401, "token_missing"), "token_missing"),
        (problem(403, "session_ended"), "session_ended"),
        (Reply(502, b"<h1>Bad gateway</h1>"), "invalid_answer"),
        (Reply(401, b"Proxy says no"), "invalid_answer"),
        (Reply(307, headers={"Location": "/"}), "invalid_answer"),
        (ok({}), "invalid_answer"),
        (ok({"token": "two\nlines"}), "invalid_answer"),
        (ok([]), "invalid_answer"),
    ],
)
def test_a_refresh_that_fails_otherwise_keeps_the_token(
    connect: Connect, scripted: Scripted, answer: Answer, code: str
) -> None:
    server = scripted(SessionScript(on("POST refresh", answer)))
    client = connect(server.url, EXPIRED, max_retries=0)
    assert failure(client.get_me).code == code
    assert failure(client.refresh_token).code == code
    assert client.token == EXPIRED
    assert server.lines == ["GET me", "POST refresh", "POST refresh"]


def test_a_refresh_that_times_out_keeps_the_token(connect: Connect, kind: str) -> None:
    http = timing_out(kind, SessionScript(on("POST refresh", "never")))
    client = connect("http://guestlist.test", EXPIRED, http_client=http)
    assert failure(client.get_me).code == "timeout"
    assert failure(client.refresh_token).code == "timeout"
    assert client.token == EXPIRED


@pytest.mark.parametrize("code", ["session_ended", "token_reused", "token_invalid"])
def test_a_refresh_that_is_refused_for_good_drops_the_token(
    connect: Connect, scripted: Scripted, code: str
) -> None:
    server = scripted(SessionScript(on("POST refresh", problem(401, code))))
    client = connect(server.url, EXPIRED)
    assert failure(client.get_me).code == code
    assert client.token is None


def test_a_failed_refresh_does_not_stand_in_the_way_of_the_next(
    connect: Connect, scripted: Scripted
) -> None:
    script = SessionScript(on("POST refresh", "hang up"))
    server = scripted(script)
    client = connect(server.url, EXPIRED)
    failure(client.get_me)
    server.script = SessionScript()
    assert client.get_me() == ALICE


class SlowRefresh:
    """Holds the first refresh back until all twenty requests have been refused."""

    def __init__(self, answer: Answer | None, sessions: SessionScript | None = None) -> None:
        self._answer = answer
        self._refused = 0
        self._refusal = threading.Condition()
        self._begun = threading.Event()
        self._sessions = sessions or SessionScript()

    def __call__(self, request: Received) -> Answer:
        if request.line != "POST refresh":
            with self._refusal:
                self._refused += 1
                self._refusal.notify_all()
            return self._sessions(request)
        if not self._begun.is_set():
            self._begun.set()
            with self._refusal:
                self._refusal.wait_for(lambda: self._refused >= 20, timeout=5)
            # Those refused last still have to read their answer and begin to wait.
            time.sleep(0.5)
        return self._answer or self._sessions(request)


def ask_by_threads(url: str) -> list[object]:
    with GuestlistClient(url, EXPIRED) as client, ThreadPoolExecutor(20) as pool:

        def ask(_: int) -> object:
            try:
                return client.get_me()
            except GuestlistError as error:
                return error

        return list(pool.map(ask, range(20)))


def ask_by_tasks(url: str) -> list[object]:
    async def ask() -> list[object]:
        async with AsyncGuestlistClient(url, EXPIRED) as client:
            calls = (client.get_me() for _ in range(20))
            return list(await asyncio.gather(*calls, return_exceptions=True))

    return asyncio.run(ask())


@pytest.mark.parametrize("ask", [ask_by_threads, ask_by_tasks])
class TestTwentyAtOnce:
    def test_make_one_refresh(self, scripted: Scripted, ask: Callable[[str], list[object]]) -> None:
        server = scripted(SlowRefresh(None))
        assert ask(server.url) == [ALICE] * 20
        assert server.lines.count("POST refresh") == 1
        assert server.lines.count("GET me") == 40

    @pytest.mark.parametrize("answer", [problem(503, "overloaded", "3"), "hang up"])
    def test_share_the_failure_of_one_refresh(
        self, scripted: Scripted, ask: Callable[[str], list[object]], answer: Answer
    ) -> None:
        server = scripted(SlowRefresh(answer))
        errors = ask(server.url)
        code = "network_error" if answer == "hang up" else "overloaded"
        assert [getattr(error, "code", error) for error in errors] == [code] * 20
        assert len(set(map(id, errors))) == 20
        # With its two repeats, which the others wait for as well.
        assert server.lines.count("POST refresh") == 3


def test_a_cancelled_task_does_not_fail_those_who_wait(scripted: Scripted) -> None:
    refresh_begun, go_on = threading.Event(), threading.Event()
    refused = threading.Semaphore(0)

    def hold_the_first_refresh(request: Received) -> Answer | None:
        if request.line == "POST refresh" and not refresh_begun.is_set():
            refresh_begun.set()
            go_on.wait(5)
        elif request.line == "GET me":
            refused.release()
        return None

    server = scripted(SessionScript(hold_the_first_refresh))

    async def ask() -> None:
        async with AsyncGuestlistClient(server.url, EXPIRED) as client:
            first = asyncio.create_task(client.get_me())
            await asyncio.to_thread(refresh_begun.wait, 5)
            await asyncio.to_thread(refused.acquire, timeout=5)
            second = asyncio.create_task(client.get_me())
            await asyncio.to_thread(refused.acquire, timeout=5)
            first.cancel()
            with pytest.raises(asyncio.CancelledError):
                await first
            assert await second == ALICE
            go_on.set()

    asyncio.run(ask())
    assert server.lines.count("POST refresh") == 2


def test_an_explicit_refresh_uses_the_new_token_at_once(
    connect: Connect, scripted: Scripted
) -> None:
    server = scripted(SessionScript())
    client = connect(server.url, EXPIRED)
    renewed = make_token(gen=2)
    assert client.refresh_token() == {"token": renewed}
    assert client.token == renewed
    assert [(request.line, request.token) for request in server.requests] == [
        ("POST refresh", EXPIRED),
        ("GET me", renewed),
    ]
    assert client.refresh_token() == {"token": make_token(gen=3)}


@pytest.mark.parametrize("answer", ["hang up", problem(503, "overloaded"), Reply(200, b"?")])
def test_that_the_use_fails_does_not_matter(
    connect: Connect, scripted: Scripted, answer: Answer
) -> None:
    server = scripted(SessionScript(on("GET me", answer)))
    client = connect(server.url, EXPIRED)
    assert client.refresh_token() == {"token": client.token}
    assert server.lines == ["POST refresh", "GET me"]


def test_that_the_use_finds_the_session_ended_drops_the_token(
    connect: Connect, scripted: Scripted
) -> None:
    server = scripted(SessionScript(on("GET me", problem(401, "session_ended"))))
    client = connect(server.url, EXPIRED)
    client.refresh_token()
    assert client.token is None


def test_without_a_token_the_server_says_so(connect: Connect, scripted: Scripted) -> None:
    server = scripted(SessionScript())
    client = connect(server.url)
    assert failure(client.get_me).code == "token_missing"
    assert failure(client.refresh_token).code == "token_missing"
    assert server.lines == ["GET me", "POST refresh"]


BOBS = make_token(sub="bob", sid="session-2")


def while_refreshing(storage: MemoryStorage, token: str | None) -> Script:
    def store(request: Received) -> Answer | None:
        if request.line == "POST refresh":
            storage.remove() if token is None else storage.set(token)
        return None

    return SessionScript(store)


@pytest.mark.parametrize("meanwhile", [BOBS, None])
def test_a_refreshed_token_does_not_replace_what_was_stored_meanwhile(
    connect: Connect, scripted: Scripted, meanwhile: str | None
) -> None:
    storage = MemoryStorage()
    server = scripted(while_refreshing(storage, meanwhile))
    client = connect(server.url, EXPIRED, storage=storage)
    assert client.get_me() == ALICE
    assert server.requests[-1].token == make_token(gen=2)
    assert client.token == meanwhile


@pytest.mark.parametrize("meanwhile", [BOBS, None])
def test_a_request_is_never_repeated_as_somebody_else(
    connect: Connect, scripted: Scripted, meanwhile: str | None
) -> None:
    storage = MemoryStorage()

    def sign_in(request: Received) -> Answer | None:
        storage.remove() if meanwhile is None else storage.set(meanwhile)
        return None

    server = scripted(SessionScript(sign_in))
    client = connect(server.url, EXPIRED, storage=storage)
    assert failure(lambda: client.update_profile(display_name="A")).code == "token_expired"
    assert server.lines == ["PATCH me"]
    assert client.token == meanwhile


@pytest.mark.parametrize("line", ["GET me", "POST refresh"])
def test_the_end_of_an_old_session_leaves_a_newer_token(
    connect: Connect, scripted: Scripted, line: str
) -> None:
    storage = MemoryStorage()

    def end(request: Received) -> Answer | None:
        if request.line != line:
            return None
        storage.set(BOBS)
        return problem(401, "session_ended")

    client = connect(scripted(SessionScript(end)).url, EXPIRED, storage=storage)
    assert failure(client.get_me).code == "session_ended"
    assert client.token == BOBS


@pytest.mark.parametrize("code", ["session_ended", "token_reused", "token_invalid"])
def test_logout_succeeds_when_the_session_is_over(
    connect: Connect, scripted: Scripted, code: str
) -> None:
    client = connect(scripted(lambda _: problem(401, code)).url, EXPIRED)
    client.logout()
    assert client.token is None


@pytest.mark.parametrize(
    "answer",
    ["hang up", problem(503, "overloaded"), problem(401, "token_missing"), Reply(401, b"No")],
)
def test_logout_that_was_not_done_keeps_the_token(
    connect: Connect, scripted: Scripted, answer: Answer
) -> None:
    client = connect(scripted(lambda _: answer).url, EXPIRED)
    failure(client.logout)
    assert client.token == EXPIRED


def test_logout_leaves_the_token_of_another_session(connect: Connect, scripted: Scripted) -> None:
    storage = MemoryStorage()

    def sign_in(_: Received) -> Answer:
        storage.set(BOBS)
        return NO_CONTENT

    client = connect(scripted(sign_in).url, EXPIRED, storage=storage)
    client.logout()
    assert client.token == BOBS


def test_a_timeout_is_not_a_sign_out(connect: Connect, scripted: Scripted) -> None:
    client = connect(scripted(lambda _: "never").url, EXPIRED, timeout=0.1)
    error = failure(client.get_me)
    assert isinstance(error, GuestlistNetworkError)
    assert error.code == "timeout"
    assert "0.1 s" in str(error)
    assert client.token == EXPIRED
