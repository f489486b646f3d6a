"""When a verifier fetches keys, and what it does when it cannot."""

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from clients import failure
from forging import ISSUER, PublishedKeys, Signer
from scripted_server import Answer, Received, Reply, Script, ScriptedServer, ok, problem
from verifiers import Verify

from guestlist import AuthenticationError, GuestlistError, KeysUnavailableError
from guestlist.verification import AsyncTokenVerifier, TokenVerifier

Scripted = Callable[[Script], ScriptedServer]
OLD, NEW, STRANGER = Signer("old"), Signer("new"), Signer("stranger")


class Clock:
    def __init__(self) -> None:
        self.time = 1_800_000_000.0

    def __call__(self) -> float:
        return self.time

    def token(self, signer: Signer) -> str:
        now = int(self.time)
        return signer.sign(iat=now, nbf=now - 30, exp=now + 900)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_keys_are_fetched_once_and_again_after_five_minutes(
    verify: Verify, scripted: Scripted, clock: Clock
) -> None:
    server = scripted(PublishedKeys(OLD))
    check = verify(ISSUER, jwks_url=f"{server.url}/keys", now=clock)
    for _ in range(3):
        check(clock.token(OLD))
    assert [request.path for request in server.requests] == ["/keys"]
    clock.time += 299.9
    check(clock.token(OLD))
    assert len(server.requests) == 1
    clock.time += 0.1
    check(clock.token(OLD))
    assert len(server.requests) == 2


def test_they_are_at_the_well_known_address_under_the_issuer(
    verify: Verify, scripted: Scripted
) -> None:
    server = scripted(PublishedKeys(OLD))
    issuer = f"{server.url}/auth-server"
    assert verify(issuer)(OLD.sign(iss=issuer)).user_id == "user-1"
    assert server.lines == ["GET /auth-server/.well-known/jwks.json"]


def test_a_rotation_makes_one_fetch(verify: Verify, scripted: Scripted, clock: Clock) -> None:
    keys = PublishedKeys(OLD)
    server = scripted(keys)
    check = verify(ISSUER, jwks_url=server.url, now=clock)
    check(clock.token(OLD))
    clock.time += 60
    keys.published = [OLD, NEW]
    for signer in (NEW, OLD, NEW):
        check(clock.token(signer))
    assert len(server.requests) == 2


def test_a_key_that_is_published_no_more_is_not_used(
    verify: Verify, scripted: Scripted, clock: Clock
) -> None:
    keys = PublishedKeys(OLD)
    check = verify(ISSUER, jwks_url=scripted(keys).url, now=clock)
    check(clock.token(OLD))
    keys.published = [NEW]
    clock.time += 300
    assert failure(lambda: check(clock.token(OLD))).code == "token_invalid"


def test_invented_keys_make_one_fetch_in_thirty_seconds(
    verify: Verify, scripted: Scripted, clock: Clock
) -> None:
    server = scripted(PublishedKeys(OLD))
    check = verify(ISSUER, jwks_url=server.url, now=clock)
    for _ in range(3):
        for n in range(5):
            invented = clock.token(Signer(f"invented-{n}"))
            assert failure(lambda token=invented: check(token)).code == "token_invalid"  # type: ignore[misc]
        check(clock.token(OLD))
        clock.time += 30
    assert len(server.requests) == 3


def test_while_the_server_fails_invented_keys_make_one_fetch_in_thirty_seconds(
    verify: Verify, scripted: Scripted, clock: Clock
) -> None:
    server = scripted(PublishedKeys(OLD))
    check = verify(ISSUER, jwks_url=server.url, now=clock)
    check(clock.token(OLD))
    server.script = lambda _: "hang up"
    clock.time += 300
    for _ in range(60):
        error = failure(lambda: check(clock.token(STRANGER)))
        assert error.code == "keys_unavailable"
        assert error.retry_after is not None
        assert 1 <= error.retry_after <= 30
        check(clock.token(OLD))
        clock.time += 1
    assert len(server.requests) == 3


class HeldBack:
    """Answers once all twenty have had the time to ask."""

    def __init__(self, answer: Script) -> None:
        self._answer = answer
        self.go_on = threading.Event()

    def __call__(self, request: Received) -> Answer:
        self.go_on.wait(5)
        return self._answer(request)


@pytest.mark.parametrize("signer", [OLD, STRANGER])
def test_twenty_threads_share_one_fetch(scripted: Scripted, signer: Signer) -> None:
    script = HeldBack(PublishedKeys(OLD))
    server = scripted(script)
    verifier = TokenVerifier(ISSUER, jwks_url=server.url)
    start = threading.Barrier(20, action=script.go_on.set)

    def check(_: int) -> str:
        start.wait()
        try:
            return verifier.verify(signer.sign()).user_id
        except AuthenticationError as error:
            return error.code

    with ThreadPoolExecutor(20) as pool:
        outcomes = set(pool.map(check, range(20)))
    assert outcomes == {"user-1" if signer is OLD else "token_invalid"}
    assert len(server.requests) == 1


@pytest.mark.parametrize("signer", [OLD, STRANGER])
def test_twenty_tasks_share_one_fetch_and_the_loop_goes_on(
    scripted: Scripted, signer: Signer
) -> None:
    script = HeldBack(PublishedKeys(OLD))
    server = scripted(script)

    async def ask() -> list[object]:
        verifier = AsyncTokenVerifier(ISSUER, jwks_url=server.url)
        tasks = [asyncio.create_task(verifier.verify(signer.sign())) for _ in range(20)]
        await asyncio.sleep(0)
        # Only a loop that is not blocked gets here before the answer.
        script.go_on.set()
        return list(await asyncio.gather(*tasks, return_exceptions=True))

    outcomes = asyncio.run(ask())
    expected = ["token_invalid"] * 20 if signer is STRANGER else ["user-1"] * 20
    assert [getattr(one, "code", getattr(one, "user_id", one)) for one in outcomes] == expected
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        "hang up",
        problem(503, "overloaded", "1"),
        Reply(200, b"<h1>Welcome</h1>"),
        Reply(200, b"[" * 100_000),
        Reply(302, json.dumps({"keys": [OLD.jwk]}).encode(), {"Location": "/keys"}),
        ok([]),
        ok({"keys": None}),
        ok({"keys": []}),
        ok({"keys": [7, None, {}, {"kid": "old"}]}),
        ok({"keys": [{**OLD.jwk, "kty": "oct"}]}),
        ok({"keys": [{**OLD.jwk, "crv": "P-384"}]}),
        ok({"keys": [{**OLD.jwk, "x": "AA"}]}),
        ok({"keys": [{**OLD.jwk, "x": OLD.jwk["y"]}]}),
        ok({"keys": [{**OLD.jwk, "x": None}]}),
        ok({"keys": [{**OLD.jwk, "use": "enc"}]}),
        ok({"keys": [{**OLD.jwk, "key_ops": "verify"}]}),
        ok({"keys": [{**OLD.jwk, "alg": "ES384"}]}),
        ok({"keys": [{**OLD.jwk, "kid": 7}]}),
    ],
)
def test_without_keys_nobody_is_refused(
    verify: Verify, scripted: Scripted, clock: Clock, answer: Answer
) -> None:
    server = scripted(lambda _: answer)
    check = verify(ISSUER, jwks_url=server.url, now=clock)
    for _ in range(3):
        error = failure(lambda: check(clock.token(OLD)))
        assert isinstance(error, KeysUnavailableError)
        assert (error.code, error.status, error.retry_after) == ("keys_unavailable", 503, 2)
    assert len(server.requests) == 1
    server.script = PublishedKeys(OLD)
    clock.time += 2
    assert check(clock.token(OLD)).user_id == "user-1"


def test_what_no_key_could_save_is_refused_without_keys(verify: Verify, scripted: Scripted) -> None:
    server = scripted(lambda _: "hang up")
    check = verify(ISSUER, jwks_url=server.url)
    assert failure(lambda: check(OLD.sign({"typ": "JWT"}))).code == "token_invalid"
    assert server.requests == []


def test_known_keys_go_on_for_an_hour_while_the_server_is_away(
    verify: Verify, scripted: Scripted, clock: Clock
) -> None:
    keys = PublishedKeys(OLD)
    server = scripted(keys)
    check = verify(ISSUER, jwks_url=server.url, now=clock)
    check(clock.token(OLD))
    server.script = lambda _: "hang up"
    clock.time += 300
    for _ in range(3):
        check(clock.token(OLD))
    assert len(server.requests) == 2
    assert failure(lambda: check(clock.token(STRANGER))).code == "keys_unavailable"
    clock.time += 3299
    check(clock.token(OLD))
    clock.time += 1
    assert failure(lambda: check(clock.token(OLD))).code == "keys_unavailable"
    server.script = keys
    clock.time += 2
    check(clock.token(OLD))


def test_a_clock_that_was_put_back_makes_a_fetch(
    verify: Verify, scripted: Scripted, clock: Clock
) -> None:
    server = scripted(PublishedKeys(OLD))
    check = verify(ISSUER, jwks_url=server.url, now=clock)
    check(clock.token(OLD))
    clock.time -= 3600
    check(clock.token(OLD))
    assert len(server.requests) == 2


def test_a_cancelled_fetch_does_not_fail_those_who_wait(scripted: Scripted) -> None:
    asked, go_on = threading.Event(), threading.Event()

    def hold_the_first(request: Received) -> Answer:
        if not asked.is_set():
            asked.set()
            go_on.wait(5)
        return PublishedKeys(OLD)(request)

    server = scripted(hold_the_first)

    async def ask() -> None:
        verifier = AsyncTokenVerifier(ISSUER, jwks_url=server.url)
        first = asyncio.create_task(verifier.verify(OLD.sign()))
        await asyncio.to_thread(asked.wait, 5)
        second = asyncio.create_task(verifier.verify(OLD.sign()))
        await asyncio.sleep(0)
        first.cancel()
        assert (await second).user_id == "user-1"
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await first

    asyncio.run(ask())


def test_the_error_is_of_the_tree() -> None:
    assert issubclass(KeysUnavailableError, GuestlistError)
    assert not issubclass(KeysUnavailableError, AuthenticationError)


def test_the_clients_do_not_need_pyjwt_and_the_verifiers_say_that_they_do() -> None:
    script = """
import sys
sys.modules["jwt"] = None
import guestlist
try:
    import guestlist.verification
except ImportError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert 'pip install "guestlist-client[verify]"' in done.stdout
