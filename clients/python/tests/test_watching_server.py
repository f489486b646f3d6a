"""Watching presence on the server itself."""

import asyncio
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from clients import Connect, failure, make_client
from real_server import RealServer, free_ports
from seed_page import REPOSITORY

from guestlist import GuestlistClient, PresenceEvent
from guestlist.testing import PASSWORD, GuestlistServer, start_guestlist


@pytest.fixture(scope="module")
def guestlist() -> Iterator[GuestlistServer]:
    with start_guestlist(REPOSITORY) as server:
        yield server


class Seen:
    """The requests of a client, each with the status of its answer."""

    def __init__(self, kind: str) -> None:
        self.lines: list[str] = []
        if kind == "sync":
            self.http: Any = httpx.Client(event_hooks={"response": [self._note]})
        else:
            self.http = httpx.AsyncClient(event_hooks={"response": [self._note_later]})

    def _note(self, response: httpx.Response) -> None:
        request = response.request
        behind = " behind an event" if "Last-Event-ID" in request.headers else ""
        path = request.url.path.removeprefix("/api/auth/")
        self.lines.append(f"{request.method} {path} {response.status_code}{behind}")

    async def _note_later(self, response: httpx.Response) -> None:
        self._note(response)


def next_of(presence: Generator[PresenceEvent, None, None], user_id: str) -> str | None:
    """What somebody does next; others come and go as they like. None for a snapshot."""
    for each in presence:
        if each["type"] == "snapshot":
            return None
        if each["userId"] == user_id:
            return each["type"]
    return None


def test_somebody_comes_leaves_comes_back_and_times_out(
    connect: Connect, kind: str, guestlist: GuestlistServer
) -> None:
    bob = guestlist.login_as(f"bob-{kind}")
    bob_id = bob.get_me()["id"]
    bob.disconnect()
    client = connect(guestlist.url, guestlist.login_as("alice").token)
    presence = client.watch_presence()
    first = next(presence)
    assert first["type"] == "snapshot"
    assert client.get_me()["id"] in first["userIds"]
    assert bob_id not in first["userIds"]
    seen = []
    steps: list[Callable[[], object]] = [
        bob.get_me,
        bob.disconnect,
        bob.get_me,
        lambda: guestlist.clock.advance(61),
    ]
    for step in steps:
        step()
        seen.append(next_of(presence, bob_id))
    presence.close()
    assert seen == ["online", "offline", "online", "offline"]
    assert client.get_user_profile(bob_id)["presence"]["status"] == "offline"


def test_whoever_watches_is_online_until_they_stop(
    connect: Connect, kind: str, guestlist: GuestlistServer
) -> None:
    carol = guestlist.login_as(f"carol-{kind}")
    carol_id = carol.get_me()["id"]
    carol.disconnect()
    presence = connect(guestlist.url, carol.token).watch_presence()
    first = next(presence)
    assert first["type"] == "snapshot"
    assert carol_id in first["userIds"]
    alice = guestlist.login_as("alice")
    for _ in range(3):
        before = alice.get_user_profile(carol_id)["presence"]
        guestlist.clock.advance(30)
        deadline = time.monotonic() + 10
        while alice.get_user_profile(carol_id)["presence"] == before:
            assert time.monotonic() < deadline
        assert alice.get_user_profile(carol_id)["presence"]["status"] == "online"
    presence.close()
    guestlist.clock.advance(61)
    assert alice.get_user_profile(carol_id)["presence"]["status"] == "offline"


def test_a_watch_outlives_its_token_without_missing_anything(
    connect: Connect, kind: str, guestlist: GuestlistServer
) -> None:
    seen = Seen(kind)
    bob = guestlist.login_as(f"dan-{kind}")
    bob_id = bob.get_me()["id"]
    bob.disconnect()
    token = guestlist.login_as("alice").token
    client = connect(guestlist.url, token, http_client=seen.http)
    presence = client.watch_presence()
    next(presence)
    with httpx.stream(
        "GET",
        f"{guestlist.url}/api/auth/presence/stream",
        headers={"Authorization": f"Bearer {token}"},
        trust_env=False,
    ) as another:
        guestlist.clock.advance(900)
        another.read()
    # The stream has ended with the token, and Bob comes before it is opened again.
    bob.get_me()
    assert next_of(presence, bob_id) == "online"
    presence.close()
    assert client.token != token
    assert seen.lines == [
        "GET presence/stream 200",
        "GET presence/stream 401 behind an event",
        "POST refresh 200",
        "GET presence/stream 200 behind an event",
    ]


def test_a_session_that_ends_ends_its_watches(connect: Connect, guestlist: GuestlistServer) -> None:
    token = guestlist.login_as("alice").token
    client = connect(guestlist.url, token)
    presence = client.watch_presence()
    next(presence)
    with GuestlistClient(guestlist.url, token) as elsewhere:
        elsewhere.logout()
    assert failure(lambda: [*presence]).code == "session_ended"
    assert client.token is None


def test_a_bot_may_watch_and_nobody_else(connect: Connect, guestlist: GuestlistServer) -> None:
    visitor = connect(guestlist.url)
    assert failure(lambda: next(visitor.watch_presence())).code == "token_missing"
    forged = connect(guestlist.url, "glb_" + "0" * 40)
    assert failure(lambda: next(forged.watch_presence())).code == "token_invalid"
    assert forged.token is not None


def test_a_watch_goes_on_after_the_server_was_started_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("guestlist._transport.sleep", lambda _: time.sleep(0.02))
    monkeypatch.setattr("guestlist._async_transport.sleep", lambda _: asyncio.sleep(0.02))
    (port,) = free_ports(1)
    server = RealServer.start(tmp_path / "guestlist.db", port)
    clients = [make_client(kind, server.url) for kind in ("sync", "async")]
    try:
        server.wait_until_ready()
        me = {"email": "alice@example.com", "password": PASSWORD}
        clients[0].register(**me, username="alice", invite_code=server.mint()[0])
        clients[1].login(**me)
        watches = [client.watch_presence() for client in clients]
        before = [next(watch) for watch in watches]
        server.stop()
        server = RealServer.start(tmp_path / "guestlist.db", port)
        for watch, everybody in zip(watches, before, strict=True):
            # Nothing that the former one counted can be gone on from.
            assert next(each for each in watch if each["type"] == "snapshot") == everybody
            watch.close()
    finally:
        for client in clients:
            client.close()
        server.stop()
