"""The Python client, the TypeScript client and curl see the same people come and go."""

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from real_server import NODE
from seed_page import REPOSITORY

from guestlist.testing import GuestlistServer, start_guestlist

BUILT_CLIENT = REPOSITORY / "clients" / "typescript" / "dist" / "index.js"
SECONDS_TO_SEE = 20


class Watcher:
    """Notes what a thread of its own is told."""

    def __init__(self, events: Iterable[Any]) -> None:
        self._seen: list[dict[str, Any]] = []
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._note, args=[events])
        self._thread.start()

    def _note(self, events: Iterable[Any]) -> None:
        for event in events:
            with self._news:
                self._seen.append(event)
                self._news.notify_all()

    def snapshot(self) -> list[str]:
        """Everybody of whom it was told first."""
        with self._news:
            assert self._news.wait_for(lambda: self._seen, SECONDS_TO_SEE)
        assert self._seen[0]["type"] == "snapshot"
        user_ids: list[str] = self._seen[0]["userIds"]
        return user_ids

    def changes_of(self, user_id: str, count: int) -> list[tuple[str, str]]:
        """What somebody did, once it is so many things."""

        def changes() -> list[tuple[str, str]]:
            return [
                (each["type"], each["at"]) for each in self._seen if each.get("userId") == user_id
            ]

        with self._news:
            self._news.wait_for(lambda: len(changes()) >= count, SECONDS_TO_SEE)
            return changes()

    def join(self) -> None:
        self._thread.join(SECONDS_TO_SEE)
        assert not self._thread.is_alive()


def read_curl(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The events as they stand in the stream, of which every line is known."""
    kind = ""
    for line in lines:
        name, _, value = line.rstrip("\n").partition(": ")
        assert name in ("id", "event", "data", "")
        if name == "event":
            kind = value
        elif name == "data":
            event = json.loads(value)
            assert event.pop("hasMore", False) is False
            yield {"type": kind, **event}


def run(cleanup: ExitStack, command: list[str], stdin: str = "", **settings: str) -> Any:
    process = cleanup.enter_context(
        subprocess.Popen(
            command,
            env={**os.environ, **settings},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
    )
    cleanup.callback(process.terminate)
    assert process.stdin is not None
    process.stdin.write(stdin)
    process.stdin.close()
    return process


@pytest.fixture(scope="module")
def typescript_client() -> Path:
    """Whoever runs these tests alone has perhaps not built it."""
    if not BUILT_CLIENT.exists():
        npm = shutil.which("npm")
        assert npm is not None
        subprocess.run([npm, "run", "--silent", "build:client"], cwd=REPOSITORY, check=True)
    return BUILT_CLIENT


@pytest.fixture
def guestlist() -> Iterator[GuestlistServer]:
    with start_guestlist(REPOSITORY) as server:
        yield server


def token_of(name: str, guestlist: GuestlistServer) -> str:
    token = guestlist.login_as(name).token
    assert token is not None
    return token


@pytest.mark.skipif(
    shutil.which("curl") is None and os.environ.get("CI") != "true",
    reason="there is no curl on this machine",
)
def test_three_watchers_see_the_same(guestlist: GuestlistServer, typescript_client: Path) -> None:
    assert typescript_client.exists()
    bob = guestlist.login_as("bob")
    bob_id = bob.get_me()["id"]
    bob.disconnect()
    alice = guestlist.login_as("alice")
    url = f"{guestlist.url}/api/auth/presence/stream"
    authorization = f"Authorization: Bearer {token_of('carol', guestlist)}\n"
    script = str(Path(__file__).with_name("watch_presence.mjs"))
    settings = {"GUESTLIST_URL": guestlist.url, "GUESTLIST_TOKEN": token_of("dan", guestlist)}
    steps: list[Callable[[], object]] = [
        bob.get_me,
        bob.disconnect,
        bob.get_me,
        lambda: guestlist.clock.advance(61),
    ]
    with ExitStack() as cleanup:

        def watch(events: Iterable[Any], stop: Callable[[], object]) -> Watcher:
            watcher = Watcher(events)
            cleanup.callback(watcher.join)
            cleanup.callback(stop)
            return watcher

        curl = run(cleanup, ["curl", "-sN", "-H", "@-", url], authorization)
        typescript = run(cleanup, [NODE, script], **settings)
        watchers = [
            watch(alice.watch_presence(), alice.close),
            watch(read_curl(curl.stdout), curl.terminate),
            watch(map(json.loads, typescript.stdout), typescript.terminate),
        ]
        for watcher in watchers:
            assert bob_id not in watcher.snapshot()
        for count, step in enumerate(steps, 1):
            step()
            assert [len(each.changes_of(bob_id, count)) for each in watchers] == [count] * 3
    seen = [watcher.changes_of(bob_id, len(steps)) for watcher in watchers]
    assert [kind for kind, _ in seen[0]] == ["online", "offline", "online", "offline"]
    assert seen[0] == seen[1] == seen[2]
