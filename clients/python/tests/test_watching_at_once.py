"""Watching presence while other threads and tasks use the client, and what ends it from there."""

import asyncio
import gc
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from scripted_server import (
    ALICE,
    Received,
    Reply,
    Script,
    ScriptedServer,
    SessionScript,
    Stream,
    make_token,
    ok,
    snapshot,
)
from test_refresh_rules import SlowRefresh

from guestlist import AsyncGuestlistClient, GuestlistClient

Scripted = Callable[[Script], ScriptedServer]
TOKEN = make_token()
EVERYBODY = {"type": "snapshot", "userIds": ["1"]}


def open_stream(request: Received) -> Reply | Stream:
    if request.line == "GET presence/stream":
        return Stream((snapshot("1"),), "wait")
    return ok(ALICE)


def watched_by_threads(url: str) -> list[object]:
    with GuestlistClient(url, TOKEN) as client, ThreadPoolExecutor(20) as pool:

        def ask(number: int) -> object:
            if number % 2:
                return client.get_me()
            presence = client.watch_presence()
            first = next(presence)
            presence.close()
            return first

        return list(pool.map(ask, range(20)))


def watched_by_tasks(url: str) -> list[object]:
    async def ask(client: AsyncGuestlistClient, number: int) -> object:
        if number % 2:
            return await client.get_me()
        presence = client.watch_presence()
        first = await anext(presence)
        await presence.aclose()
        return first

    async def ask_all() -> list[object]:
        async with AsyncGuestlistClient(url, TOKEN) as client:
            return list(await asyncio.gather(*(ask(client, number) for number in range(20))))

    return asyncio.run(ask_all())


@pytest.mark.parametrize("ask", [watched_by_threads, watched_by_tasks])
def test_ten_watches_and_ten_requests_make_one_refresh(
    scripted: Scripted, ask: Callable[[str], list[object]]
) -> None:
    def script(request: Received) -> Reply | Stream | None:
        is_fresh = request.line == "GET presence/stream" and request.token in sessions.fresh
        return Stream((snapshot("1"),), "wait") if is_fresh else None

    sessions = SessionScript(script)
    server = scripted(SlowRefresh(None, sessions))
    assert ask(server.url) == [EVERYBODY, ALICE] * 10
    assert server.lines.count("POST refresh") == 1
    assert server.lines.count("GET presence/stream") == 20


def test_closing_the_client_ends_a_watch_in_another_thread(
    scripted: Scripted, pauses: list[float]
) -> None:
    server = scripted(open_stream)
    client = GuestlistClient(server.url, TOKEN)
    seen: list[object] = []
    first = threading.Event()

    def watch() -> None:
        for each in client.watch_presence():
            seen.append(each)
            first.set()
        seen.append("the end")

    watching = threading.Thread(target=watch)
    watching.start()
    assert first.wait(5)
    assert client.get_me() == ALICE
    client.close()
    watching.join(5)
    assert seen == [EVERYBODY, "the end"]
    assert server.left.acquire(timeout=5)
    assert pauses == []


def test_a_watch_of_a_closed_client_is_an_error(scripted: Scripted) -> None:
    server = scripted(open_stream)
    client = GuestlistClient(server.url, TOKEN)
    client.close()
    with pytest.raises(RuntimeError, match="closed"):
        next(client.watch_presence())
    assert server.requests == []


class TestAnAsynchronousWatch:
    def run(self, scripted: Scripted, use: Callable[[AsyncGuestlistClient, Any], Any]) -> None:
        """Whatever the use leaves open, its connection is closed and nothing is warned of."""
        server = scripted(open_stream)

        async def use_it() -> None:
            async with AsyncGuestlistClient(server.url, TOKEN) as client:
                await use(client, server)

        asyncio.run(use_it(), debug=True)
        gc.collect()
        assert server.left.acquire(timeout=5)
        assert server.lines.count("GET presence/stream") == 1

    async def left(self, server: ScriptedServer) -> bool:
        return await asyncio.to_thread(server.left.acquire, timeout=5)

    def test_is_closed_by_leaving_its_loop(self, scripted: Scripted) -> None:
        async def use(client: AsyncGuestlistClient, server: ScriptedServer) -> None:
            async for each in client.watch_presence():
                assert each == EVERYBODY
                break
            assert await self.left(server)
            server.left.release()

        self.run(scripted, use)

    def test_is_closed_by_aclose(self, scripted: Scripted) -> None:
        async def use(client: AsyncGuestlistClient, server: ScriptedServer) -> None:
            presence = client.watch_presence()
            assert await anext(presence) == EVERYBODY
            assert not server.left.acquire(blocking=False)
            await presence.aclose()
            assert await self.left(server)
            server.left.release()
            assert [each async for each in presence] == []

        self.run(scripted, use)

    @pytest.mark.parametrize("cancel", ["task", "timeout"])
    def test_is_closed_by_cancelling_its_task(self, scripted: Scripted, cancel: str) -> None:
        async def use(client: AsyncGuestlistClient, server: ScriptedServer) -> None:
            has_begun = asyncio.Event()

            async def watch() -> None:
                async for _ in client.watch_presence():
                    has_begun.set()

            watching = asyncio.create_task(watch())
            await has_begun.wait()
            assert await client.get_me() == ALICE
            if cancel == "timeout":
                with pytest.raises(asyncio.TimeoutError):
                    await asyncio.wait_for(watching, 0.01)
            else:
                watching.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await watching
            assert await self.left(server)
            server.left.release()
            assert await client.get_me() == ALICE

        self.run(scripted, use)

    def test_ends_when_the_client_is_closed(self, scripted: Scripted, pauses: list[float]) -> None:
        async def use(client: AsyncGuestlistClient, _: ScriptedServer) -> None:
            has_begun = asyncio.Event()

            async def watch() -> None:
                async for _ in client.watch_presence():
                    has_begun.set()

            watching = asyncio.create_task(watch())
            await has_begun.wait()
            await client.aclose()
            await asyncio.wait_for(watching, 5)

        self.run(scripted, use)
        assert pauses == []

    def test_that_nobody_closes_ends_with_the_loop(self, scripted: Scripted) -> None:
        kept: list[object] = []

        async def use(client: AsyncGuestlistClient, _: ScriptedServer) -> None:
            presence = client.watch_presence()
            kept.append(presence)
            assert await anext(presence) == EVERYBODY

        self.run(scripted, use)

    def test_can_be_cancelled_in_its_pause(
        self, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        is_pausing = asyncio.Event()

        async def wait(_: float) -> None:
            is_pausing.set()
            await asyncio.Event().wait()

        monkeypatch.setattr("guestlist._async_transport.sleep", wait)
        server = scripted(lambda _: "hang up")

        async def use() -> None:
            async with AsyncGuestlistClient(server.url, TOKEN) as client:
                watching = asyncio.create_task(anext(client.watch_presence()))
                await is_pausing.wait()
                watching.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await watching

        asyncio.run(use(), debug=True)
        gc.collect()
        assert len(server.requests) == 1
