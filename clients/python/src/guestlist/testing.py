"""For an application's own tests: the real server, on a free port, with a clock to move.

It is started from a checkout of Guestlist (Node comes with it), keeps its data in a temporary file,
and ends with the tests, however they end. `guestlist.pytest_plugin` makes a fixture of it.
"""

import os
import threading
import time
from collections.abc import Mapping
from types import TracebackType

from ._checkout import find_checkout
from ._client import GuestlistClient
from ._test_process import TestProcess

__all__ = ["PASSWORD", "Clock", "GuestlistServer", "start_guestlist"]

PASSWORD = "a long password for tests"
"""The password of everybody whom `GuestlistServer.login_as` registers."""


class Clock:
    """The server's clock. It runs on from where it was moved, and only ahead."""

    def __init__(self, process: TestProcess) -> None:
        self._process = process
        self._moved_ms = 0

    def now(self) -> float:
        """Seconds since 1970 in UTC: for a verifier, ``TokenVerifier(..., now=clock.now)``."""
        return time.time() + self._moved_ms / 1000

    def advance(self, seconds: float) -> None:
        """Makes tokens, invites and sessions so much older.

        Raises:
            ValueError: The seconds are negative or too many; the clock stays.
        """
        moved_ms = round(seconds * 1000)
        self._process.order(advanceMs=moved_ms)
        self._moved_ms += moved_ms


class GuestlistServer:
    """A running server. `stop` ends it and closes the clients that it made; so does ``with``."""

    url: str
    """Where it is, such as ``http://127.0.0.1:41723``."""
    issuer: str
    """What its tokens name as ``iss``: for a verifier."""
    audience: str
    """What its tokens name as ``aud``."""
    clock: Clock

    def __init__(self, process: TestProcess) -> None:
        self._process = process
        self._clients: list[GuestlistClient] = []
        self._people: set[str] = set()
        self._lock = threading.Lock()
        self.url = process.ready["url"]
        self.issuer = process.ready["issuer"]
        self.audience = process.ready["audience"]
        self.clock = Clock(process)

    @property
    def log(self) -> str:
        """What the server has logged: errors only, unless ``LOG_LEVEL`` says otherwise."""
        return self._process.log

    def login_as(self, name: str) -> GuestlistClient:
        """A client in which this person is signed in, in a session of its own.

        Registers them at the first call, as ``<name>@example.com`` with `PASSWORD`.

        Args:
            name: A username: 3 to 32 of ``a-z 0-9 _ . -``.
        """
        client = GuestlistClient(self.url)
        with self._lock:
            self._clients.append(client)
            email = f"{name}@example.com"
            if name in self._people:
                client.login(email=email, password=PASSWORD)
            else:
                code = self.mint_invite()
                client.register(email=email, password=PASSWORD, username=name, invite_code=code)
                self._people.add(name)
        return client

    def mint_invite(self, uses: int | None = 1, code: str | None = None) -> str:
        """The code of a new invite, good for 7 days.

        Args:
            uses: How many people may register with it; None for any number.
            code: 3 to 64 letters, digits and dashes; random when left out.

        Raises:
            ValueError: The code exists already, or an argument cannot be used.
        """
        mint = {"uses": uses} if code is None else {"uses": uses, "code": code}
        return str(self._process.order(mint=mint)["code"])

    def stop(self) -> None:
        """Ends the server and takes its data file away. Safe to call twice."""
        for client in self._clients:
            client.close()
        self._process.stop()

    def __enter__(self) -> "GuestlistServer":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()


def start_guestlist(
    server: str | os.PathLike[str] | None = None, *, settings: Mapping[str, str] | None = None
) -> GuestlistServer:
    """Starts the server and waits until it is ready.

    It differs from the one that people use in its clock, in cheap hashes, and in that addresses
    have no limits unless ``RATE_LIMITS`` is ``on``.

    Args:
        server: The folder of a Guestlist checkout. When left out, the environment variable
            ``GUESTLIST_SERVER`` names it, or it is the checkout that this package lies in.
        settings: The server's settings, such as ``{"TOKEN_TTL": "1m"}``. The environment's own do
            not reach it.

    Raises:
        FileNotFoundError: There is no such checkout; the message says what to set.
        RuntimeError: It did not start; the message holds its log.
    """
    return GuestlistServer(TestProcess(find_checkout(server), settings or {}))
