"""Where the token is kept, and what happens when it cannot be."""

from collections.abc import Callable

import pytest
from clients import Connect
from scripted_server import ALICE, NO_CONTENT, Script, ScriptedServer, SessionScript, make_token, ok

from guestlist import MemoryStorage, TokenStorage

Scripted = Callable[[Script], ScriptedServer]
TOKEN = make_token()


class Broken(MemoryStorage):
    """Fails in the named methods."""

    def __init__(self, *failing: str) -> None:
        super().__init__()
        self.failing = set(failing)

    def _fail_in(self, name: str) -> None:
        if name in self.failing:
            raise OSError("the disk is full")

    def get(self) -> str | None:
        self._fail_in("get")
        return super().get()

    def set(self, token: str, /) -> None:
        self._fail_in("set")
        super().set(token)

    def remove(self) -> None:
        self._fail_in("remove")
        super().remove()


def test_the_token_of_a_login_is_sent_from_then_on(connect: Connect, scripted: Scripted) -> None:
    server = scripted(lambda _: ok({"token": TOKEN, "user": ALICE}))
    client = connect(server.url)
    client.get_me()
    client.login(email="a", password="b")
    client.get_me()
    assert [request.token for request in server.requests] == [None, None, TOKEN]


def test_a_token_is_found_in_the_storage_and_given_ones_replace_it(connect: Connect) -> None:
    storage: TokenStorage = MemoryStorage()
    storage.set(TOKEN)
    assert connect("http://localhost", storage=storage).token == TOKEN
    other = make_token(sub="bob")
    assert connect("http://localhost", other, storage=storage).token == other
    assert storage.get() == other


def test_something_else_in_the_storage_is_not_sent_as_a_token(connect: Connect) -> None:
    storage = MemoryStorage()
    storage.set("two\nlines")
    assert connect("http://localhost", storage=storage).token is None


@pytest.mark.parametrize("failing", [("get", "set", "remove"), ("set", "remove"), ("remove",)])
def test_a_storage_that_fails_breaks_nothing(
    connect: Connect, scripted: Scripted, failing: tuple[str, ...]
) -> None:
    server = scripted(SessionScript())
    client = connect(server.url, TOKEN, storage=Broken(*failing))
    client.get_me()
    client.get_me()
    assert server.lines == ["GET me", "POST refresh", "GET me", "GET me"]
    client.logout()
    assert client.token is None


def test_a_storage_that_recovers_is_used_again(connect: Connect, scripted: Scripted) -> None:
    storage = Broken("set")
    client = connect(scripted(SessionScript()).url, TOKEN, storage=storage)
    client.get_me()
    assert storage.get() is None
    storage.failing.clear()
    assert client.refresh_token()["token"] == storage.get()


def test_two_clients_with_one_storage_share_the_session(
    connect: Connect, scripted: Scripted
) -> None:
    storage = MemoryStorage()
    server = scripted(lambda r: NO_CONTENT if r.line == "POST logout" else ok({"token": TOKEN}))
    one, other = connect(server.url, storage=storage), connect(server.url, storage=storage)
    one.login(email="a", password="b")
    assert other.token == TOKEN
    other.logout()
    assert one.token is None
