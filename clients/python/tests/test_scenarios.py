"""The scenarios that every client replays, by both clients of this package."""

import itertools
import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
import pytest
from clients import Connect, failure
from seed_page import REPOSITORY

from guestlist import GuestlistClient
from guestlist.testing import PASSWORD, GuestlistServer, start_guestlist

SCENARIOS = json.loads((REPOSITORY / "clients/contract/scenarios.json").read_text())["scenarios"]
NUMBERS = itertools.count()


@pytest.fixture(scope="module")
def guestlist_server() -> Iterator[GuestlistServer]:
    with start_guestlist(REPOSITORY) as server:
        yield server


def snake_case(name: str) -> str:
    return re.sub("(?<=[a-z])(?=[A-Z])", "_", name.replace("OAuth", "Oauth")).lower()


def fill_in(value: Any, server: GuestlistServer) -> Any:
    """The value with its placeholders filled in."""
    if isinstance(value, dict):
        return {key: fill_in(each, server) for key, each in value.items()}
    if isinstance(value, list):
        return [fill_in(each, server) for each in value]
    if not isinstance(value, str):
        return value
    if value == "{invite}":
        return server.mint_invite()
    if value == "{used-up invite}":
        return use_up(server)
    if "{bob}" in value:
        return value.replace("{bob}", server.login_as("bob").get_me()["id"])
    return value.replace("{password}", PASSWORD)


def use_up(server: GuestlistServer) -> str:
    code = server.mint_invite()
    name = f"guest{next(NUMBERS)}"
    with GuestlistClient(server.url) as client:
        client.register(
            email=f"{name}@example.com", password=PASSWORD, username=name, invite_code=code
        )
    return code


def token_of(who: str, name: str, server: GuestlistServer) -> str | None:
    alice = server.login_as("alice")
    token = (server.login_as(name) if who == "newcomer" else alice).token
    assert token is not None
    if who == "nobody":
        return None
    if who == "forged":
        head, claims, signature = token.split(".")
        return f"{head}.{claims}.{signature[::-1]}"
    if who == "signed out":
        alice.logout()
    return token


def matches(value: Any, shape: Any) -> bool:
    if isinstance(shape, dict):
        is_complete = isinstance(value, dict) and value.keys() == shape.keys()
        return is_complete and all(matches(value[key], each) for key, each in shape.items())
    if isinstance(shape, list):
        return isinstance(value, list) and all(matches(each, shape[0]) for each in value if shape)
    if shape.endswith(" or null"):
        return value is None or matches(value, shape.removesuffix(" or null"))
    if shape == "uuid":
        return isinstance(value, str) and str(UUID(value)) == value
    if shape == "time":
        return datetime.fromisoformat(value.replace("Z", "+00:00")).tzinfo is not None
    if shape == "token":
        return isinstance(value, str) and value.count(".") == 2
    if shape == "nothing":
        return value is None
    kinds = {"string": str, "number": int, "boolean": bool}
    return isinstance(value, kinds[shape]) and (shape != "number" or not isinstance(value, bool))


def make_http_client(kind: str, seen: list[str]) -> Any:
    def note(response: httpx.Response) -> None:
        request = response.request
        seen.append(f"{request.method} {request.url.path} {response.status_code}")

    async def note_later(response: httpx.Response) -> None:
        note(response)

    # No connection is kept, so there is nothing to close.
    limits = httpx.Limits(max_keepalive_connections=0)
    if kind == "sync":
        return httpx.Client(event_hooks={"response": [note]}, limits=limits)
    return httpx.AsyncClient(event_hooks={"response": [note_later]}, limits=limits)


@pytest.mark.parametrize("scenario", [pytest.param(each, id=each["name"]) for each in SCENARIOS])
def test_a_scenario(
    scenario: dict[str, Any], kind: str, connect: Connect, guestlist_server: GuestlistServer
) -> None:
    server = guestlist_server
    seen: list[str] = []
    name = f"guest{next(NUMBERS)}"
    prepared = json.loads(json.dumps(scenario).replace("{name}", name))
    arguments = fill_in(prepared.get("positional", []), server)
    options = {
        snake_case(key): value for key, value in fill_in(prepared.get("input", {}), server).items()
    }
    requests = [
        line.replace("{bob}", str(arguments[0]) if arguments else "")
        for line in prepared["requests"]
    ]
    token = token_of(prepared["as"], name, server)
    client = connect(server.url, token, http_client=make_http_client(kind, seen))
    server.clock.advance(prepared.get("advanceSeconds", 0))
    method = getattr(client, snake_case(prepared["operation"]))
    if "code" in prepared:
        error = failure(lambda: method(*arguments, **options))
        assert (error.code, error.status) == (prepared["code"], int(requests[-1].split()[-1]))
    else:
        answer = method(*arguments, **options)
        assert matches(answer, prepared["shape"]), answer
        if prepared["shape"] == []:
            assert answer == []
    assert seen == requests


def test_a_shape_is_told_from_others() -> None:
    shape = {"id": "uuid", "name": "string or null", "isBot": "boolean", "list": ["number"]}
    fine = {
        "id": "019363a5-7c00-7b3e-9d2f-4b1f0c8e6a57",
        "name": None,
        "isBot": True,
        "list": [1],
    }
    assert matches(fine, shape)
    for change in ({"name": 1}, {"isBot": 1}, {"list": ["1"]}, {"list": [True]}, {"more": 1}):
        assert not matches({**fine, **change}, shape)
