"""The example application, run by uvicorn as its first lines say, with a real server beside it."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from real_server import free_ports
from seed_page import REPOSITORY

from guestlist.testing import GuestlistServer, start_guestlist

EXAMPLE = REPOSITORY / "clients" / "python" / "examples" / "fastapi"


@pytest.fixture(scope="module")
def guestlist_server() -> Iterator[GuestlistServer]:
    with start_guestlist(REPOSITORY) as server:
        yield server


@pytest.fixture(scope="module")
def application(guestlist_server: GuestlistServer) -> Iterator[httpx.Client]:
    (port,) = free_ports(1)
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "app:app", "--port", str(port), "--log-level", "error"],
        cwd=EXAMPLE,
        env={**os.environ, "GUESTLIST_URL": guestlist_server.url},
    )
    try:
        with closing(httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False)) as client:
            wait_until_it_answers(client, process)
            yield client
    finally:
        process.terminate()
        process.wait(15)


def wait_until_it_answers(client: httpx.Client, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            client.get("/messages")
            return
        except httpx.TransportError:
            time.sleep(0.02)
    raise AssertionError("the application did not start")


def headers_of(token: str | None) -> dict[str, str]:
    return {} if token is None else {"Authorization": f"Bearer {token}"}


def forge(token: str) -> str:
    """The same header and claims, signed with another key."""
    header = jwt.get_unverified_header(token)
    claims = jwt.decode(token, options={"verify_signature": False})
    return jwt.encode(claims, ec.generate_private_key(ec.SECP256R1()), "ES256", header)


def test_people_of_the_server_write_under_their_own_id(
    application: httpx.Client, guestlist_server: GuestlistServer
) -> None:
    alice = guestlist_server.login_as("alice")
    headers = headers_of(alice.token)
    written = application.post("/messages", headers=headers, json={"text": "Hello"})
    assert written.status_code == 201
    assert written.json() == {"text": "Hello", "user_id": alice.get_me()["id"]}
    bob = guestlist_server.login_as("bob")
    assert written.json() in application.get("/messages", headers=headers_of(bob.token)).json()
    assert application.post("/messages", headers=headers, json={"text": ""}).status_code == 422


def test_whoever_brings_no_token_or_a_forged_one_is_refused_and_writes_nothing(
    application: httpx.Client, guestlist_server: GuestlistServer
) -> None:
    token = guestlist_server.login_as("carol").token
    assert token is not None
    before = application.get("/messages", headers=headers_of(token)).json()
    bad = {None: "token_missing", "forged": "token_invalid", forge(token): "token_invalid"}
    for each, code in bad.items():
        answer = application.post("/messages", headers=headers_of(each), json={"text": "Hello"})
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["www-authenticate"].startswith('Bearer realm="guestlist"')
        assert answer.json()["code"] == code
    assert application.get("/messages", headers=headers_of(token)).json() == before
