"""What applications use in their own tests: the real server with a clock to move."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import jwt
import pytest
from clients import Connect, failure
from forging import decode
from real_server import NODE
from seed_page import REPOSITORY
from verifiers import Verify

from guestlist import RateLimitError
from guestlist.testing import GuestlistServer, start_guestlist


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the servers of a test keep their files."""
    folder = tmp_path / "servers"
    folder.mkdir()
    return folder


@pytest.fixture
def guestlist(folder: Path) -> Iterator[GuestlistServer]:
    with start_guestlist(settings={"TMPDIR": str(folder)}) as server:
        yield server


def listens(url: str) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(url.rpartition(":")[2]))) == 0


def test_a_person_signs_in_by_name_and_is_the_same_each_time(guestlist: GuestlistServer) -> None:
    alice, again = guestlist.login_as("alice"), guestlist.login_as("alice")
    bob = guestlist.login_as("bob")
    assert alice.get_me() == again.get_me()
    assert alice.get_me()["username"] == "alice"
    assert alice.token != again.token
    assert bob.get_me()["id"] != alice.get_me()["id"]
    again.logout()
    assert alice.get_me()["username"] == "alice"


def test_invites_are_minted_for_as_many_as_the_test_says(
    connect: Connect, guestlist: GuestlistServer
) -> None:
    client = connect(guestlist.url)
    assert client.check_invite(guestlist.mint_invite())["usesLeft"] == 1
    assert client.check_invite(guestlist.mint_invite(uses=3))["usesLeft"] == 3
    assert guestlist.mint_invite(uses=None, code="ABC123") == "ABC123"
    assert client.check_invite("ABC123")["usesLeft"] is None
    for wrong in ({"code": "ABC123"}, {"code": "?"}, {"uses": 0}):
        with pytest.raises(ValueError, match=r"exists already|code|uses"):
            guestlist.mint_invite(**wrong)


def test_a_token_expires_when_the_clock_is_moved_and_the_client_refreshes(
    guestlist: GuestlistServer,
) -> None:
    alice = guestlist.login_as("alice")
    first = alice.token
    before = guestlist.clock.now()
    guestlist.clock.advance(900)
    assert 900 <= guestlist.clock.now() - before < 930
    assert alice.get_me()["username"] == "alice"
    assert alice.token != first
    with pytest.raises(ValueError, match="advanceMs"):
        guestlist.clock.advance(-1)
    assert guestlist.clock.now() > before + 900


def test_a_verifier_with_the_clock_follows_it(verify: Verify, guestlist: GuestlistServer) -> None:
    check = verify(guestlist.issuer, guestlist.audience, now=guestlist.clock.now)
    alice = guestlist.login_as("alice")
    old = alice.token
    assert check(old).user_id == alice.get_me()["id"]
    guestlist.clock.advance(931)
    assert failure(lambda: check(old)).code == "token_expired"
    alice.get_me()
    assert check(alice.token).expires_at > guestlist.clock.now()


def test_a_verifier_meets_a_rotated_key_without_refusing_anybody(
    verify: Verify, guestlist: GuestlistServer, folder: Path
) -> None:
    check = verify(guestlist.issuer, now=guestlist.clock.now)
    alice = guestlist.login_as("alice")
    assert alice.token is not None
    check(alice.token)
    (database,) = folder.glob("*/guestlist.db")
    environment = {**os.environ, "DATABASE_URL": f"file:{database}"}
    rotate = [NODE, "scripts/guestlist.ts", "keys", "rotate"]
    subprocess.run(rotate, cwd=REPOSITORY, env=environment, capture_output=True, check=True)
    old_key = jwt.get_unverified_header(alice.token)["kid"]
    guestlist.clock.advance(660)
    bob = guestlist.login_as("bob")
    assert bob.token is not None
    assert jwt.get_unverified_header(bob.token)["kid"] != old_key
    assert check(bob.token).user_id == bob.get_me()["id"]
    assert check(alice.token).user_id == alice.get_me()["id"]


def test_what_the_server_puts_off_for_long_is_raised_at_once(
    connect: Connect, folder: Path, pauses: list[float]
) -> None:
    settings = {"RATE_LIMITS": "on", "TMPDIR": str(folder)}
    with start_guestlist(settings=settings) as server:
        client = connect(server.url)
        for _ in range(10):
            assert failure(lambda: client.check_invite("NOBODY")).code == "invite_invalid"
        error = failure(lambda: client.check_invite("NOBODY"))
    assert isinstance(error, RateLimitError)
    assert error.retry_after is not None
    assert 10 < error.retry_after <= 60
    assert pauses == []


def test_settings_reach_the_server_and_those_of_the_application_do_not(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUBLIC_URL", "https://application.example")
    monkeypatch.setenv("DATABASE_URL", "postgres://application.example/people")
    settings = {"TOKEN_TTL": "1m", "AUDIENCE": "chat", "TMPDIR": str(folder)}
    with start_guestlist(settings=settings) as server:
        assert server.issuer == server.url
        assert server.audience == "chat"
        token = server.login_as("alice").token
        assert token is not None
        claims = decode(token.split(".")[1])
    assert 57 <= claims["exp"] - claims["iat"] <= 60
    assert claims["aud"] == "chat"


def test_nothing_is_left_of_a_server_that_was_stopped(folder: Path) -> None:
    server = start_guestlist(settings={"TMPDIR": str(folder)})
    client = server.login_as("alice")
    assert listens(server.url)
    assert len(list(folder.iterdir())) == 1
    server.stop()
    server.stop()
    assert not listens(server.url)
    assert list(folder.iterdir()) == []
    for call in (client.get_me, server.mint_invite):
        with pytest.raises(RuntimeError, match=r"closed|stopped"):
            call()


def test_nothing_is_left_of_a_server_whose_tests_were_killed(folder: Path) -> None:
    script = f"""
import time
from guestlist.testing import start_guestlist
print(start_guestlist(settings={{"TMPDIR": {str(folder)!r}}}).url, flush=True)
time.sleep(60)
"""
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True
    ) as tests:
        assert tests.stdout is not None
        url = tests.stdout.readline().strip()
        assert listens(url)
        tests.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 10
    while (listens(url) or list(folder.iterdir())) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not listens(url)
    assert list(folder.iterdir()) == []


def test_a_server_that_does_not_start_shows_its_log_and_leaves_nothing(folder: Path) -> None:
    with pytest.raises(RuntimeError, match="TOKEN_TTL must be"):
        start_guestlist(settings={"TOKEN_TTL": "soon", "TMPDIR": str(folder)})
    assert list(folder.iterdir()) == []


def test_where_the_server_is_can_be_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FileNotFoundError, match=r"^server must be the folder of a Guestlist"):
        start_guestlist(tmp_path)
    monkeypatch.setenv("GUESTLIST_SERVER", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"^GUESTLIST_SERVER must be the folder of"):
        start_guestlist()
    with start_guestlist(REPOSITORY) as server:
        assert server.log == ""
    monkeypatch.setenv("GUESTLIST_SERVER", "")
    monkeypatch.setattr("guestlist._checkout.__file__", str(tmp_path / "_checkout.py"))
    with pytest.raises(FileNotFoundError, match=r"^Set GUESTLIST_SERVER to the folder"):
        start_guestlist()


def test_an_application_gets_the_server_as_a_fixture(pytester: pytest.Pytester) -> None:
    pytester.makeconftest('pytest_plugins = ["guestlist.pytest_plugin"]')
    pytester.makepyfile(
        """
        import pytest

        @pytest.fixture
        def guestlist_settings():
            return {"AUDIENCE": "chat"}

        def test_alice(guestlist_server):
            assert guestlist_server.login_as("alice").get_me()["username"] == "alice"
            assert guestlist_server.audience == "chat"
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=1)
