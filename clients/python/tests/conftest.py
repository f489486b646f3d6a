import base64
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from clients import PASSWORD, Blocking, Connect, make_client
from real_server import RealServer, free_ports
from scripted_server import Script, ScriptedServer
from seed_page import python_blocks, substituted
from verifiers import Check, Verify, make_verifier

from guestlist import GuestlistClient, SignInResult

pytest_plugins = ["pytester"]


@pytest.fixture(scope="session", autouse=True)
def local_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No proxy, and no certificates: reading them all for each client costs more than the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_PROXY", "127.0.0.1,localhost")
        patch.delenv("SSL_CERT_FILE", raising=False)
        patch.setenv("SSL_CERT_DIR", str(tmp_path_factory.mktemp("certificates")))
        yield


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that clients would have waited before they sent a request again."""
    pauses: list[float] = []

    async def note(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr("guestlist._transport.sleep", pauses.append)
    monkeypatch.setattr("guestlist._async_transport.sleep", note)
    return pauses


@pytest.fixture(params=["sync", "async"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def connect(kind: str) -> Iterator[Connect]:
    """Makes clients, of the one kind and of the other, and closes them."""
    clients: list[GuestlistClient] = []

    def connect(*arguments: Any, **options: Any) -> GuestlistClient:
        clients.append(make_client(kind, *arguments, **options))
        return clients[-1]

    yield connect
    for client in clients:
        client.close()


@pytest.fixture
def verify(kind: str) -> Iterator[Verify]:
    """Makes verifiers, of the one kind and of the other."""
    verifiers: list[Any] = []

    def make(*arguments: Any, **options: Any) -> Check:
        verifiers.append(make_verifier(kind, *arguments, **options))
        check: Check = verifiers[-1].verify
        return check

    yield make
    for verifier in verifiers:
        if isinstance(verifier, Blocking):
            verifier.close()


@pytest.fixture
def scripted() -> Iterator[Callable[[Script], ScriptedServer]]:
    """Starts servers that answer as the test says."""
    servers: list[ScriptedServer] = []

    def start(script: Script) -> ScriptedServer:
        servers.append(ScriptedServer(script))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RealServer, RealServer]]:
    """Two servers on one data file: the tokens of the second live for one second."""
    database = tmp_path_factory.mktemp("data") / "guestlist.db"
    port, hasty_port = free_ports(2)
    public_url = f"http://127.0.0.1:{port}"
    server = RealServer.start(database, port, PUBLIC_URL=public_url)
    hasty = RealServer.start(database, hasty_port, PUBLIC_URL=public_url, TOKEN_TTL="1s")
    try:
        server.wait_until_ready()
        hasty.wait_until_ready()
        server.mint("--code", "ABC123", "--uses", "unlimited", "--expires", "never")
        yield server, hasty
    finally:
        hasty.stop()
        server.stop()


@pytest.fixture(scope="session")
def server(servers: tuple[RealServer, RealServer]) -> RealServer:
    return servers[0]


@pytest.fixture(scope="session")
def invite_codes(server: RealServer) -> Iterator[str]:
    """Codes for one account each."""
    return iter(server.mint("--count", "30"))


@pytest.fixture(scope="session")
def alice(server: RealServer) -> SignInResult:
    """What the seed page's own block for registering answers."""
    with GuestlistClient(server.url) as client:
        scope: dict[str, Any] = {"client": client}
        exec(substituted(python_blocks()["register"]), scope)
    result: SignInResult = scope["result"]
    assert scope["token"] == result["token"]
    return result


@pytest.fixture(scope="session")
def expired_tokens(alice: SignInResult, servers: tuple[RealServer, RealServer]) -> Iterator[str]:
    """Tokens of Alice that have expired, each of a session of its own that lives."""

    def log_in(_: int) -> str:
        with GuestlistClient(servers[1].url) as client:
            return client.login(email="alice@example.com", password=PASSWORD)["token"]

    with ThreadPoolExecutor(4) as pool:
        tokens = list(pool.map(log_in, range(7)))
    time.sleep(max(0, max(map(_expiry, tokens)) + 0.05 - time.time()))
    return iter(tokens)


@pytest.fixture
def expired_token(expired_tokens: Iterator[str]) -> str:
    return next(expired_tokens)


def _expiry(token: str) -> float:
    payload = token.split(".")[1]
    return float(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["exp"])
