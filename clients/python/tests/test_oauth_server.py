"""Signing in through a provider: the server, and a provider in a process of its own."""

import asyncio
import re
import subprocess
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from clients import Connect, failure
from real_server import NODE
from seed_page import REPOSITORY
from test_readme import BLOCKS

from guestlist.testing import GuestlistServer, start_guestlist


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    command = [NODE, "tests/helpers/oauth-provider-process.ts"]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            found = re.search(r"listening on (\S+)", process.stdout.readline())
            assert found is not None
            yield found[1]
        finally:
            process.kill()


@pytest.fixture(scope="module")
def guestlist(provider: str) -> Iterator[GuestlistServer]:
    settings = {
        "OAUTH_GOOD_CLIENT_ID": "guestlist",
        "OAUTH_GOOD_CLIENT_SECRET": "secret of guestlist: 100 % & more",
        "OAUTH_GOOD_ISSUER": f"{provider}/good",
    }
    with start_guestlist(REPOSITORY, settings=settings) as server:
        yield server


def visit(authorization_url: str, server: str) -> str:
    """The code that a browser comes back with, which goes to the provider and back."""
    with httpx.Client(trust_env=False) as browser:
        callback = httpx.URL(browser.get(authorization_url).headers["location"])
        back = browser.get(f"{server}{callback.raw_path.decode()}")
    assert back.status_code == 303
    return httpx.URL(back.headers["location"]).params["oauth_code"]


def test_somebody_joins_signs_in_and_is_refused_the_last_way(
    connect: Connect, kind: str, provider: str, guestlist: GuestlistServer
) -> None:
    httpx.post(f"{provider}/good/person", json={"sub": kind}, trust_env=False)
    return_to = "http://localhost:8000/"
    client = connect(guestlist.url)
    assert client.list_oauth_providers() == [{"name": "good", "label": "Good"}]
    invite = guestlist.mint_invite()
    start = client.login_with_oauth("good", return_to=return_to, invite_code=invite)
    joined = client.complete_oauth(visit(start["authorizationUrl"], guestlist.url))
    assert client.get_account()["email"] is None

    other = connect(guestlist.url)
    start = other.login_with_oauth("good", return_to=return_to)
    code = visit(start["authorizationUrl"], guestlist.url)
    assert other.complete_oauth(code, flow_secret=start["flowSecret"])["user"] == joined["user"]
    assert failure(lambda: other.complete_oauth(code)).code == "oauth_flow_invalid"

    (account,) = other.list_oauth_accounts()
    error = failure(lambda: other.unlink_oauth_account(account["id"]))
    assert error.code == "last_sign_in_method"
    name = f"{kind}@example.com"
    other.change_email(email=name)
    other.change_password(new_password="a few secure words")
    other.unlink_oauth_account(account["id"])
    assert other.list_oauth_accounts() == []

    start = other.link_oauth_account("good", return_to=return_to)
    other.complete_oauth(visit(start["authorizationUrl"], guestlist.url))
    assert len(other.list_oauth_accounts()) == 1


def test_the_web_application_of_the_readme_lets_people_in(
    provider: str, guestlist: GuestlistServer
) -> None:
    httpx.post(f"{provider}/good/person", json={"sub": "reader"}, trust_env=False)
    (block,) = [block for block in BLOCKS if "login_with_oauth" in block]
    scope: dict[str, Any] = {}
    source = f"from guestlist import GuestlistClient\n{block}"
    exec(source.replace("http://localhost:3000", guestlist.url), scope)

    async def browse(invite: str) -> httpx.Response:
        transport = httpx.ASGITransport(scope["app"])
        async with httpx.AsyncClient(
            transport=transport, base_url="https://app.example"
        ) as browser:
            away = await browser.get("/sign-in/good", params={"invite_code": invite})
            code = visit(away.headers["location"], guestlist.url)
            return await browser.get("/welcome", params={"oauth_code": code})

    welcome = asyncio.run(browse(guestlist.mint_invite()))
    assert welcome.status_code == 200
    assert list(welcome.json()) == ["hello"]
