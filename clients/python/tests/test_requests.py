"""What is sent, and what is refused before anything is."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from clients import Connect, failure, make_client
from scripted_server import (
    ALICE,
    NO_CONTENT,
    Answer,
    Received,
    Reply,
    Script,
    ScriptedServer,
    make_token,
    ok,
)

from guestlist import AsyncGuestlistClient, GuestlistClient

Scripted = Callable[[Script], ScriptedServer]


@pytest.mark.parametrize(
    "segment",
    ["", ".", "..", "a/b", "../me", "a?b", "a#b", "a\\b", "a\nb", "\0", "\x7f", "\x85", "\ud800"],
)
def test_an_id_that_could_reach_another_path_is_refused_before_anything_is_sent(
    connect: Connect, scripted: Scripted, segment: str
) -> None:
    server = scripted(lambda _: NO_CONTENT)
    client = connect(server.url, make_token())
    for call in (
        client.get_user_profile,
        client.unlink_oauth_account,
        client.end_session,
        client.delete_bot,
        client.rotate_bot_token,
    ):
        with pytest.raises(ValueError, match=r"^the id must"):
            call(segment)
    with pytest.raises(TypeError, match=r"^the id must"):
        client.get_user_profile(None)  # type: ignore[arg-type]
    assert server.requests == []


def test_any_other_id_is_sent_as_one_encoded_segment(connect: Connect, scripted: Scripted) -> None:
    server = scripted(lambda _: ok(ALICE))
    client = connect(server.url, make_token())
    sent = {
        "user-id": "user-id",
        "a b": "a%20b",
        "%2e%2e": "%252e%252e",
        "...": "...",
        "ü&=+": "%C3%BC%26%3D%2B",
        "a;b:c@d": "a%3Bb%3Ac%40d",
    }
    for segment in sent:
        client.get_user_profile(segment)
    assert [request.path for request in server.requests] == [
        f"/api/auth/users/{segment}" for segment in sent.values()
    ]


def test_the_token_goes_only_where_it_is_needed(connect: Connect, scripted: Scripted) -> None:
    server = scripted(lambda request: ok(ALICE) if request.method == "GET" else NO_CONTENT)
    client = connect(server.url, make_token())
    client.get_me()
    client.disconnect()
    client.get_config()
    client.reset_password(code="R", password="secure-password")
    assert [request.token for request in server.requests] == [make_token()] * 2 + [None] * 2
    connections = [request.headers.get("guestlist-connection") for request in server.requests]
    assert connections[0] == connections[1]
    assert connections[2:] == [None, None]


def test_each_client_is_a_connection_of_its_own(connect: Connect, scripted: Scripted) -> None:
    server = scripted(lambda _: ok(ALICE))
    for _ in range(2):
        connect(server.url, make_token()).get_me()
    one, other = (request.headers["guestlist-connection"] for request in server.requests)
    assert one != other
    assert len(one) == 32


def test_the_client_says_what_it_is(connect: Connect, scripted: Scripted) -> None:
    server = scripted(lambda _: ok(ALICE))
    connect(server.url).get_config()
    assert server.requests[0].headers["user-agent"] == "guestlist-client-python/0.1.0"
    assert server.requests[0].headers["accept"] == "application/json"


@pytest.mark.parametrize(
    ("end", "path"),
    [("", ""), ("/", ""), ("//", ""), ("/auth-server", "/auth-server"), ("/a/", "/a")],
)
def test_a_slash_at_the_end_of_the_address_does_not_matter(
    connect: Connect, scripted: Scripted, end: str, path: str
) -> None:
    server = scripted(lambda _: ok(ALICE))
    connect(server.url + end).get_config()
    assert server.requests[0].path == f"{path}/api/auth/config"


@pytest.mark.parametrize(
    "base_url",
    [
        "",
        "localhost:3000",
        "/api",
        "ftp://example.com",
        "https://u:secret@example.com",
        "http://",
        "http://a/?secret",
        "http://a/#secret",
        "http://a/?",
        "http://a:secret/",
        "http://a\n/secret",
        None,
        7,
    ],
)
def test_an_address_that_no_request_can_go_to_is_refused_and_not_repeated(
    kind: str, base_url: Any
) -> None:
    with pytest.raises(ValueError, match=r"^base_url must") as caught:
        make_client(kind, base_url)
    assert "secret" not in repr(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("error", "options"),
    [
        (ValueError, {"timeout": 0}),
        (ValueError, {"timeout": -1}),
        (ValueError, {"timeout": float("inf")}),
        (ValueError, {"timeout": float("nan")}),
        (ValueError, {"timeout": "30s"}),
        (ValueError, {"timeout": None}),
        (ValueError, {"timeout": True}),
        (ValueError, {"max_retries": -1}),
        (ValueError, {"max_retries": 1.5}),
        (ValueError, {"max_retries": True}),
        (ValueError, {"max_retries": None}),
        (ValueError, {"token": ""}),
        (ValueError, {"token": "se\ncret"}),
        (ValueError, {"token": 7}),
        (TypeError, {"storage": {}}),
        (TypeError, {"http_client": 7}),
    ],
)
def test_an_option_that_cannot_be_used_is_refused(
    kind: str, error: type[Exception], options: dict[str, Any]
) -> None:
    with pytest.raises(error, match=next(iter(options))) as caught:
        make_client(kind, "http://localhost:3000", **options)
    assert "cret" not in repr(caught.value)


def test_a_given_http_client_stays_open(scripted: Scripted) -> None:
    server = scripted(lambda _: ok(ALICE))
    with httpx.Client() as http:
        with GuestlistClient(server.url, http_client=http) as client:
            assert client.get_me() == ALICE
        assert not http.is_closed
        assert GuestlistClient(server.url, http_client=http).get_me() == ALICE


def test_a_given_asynchronous_http_client_stays_open(scripted: Scripted) -> None:
    server = scripted(lambda _: ok(ALICE))

    async def ask() -> None:
        async with httpx.AsyncClient() as http:
            async with AsyncGuestlistClient(server.url, http_client=http) as client:
                assert await client.get_me() == ALICE
            assert not http.is_closed
            assert await AsyncGuestlistClient(server.url, http_client=http).get_me() == ALICE

    asyncio.run(ask())


def test_an_http_client_of_its_own_is_closed(scripted: Scripted) -> None:
    server = scripted(lambda _: ok(ALICE))
    with GuestlistClient(server.url) as client:
        client.get_me()
    with pytest.raises(RuntimeError, match="closed"):
        client.get_me()


def test_the_settings_of_a_given_http_client_do_not_lead_requests_astray(
    scripted: Scripted,
) -> None:
    def answer(request: Received) -> Answer:
        time.sleep(0.05)
        if request.line == "GET config":
            return Reply(307, headers={"Location": elsewhere.url})
        return ok(ALICE)

    elsewhere = scripted(lambda _: ok(ALICE))
    server = scripted(answer)
    settings: dict[str, Any] = {"base_url": elsewhere.url, "auth": ("user", "secret")}
    with httpx.Client(**settings, follow_redirects=True, timeout=0.01) as http:
        client = GuestlistClient(server.url, make_token(), http_client=http)
        assert client.get_me() == ALICE
        assert failure(client.get_config).code == "invalid_answer"
    assert elsewhere.requests == []
    assert [request.token for request in server.requests] == [make_token(), None]
