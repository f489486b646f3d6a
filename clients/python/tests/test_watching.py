"""Watching presence on a server that does what a test says."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from clients import Connect, failure
from scripted_server import (
    ALICE,
    AT,
    Answer,
    Received,
    Reply,
    Script,
    ScriptedServer,
    SessionScript,
    Stream,
    event,
    make_token,
    ok,
    problem,
    snapshot,
)

from guestlist import (
    GuestlistClient,
    GuestlistNetworkError,
    MemoryStorage,
    NotFoundError,
    PermissionDeniedError,
    PresenceEvent,
)

Scripted = Callable[[Script], ScriptedServer]
TOKEN = make_token()
STREAM = "GET presence/stream"


def came(user_id: str, id: str | None = None) -> bytes:
    return event("online", {"userId": user_id, "at": AT}, id)


def told(kind: str, user_id: str) -> dict[str, str]:
    return {"type": kind, "userId": user_id, "at": AT}


def everybody(*user_ids: str) -> dict[str, Any]:
    return {"type": "snapshot", "userIds": list(user_ids)}


def in_turn(*answers: Answer) -> Script:
    """Gives each request one of these; the last one stays open."""
    left = iter(answers)
    return lambda _: next(left, Stream(then="wait"))


def watch(client: GuestlistClient, count: int) -> list[PresenceEvent]:
    """The first events, and leaves."""
    presence = client.watch_presence()
    events = list(itertools.islice(presence, count))
    presence.close()
    return events


def ids_sent(server: ScriptedServer) -> list[str | None]:
    return [each.headers.get("last-event-id") for each in server.requests if each.line == STREAM]


def test_everybody_is_told_first_and_then_who_comes_and_goes(
    connect: Connect, scripted: Scripted
) -> None:
    parts = (
        snapshot("1", "2", has_more=True),
        snapshot(has_more=True),
        snapshot("3", id="a-0"),
        came("4", "a-1") + event("offline", {"userId": "1", "at": AT}, "a-2"),
    )
    server = scripted(in_turn(Stream((b": still here\n\n", *parts), "wait")))
    assert watch(connect(server.url, TOKEN), 3) == [
        everybody("1", "2", "3"),
        told("online", "4"),
        told("offline", "1"),
    ]
    (request,) = server.requests
    assert request.line == STREAM
    assert request.token == TOKEN
    assert request.headers["accept"] == "text/event-stream"
    assert request.headers["accept-encoding"] == "identity"
    assert "guestlist-connection" in request.headers
    assert "last-event-id" not in request.headers


def test_nothing_is_sent_before_the_first_event_is_asked_for(
    connect: Connect, scripted: Scripted
) -> None:
    server = scripted(in_turn())
    connect(server.url, TOKEN).watch_presence().close()
    assert server.requests == []


def test_other_requests_are_made_while_it_is_open(connect: Connect, scripted: Scripted) -> None:
    stream = Stream((snapshot("1"), came("2")), "wait")
    server = scripted(lambda request: stream if request.line == STREAM else ok(ALICE))
    client = connect(server.url, TOKEN)
    presence = client.watch_presence()
    assert next(presence) == everybody("1")
    assert client.get_me() == ALICE
    assert next(presence) == told("online", "2")
    presence.close()
    connections = {each.headers["guestlist-connection"] for each in server.requests}
    assert len(connections) == 1


def test_what_a_newer_server_adds_is_skipped(connect: Connect, scripted: Scripted) -> None:
    pieces = (
        event("snapshot", {"userIds": ["1"], "hasMore": False, "more": 1}, "a-0"),
        event("birthday", {"userId": "1"}, "a-1"),
        b"event: birthday\ndata: no JSON\n\ndata: {}\n\n",
        event("online", {"userId": "2", "at": AT, "more": 1}),
    )
    server = scripted(in_turn(Stream(pieces), Stream((came("3"),), "wait")))
    assert watch(connect(server.url, TOKEN), 3) == [
        everybody("1"),
        told("online", "2"),
        told("online", "3"),
    ]
    assert ids_sent(server) == [None, "a-1"]


class TestAStreamThatEnds:
    def test_is_taken_up_where_it_was(
        self, connect: Connect, scripted: Scripted, pauses: list[float]
    ) -> None:
        first = Stream((snapshot("1", id="a-0"), came("2", "a-1")))
        second = Stream((came("3", "a-2"),))
        server = scripted(in_turn(first, second, Stream((came("4"),), "wait")))
        events = watch(connect(server.url, TOKEN), 4)
        assert events == [everybody("1"), *(told("online", each) for each in "234")]
        assert ids_sent(server) == [None, "a-1", "a-2"]
        # One that ends as soon as it began is not asked for in a rush.
        assert len(pauses) == 2
        assert all(0.5 < pause <= 1 for pause in pauses)

    def test_after_some_time_is_taken_up_at_once(
        self, connect: Connect, scripted: Scripted, pauses: list[float], monkeypatch: Any
    ) -> None:
        monkeypatch.setattr("guestlist._presence_watch.monotonic", itertools.count().__next__)
        server = scripted(in_turn(Stream((snapshot(),)), Stream((came("1"),), "wait")))
        watch(connect(server.url, TOKEN), 2)
        assert len(pauses) == 1
        assert 0 <= pauses[0] <= 0.25

    def test_without_a_byte_is_a_failure(
        self, connect: Connect, scripted: Scripted, pauses: list[float]
    ) -> None:
        server = scripted(in_turn(*[Stream()] * 3, Stream((snapshot(),), "wait")))
        watch(connect(server.url, TOKEN), 1)
        assert [0.5 * 2**n <= pause <= 2**n for n, pause in enumerate(pauses)] == [True] * 3

    def test_in_the_middle_of_an_event_tells_nothing_of_it(
        self, connect: Connect, scripted: Scripted, pauses: list[float]
    ) -> None:
        half = came("2", "a-2")[:-1]
        first = Stream((snapshot("1", id="a-0"), came("1", "a-1") + half), "break")
        server = scripted(in_turn(first, Stream((came("3"),), "wait")))
        assert watch(connect(server.url, TOKEN), 3) == [
            everybody("1"),
            told("online", "1"),
            told("online", "3"),
        ]
        assert ids_sent(server) == [None, "a-1"]
        assert len(pauses) == 1
        assert 0.5 <= pauses[0] <= 1

    def test_in_the_middle_of_a_snapshot_is_begun_anew(
        self, connect: Connect, scripted: Scripted
    ) -> None:
        whole = Stream((snapshot("1", id="a-0"),))
        # Not even an id of a part is one to go on from.
        half = Stream((snapshot("1", has_more=True, id="b-9"),), "break")
        again = Stream((snapshot("2", has_more=True), snapshot("3", id="c-0")), "wait")
        server = scripted(in_turn(half, whole, half, again))
        assert watch(connect(server.url, TOKEN), 2) == [everybody("1"), everybody("2", "3")]
        assert ids_sent(server) == [None, None, "a-0", "a-0"]

    def test_in_silence_is_given_up(
        self, connect: Connect, scripted: Scripted, pauses: list[float], monkeypatch: Any
    ) -> None:
        monkeypatch.setattr("guestlist._presence_watch.SILENCE", 0.05)
        silent = Stream((snapshot("1", id="a-0"),), "wait")
        server = scripted(in_turn(silent, "never", Stream((came("2"),), "wait")))
        assert watch(connect(server.url, TOKEN), 2) == [everybody("1"), told("online", "2")]
        assert ids_sent(server) == [None, "a-0", "a-0"]
        assert len(pauses) == 2
        assert server.left.acquire(timeout=5)

    def test_says_how_long_to_stay_away_within_bounds(
        self, connect: Connect, scripted: Scripted, pauses: list[float]
    ) -> None:
        streams = [
            Stream((f"retry: {retry}\n".encode() + snapshot(),)) for retry in (5000, 0, 999999)
        ]
        server = scripted(in_turn(*streams, "hang up", Stream((snapshot(),), "wait")))
        watch(connect(server.url, TOKEN), 4)
        assert pauses[0] == 5
        assert pauses[1] <= 1
        assert pauses[2:] == [30, 30]

    @pytest.mark.parametrize("id", ["é", "a b", "x" * 256, ""])
    def test_with_an_id_that_cannot_be_sent_is_begun_anew(
        self, connect: Connect, scripted: Scripted, id: str
    ) -> None:
        first = Stream((snapshot(id="a-0"), came("1", id)))
        server = scripted(in_turn(first, Stream((snapshot("1"),), "wait")))
        assert len(watch(connect(server.url, TOKEN), 3)) == 3
        assert ids_sent(server) == [None, None]


class TestWhatPasses:
    @pytest.mark.parametrize(
        "answer",
        [
            "hang up",
            Reply(502, b"<h1>Bad gateway</h1>"),
            Reply(503, b"<h1>Later</h1>"),
            problem(500, "internal_error"),
            problem(503, "overloaded"),
            problem(429, "rate_limited"),
        ],
    )
    def test_is_waited_for_longer_and_longer(
        self, connect: Connect, scripted: Scripted, pauses: list[float], answer: Answer
    ) -> None:
        stream = Stream((snapshot(id="a-0"),), "break")
        server = scripted(in_turn(*[answer] * 7, stream, answer, Stream((snapshot(),), "wait")))
        client = connect(server.url, TOKEN, max_retries=0)
        assert watch(client, 2) == [everybody()] * 2
        bounds = [1, 2, 4, 8, 16, 30, 30, 1, 2]
        assert len(pauses) == len(bounds)
        assert all(bound / 2 <= pause <= bound for pause, bound in zip(pauses, bounds, strict=True))
        assert client.token == TOKEN

    @pytest.mark.parametrize(("status", "code"), [(429, "rate_limited"), (503, "overloaded")])
    def test_is_waited_for_as_long_as_the_server_says(
        self, connect: Connect, scripted: Scripted, pauses: list[float], status: int, code: str
    ) -> None:
        answers = [problem(status, code, seconds) for seconds in ("0", "7", "86400")]
        page = Reply(status, b"<h1>Later</h1>", {"Retry-After": "20"})
        server = scripted(in_turn(*answers, page, Stream((snapshot(),), "wait")))
        assert watch(connect(server.url, TOKEN), 1) == [everybody()]
        assert 0.5 <= pauses[0] <= 1
        assert 7 <= pauses[1] <= 8
        assert 3600 <= pauses[2] <= 3601
        assert 20 <= pauses[3] <= 21

    def test_for_long_is_tried_without_the_id_as_well(
        self, connect: Connect, scripted: Scripted
    ) -> None:
        stream = Stream((snapshot(id="a-0"),))
        end = Stream((snapshot("1", id="b-0"), came("1")))
        failures: list[Answer] = ["hang up"] * 10
        server = scripted(in_turn(stream, *failures, end, Stream((came("2"),), "wait")))
        watch(connect(server.url, TOKEN), 4)
        assert ids_sent(server) == [None, *["a-0"] * 10, None, "b-0"]

    @pytest.mark.parametrize(
        "answer", ["hang up", problem(503, "overloaded", "60"), Reply(502, b"<h1>Bad gateway</h1>")]
    )
    def test_of_a_refresh_is_waited_for_too(
        self, connect: Connect, scripted: Scripted, answer: Answer
    ) -> None:
        failures = [answer] * 2

        def script(request: Received) -> Answer | None:
            if request.line == "POST refresh" and failures:
                return failures.pop()
            is_fresh = request.line == STREAM and request.token in sessions.fresh
            return Stream((snapshot(),), "wait") if is_fresh else None

        sessions = SessionScript(script)
        server = scripted(sessions)
        client = connect(server.url, TOKEN, max_retries=0)
        assert watch(client, 1) == [everybody()]
        assert server.lines == [*[STREAM, "POST refresh"] * 3, STREAM]


class TestWhatCannotBeHelped:
    @pytest.mark.parametrize(
        ("answer", "code"),
        [
            (problem(401, "token_missing"), "token_missing"),
            (problem(401, "token_invalid"), "token_invalid"),
            (problem(401, "session_ended"), "session_ended"),
            (problem(401, "token_reused"), "token_reused"),
            (problem(403, "person_required", "7"), "person_required"),
            (problem(404, "not_found"), "not_found"),
            (problem(422, "validation_failed"), "validation_failed"),
            (Reply(200, b"<h1>Sign in</h1>", {"Content-Type": "text/html"}), "invalid_answer"),
            (ok([]), "invalid_answer"),
            (Reply(200, b""), "invalid_answer"),
            (Reply(204, headers={"Content-Type": "text/event-stream"}), "invalid_answer"),
            (Reply(302, headers={"Location": "/"}), "invalid_answer"),
            (Reply(401, b"Proxy says no"), "invalid_answer"),
            (Reply(404, b"<h1>Not found</h1>"), "invalid_answer"),
        ],
    )
    def test_is_raised_at_once(
        self,
        connect: Connect,
        scripted: Scripted,
        pauses: list[float],
        answer: Answer,
        code: str,
    ) -> None:
        server = scripted(lambda _: answer)
        client = connect(server.url, TOKEN)
        error = failure(lambda: next(client.watch_presence()))
        assert error.code == code
        assert TOKEN not in repr(error) + str(error)
        is_dropped = code in ("session_ended", "token_reused")
        assert client.token == (None if is_dropped else TOKEN)
        assert server.lines == [STREAM]
        assert pauses == []

    def test_is_raised_by_its_class(self, connect: Connect, scripted: Scripted) -> None:
        for status, kind in ((403, PermissionDeniedError), (404, NotFoundError)):
            server = scripted(lambda _, status=status: problem(status, "x"))  # type: ignore[misc]
            client = connect(server.url, TOKEN)
            assert isinstance(failure(lambda: next(client.watch_presence())), kind)  # noqa: B023

    @pytest.mark.parametrize(
        "garbage",
        [
            b"\x00\xff" * 600_000,
            b"data: " + b"x" * 1_100_000,
            b": " + b"x" * 1_100_000,
            b"data: x\n" * 200_000,
            event("online", "text"),
            event("online", {"userId": 1, "at": AT}),
            event("offline", {"userId": "1"}),
            event("snapshot", {"userIds": [1], "hasMore": False}),
            event("snapshot", {"userIds": "1", "hasMore": False}),
            event("snapshot", {"userIds": []}),
            event("snapshot", {"userIds": [], "hasMore": None}),
            b"event: online\ndata: {\n\n",
            b"event: online\ndata: " + b"[" * 100_000 + b"\n\n",
        ],
    )
    def test_is_a_stream_of_somebody_else(
        self, connect: Connect, scripted: Scripted, pauses: list[float], garbage: bytes
    ) -> None:
        server = scripted(lambda _: Stream((snapshot("1"), garbage), "wait"))
        client = connect(server.url, TOKEN)
        presence = client.watch_presence()
        assert next(presence) == everybody("1")
        error = failure(lambda: next(presence))
        assert isinstance(error, GuestlistNetworkError)
        assert (error.code, error.status) == ("invalid_answer", 200)
        assert error.__cause__ is None
        assert pauses == []
        assert len(server.requests) == 1
        assert server.left.acquire(timeout=5)
        assert list(presence) == []

    def test_is_a_refresh_that_is_refused_for_good(
        self, connect: Connect, scripted: Scripted
    ) -> None:
        refuse = {"POST refresh": problem(401, "token_reused")}
        server = scripted(SessionScript(lambda request: refuse.get(request.line)))
        client = connect(server.url, TOKEN)
        assert failure(lambda: next(client.watch_presence())).code == "token_reused"
        assert client.token is None
        assert server.lines == [STREAM, "POST refresh"]

    def test_is_that_nobody_is_signed_in(self, connect: Connect, scripted: Scripted) -> None:
        server = scripted(SessionScript())
        client = connect(server.url)
        assert failure(lambda: next(client.watch_presence())).code == "token_missing"
        assert [request.token for request in server.requests] == [None]


def streams_for_fresh_tokens(*answers: Answer) -> SessionScript:
    """Refuses whatever token it has not made; then gives each request one of these."""
    left = iter(answers)

    def script(request: Received) -> Answer | None:
        is_fresh = request.line == STREAM and request.token in sessions.fresh
        return next(left, Stream(then="wait")) if is_fresh else None

    sessions = SessionScript(script)
    return sessions


def test_a_token_that_has_expired_is_refreshed(
    connect: Connect, scripted: Scripted, pauses: list[float]
) -> None:
    sessions = streams_for_fresh_tokens(Stream((snapshot(id="a-0"),)), Stream((came("1"),), "wait"))
    server = scripted(sessions)
    client = connect(server.url, TOKEN)
    presence = client.watch_presence()
    assert next(presence) == everybody()
    assert client.token == make_token(gen=2)
    sessions.fresh.clear()
    assert next(presence) == told("online", "1")
    presence.close()
    assert client.token == make_token(gen=3)
    assert server.lines == [STREAM, "POST refresh", STREAM] * 2
    assert ids_sent(server) == [None, None, "a-0", "a-0"]
    assert len(pauses) == 1


def test_a_token_that_is_refused_even_when_fresh_is_raised(
    connect: Connect, scripted: Scripted
) -> None:
    expired = {STREAM: problem(401, "token_expired")}
    server = scripted(SessionScript(lambda request: expired.get(request.line)))
    client = connect(server.url, TOKEN)
    assert failure(lambda: next(client.watch_presence())).code == "token_expired"
    assert server.lines == [STREAM, "POST refresh", STREAM]


def test_it_never_goes_on_as_somebody_else(connect: Connect, scripted: Scripted) -> None:
    server = scripted(in_turn(Stream((snapshot(),)), Stream((came("1"),), "wait")))
    storage = MemoryStorage()
    presence = connect(server.url, TOKEN, storage=storage).watch_presence()
    next(presence)
    storage.set(make_token(sub="bob", sid="session-2"))
    assert next(presence) == told("online", "1")
    presence.close()
    assert [request.token for request in server.requests] == [TOKEN, TOKEN]


def test_it_goes_on_with_the_token_that_was_refreshed_meanwhile(
    connect: Connect, scripted: Scripted
) -> None:
    server = scripted(in_turn(Stream((snapshot(),)), Stream((came("1"),), "wait")))
    storage = MemoryStorage()
    presence = connect(server.url, TOKEN, storage=storage).watch_presence()
    next(presence)
    storage.set(make_token(gen=2))
    next(presence)
    presence.close()
    assert [request.token for request in server.requests] == [TOKEN, make_token(gen=2)]


def test_the_time_out_of_the_client_is_for_connecting(connect: Connect, kind: str) -> None:
    seen: list[Any] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.extensions["timeout"])
        return httpx.Response(
            200, headers={"Content-Type": "text/event-stream"}, content=snapshot()
        )

    transport = httpx.MockTransport(answer)
    http: Any = {"sync": httpx.Client, "async": httpx.AsyncClient}[kind](transport=transport)
    client = connect("http://guestlist.test", TOKEN, timeout=7, http_client=http)
    assert watch(client, 1) == [everybody()]
    assert seen == [{"connect": 7, "read": 60, "write": 7, "pool": 7}]


@pytest.fixture
def opened(connect: Connect, scripted: Scripted) -> Iterator[tuple[GuestlistClient, Any]]:
    """A client, and a server whose streams stay open."""
    server = scripted(lambda _: Stream((snapshot("1"), came("2")), "wait"))
    yield connect(server.url, TOKEN), server
    assert server.left.acquire(timeout=5)
    assert len(server.requests) == 1


class TestTheConnectionIsClosed:
    def test_by_closing(self, opened: tuple[GuestlistClient, ScriptedServer]) -> None:
        client, server = opened
        presence = client.watch_presence()
        next(presence)
        assert not server.left.acquire(timeout=0.05)
        presence.close()
        assert list(presence) == []

    def test_by_leaving_the_loop(self, opened: tuple[GuestlistClient, ScriptedServer]) -> None:
        for presence in opened[0].watch_presence():
            assert presence["type"] == "snapshot"
            break

    def test_by_an_error_in_the_loop(self, opened: tuple[GuestlistClient, ScriptedServer]) -> None:
        def fail() -> None:
            for _ in opened[0].watch_presence():
                raise KeyError("mine")

        with pytest.raises(KeyError, match="mine"):
            fail()

    def test_by_throwing_into_it(self, opened: tuple[GuestlistClient, ScriptedServer]) -> None:
        presence = opened[0].watch_presence()
        next(presence)
        with pytest.raises(KeyboardInterrupt):
            presence.throw(KeyboardInterrupt())
