"""Refreshing against the server itself: one refresh, however many wait, and no sign-out."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
from clients import Connect, failure
from real_server import RealServer
from scripted_server import Answer, Received, ScriptedServer, passed_on

from guestlist import AsyncGuestlistClient, GuestlistClient, SignInResult


def paths(requests: list[httpx.Request]) -> list[str]:
    return [request.url.path for request in requests]


def test_twenty_threads_make_one_refresh(
    server: RealServer, alice: SignInResult, expired_token: str
) -> None:
    sent: list[httpx.Request] = []
    start = threading.Barrier(20)
    with (
        httpx.Client(event_hooks={"request": [sent.append]}) as http,
        GuestlistClient(server.url, expired_token, http_client=http) as client,
        ThreadPoolExecutor(20) as pool,
    ):

        def ask(_: int) -> str:
            start.wait()
            return client.get_me()["id"]

        assert set(pool.map(ask, range(20))) == {alice["user"]["id"]}
        assert paths(sent).count("/api/auth/refresh") == 1
        assert client.token not in (None, expired_token)
        client.refresh_token()
        assert client.get_me()["id"] == alice["user"]["id"]


def test_twenty_tasks_make_one_refresh(
    server: RealServer, alice: SignInResult, expired_token: str
) -> None:
    sent: list[httpx.Request] = []

    async def note(request: httpx.Request) -> None:
        sent.append(request)

    async def ask() -> None:
        async with (
            httpx.AsyncClient(event_hooks={"request": [note]}) as http,
            AsyncGuestlistClient(server.url, expired_token, http_client=http) as client,
        ):
            people = await asyncio.gather(*(client.get_me() for _ in range(20)))
            assert {person["id"] for person in people} == {alice["user"]["id"]}
            assert paths(sent).count("/api/auth/refresh") == 1
            assert client.token not in (None, expired_token)
            await client.refresh_token()
            assert (await client.get_me())["id"] == alice["user"]["id"]

    asyncio.run(ask())


def test_a_lost_refresh_signs_nobody_out(
    connect: Connect, server: RealServer, alice: SignInResult, expired_token: str
) -> None:
    def lose_the_first_refresh(request: Received) -> Answer:
        answer = passed_on(request, server.url)
        return "hang up" if between.lines == ["GET me", "POST refresh"] else answer

    between = ScriptedServer(lose_the_first_refresh)
    try:
        client = connect(between.url, expired_token, max_retries=0)
        assert failure(client.get_me).code == "network_error"
        assert client.token == expired_token
        assert client.update_profile(display_name="Alíce")["displayName"] == "Alíce"
        client.refresh_token()
        assert client.get_me()["id"] == alice["user"]["id"]
    finally:
        between.stop()


def test_an_expired_token_can_still_sign_out(
    connect: Connect, server: RealServer, expired_token: str
) -> None:
    client = connect(server.url, expired_token)
    client.logout()
    assert client.token is None
    late = connect(server.url, expired_token)
    assert failure(late.get_me).code == "session_ended"
    assert late.token is None
