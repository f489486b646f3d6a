"""What the methods for accounts, sessions, bots and presence send, and make of the answers."""

import json
import traceback
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from clients import Connect, failure
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
    problem,
)

from guestlist import ConflictError, GuestlistClient, MemoryStorage, NotFoundError

Scripted = Callable[[Script], ScriptedServer]
TOKEN = make_token()
AT = "2026-11-23T12:00:00.000Z"
SESSION = {"id": "s", "createdAt": AT, "lastSeenAt": AT, "userAgent": None, "address": "::1"}
ACCOUNT = {"id": "1", "email": "a@example.com", "createdAt": AT, "hasPassword": True}
BOT = {**ALICE, "isBot": True, "createdAt": AT, "expiresAt": None, "lastUsedAt": None}
BOT_TOKEN = {"token": "glb_secret", "bot": {**BOT, "isActive": True}}
START = {"authorizationUrl": "https://id.example/", "flowSecret": "secret"}
PAGE = {"users": [{**ALICE, "presence": {"status": "online", "lastSeenAt": AT}}], "next": "x y"}
IN_BERLIN = datetime(2027, 1, 1, 1, 0, 0, 123456, timezone(timedelta(hours=1)))

Method = Callable[[GuestlistClient], object]
Case = tuple[Method, str, object, object]
CASES: dict[str, Case] = {
    "list_sessions": (lambda c: c.list_sessions(), "GET sessions", None, [SESSION]),
    "end_session": (lambda c: c.end_session("a b"), "DELETE sessions/a%20b", None, None),
    "logout": (lambda c: c.logout(), "POST logout", None, None),
    "logout this": (lambda c: c.logout("this"), "POST logout", None, None),
    "logout others": (
        lambda c: c.logout(scope="others"),
        "POST logout",
        {"scope": "others"},
        None,
    ),
    "logout all": (lambda c: c.logout(scope="all"), "POST logout", {"scope": "all"}, None),
    "change_password": (
        lambda c: c.change_password(current_password="old", new_password="new"),
        "POST password",
        {"currentPassword": "old", "newPassword": "new"},
        {"token": make_token(gen=2)},
    ),
    "change_password without one": (
        lambda c: c.change_password(new_password="new"),
        "POST password",
        {"newPassword": "new"},
        {"token": make_token(gen=2)},
    ),
    "link_oauth_account": (
        lambda c: c.link_oauth_account("a b", return_to="http://localhost/"),
        "POST oauth/a%20b/link",
        {"returnTo": "http://localhost/"},
        START,
    ),
    "complete_oauth": (
        lambda c: c.complete_oauth("code", flow_secret="secret"),
        "POST oauth/token",
        {"code": "code", "flowSecret": "secret"},
        {"token": make_token(gen=2), "user": ALICE},
    ),
    "get_account": (lambda c: c.get_account(), "GET account", None, ACCOUNT),
    "change_email": (
        lambda c: c.change_email(email="a@example.com", current_password="p"),
        "PATCH account",
        {"email": "a@example.com", "currentPassword": "p"},
        ACCOUNT,
    ),
    "change_email without a password": (
        lambda c: c.change_email(email="a@example.com"),
        "PATCH account",
        {"email": "a@example.com"},
        ACCOUNT,
    ),
    "delete_account": (lambda c: c.delete_account(), "DELETE me", None, None),
    "list_bots": (lambda c: c.list_bots(), "GET bots", None, [BOT]),
    "create_bot": (
        lambda c: c.create_bot(username="robot"),
        "POST bots",
        {"username": "robot"},
        BOT_TOKEN,
    ),
    "create_bot with all": (
        lambda c: c.create_bot(username="robot", display_name="R", expires_at=AT),
        "POST bots",
        {"username": "robot", "displayName": "R", "expiresAt": AT},
        BOT_TOKEN,
    ),
    "create_bot with a time": (
        lambda c: c.create_bot(username="robot", expires_at=IN_BERLIN),
        "POST bots",
        {"username": "robot", "expiresAt": "2027-01-01T00:00:00.123Z"},
        BOT_TOKEN,
    ),
    "delete_bot": (lambda c: c.delete_bot("1"), "DELETE bots/1", None, None),
    "rotate_bot_token": (lambda c: c.rotate_bot_token("1"), "POST bots/1/token", None, BOT_TOKEN),
    "rotate_bot_token until": (
        lambda c: c.rotate_bot_token("1", expires_at=AT),
        "POST bots/1/token",
        {"expiresAt": AT},
        BOT_TOKEN,
    ),
    "list_presence": (lambda c: c.list_presence(), "GET presence", None, PAGE),
    "list_presence after": (
        lambda c: c.list_presence(limit=2, after="x y&=é"),
        "GET presence?limit=2&after=x+y%26%3D%C3%A9",
        None,
        PAGE,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_method_is_a_request_with_the_token(
    connect: Connect, scripted: Scripted, name: str
) -> None:
    call, line, body, answer = CASES[name]
    server = scripted(lambda _: NO_CONTENT if answer is None else ok(answer))
    client = connect(server.url, TOKEN)
    assert call(client) == answer
    request, *others = server.requests
    # A new token is used at once.
    assert [other.line for other in others] == ["GET me"] * name.startswith("change_password")
    assert request.line == line
    assert request.token == TOKEN
    assert (json.loads(request.body) if request.body else None) == body
    assert request.headers.get("content-type") == (None if body is None else "application/json")


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("is_nothing", [True, False])
def test_an_answer_of_another_kind_is_invalid(
    connect: Connect, scripted: Scripted, name: str, is_nothing: bool
) -> None:
    call, _, _, answer = CASES[name]
    wrong = NO_CONTENT if is_nothing and answer is not None else ok("text")
    client = connect(scripted(lambda _: wrong).url, TOKEN)
    assert failure(lambda: call(client)).code == "invalid_answer"
    assert client.token == TOKEN


def test_asking_for_a_new_password_needs_no_token(connect: Connect, scripted: Scripted) -> None:
    server = scripted(lambda _: NO_CONTENT)
    connect(server.url, TOKEN).request_password_reset("a@example.com")
    (request,) = server.requests
    assert (request.line, request.token) == ("POST password/forgot", None)
    assert request.json == {"email": "a@example.com"}
    server.script = lambda _: problem(404, "not_found")
    error = failure(lambda: connect(server.url).request_password_reset("a@example.com"))
    assert isinstance(error, NotFoundError)


def test_a_time_without_a_zone_and_a_scope_of_no_kind_are_refused_before_anything_is_sent(
    connect: Connect, scripted: Scripted
) -> None:
    server = scripted(lambda _: NO_CONTENT)
    client = connect(server.url, TOKEN)
    naive = datetime(2027, 1, 1)
    calls: list[Callable[[], object]] = [
        lambda: client.create_bot(username="robot", expires_at=naive),
        lambda: client.rotate_bot_token("1", naive),
    ]
    for call in calls:
        with pytest.raises(ValueError, match=r"^expires_at must name its time zone"):
            call()
    with pytest.raises(ValueError, match=r"^scope must be"):
        client.logout("every")  # type: ignore[arg-type]
    assert server.requests == []


class TestLogout:
    @pytest.mark.parametrize(
        ("scope", "is_kept"), [("this", False), ("all", False), ("others", True)]
    )
    def test_drops_the_token_of_what_it_ends(
        self, connect: Connect, scripted: Scripted, scope: Any, is_kept: bool
    ) -> None:
        client = connect(scripted(lambda _: NO_CONTENT).url, TOKEN)
        client.logout(scope)
        assert client.token == (TOKEN if is_kept else None)

    @pytest.mark.parametrize("scope", ["all", "others"])
    def test_of_sessions_that_it_cannot_speak_of_is_no_success(
        self, connect: Connect, scripted: Scripted, scope: Any
    ) -> None:
        server = scripted(lambda _: problem(401, "session_ended"))
        client = connect(server.url, TOKEN)
        assert failure(lambda: client.logout(scope)).code == "session_ended"
        assert client.token is None
        server.script = lambda _: problem(401, "token_missing")
        assert failure(lambda: client.logout(scope)).code == "token_missing"
        assert len(server.requests) == 2

    @pytest.mark.parametrize("scope", ["this", "all", "others"])
    @pytest.mark.parametrize("answer", ["hang up", problem(403, "person_required")])
    def test_that_fails_keeps_the_token(
        self, connect: Connect, scripted: Scripted, scope: Any, answer: Answer
    ) -> None:
        client = connect(scripted(lambda _: answer).url, TOKEN)
        failure(lambda: client.logout(scope))
        assert client.token == TOKEN


class TestDeletingTheAccount:
    def test_drops_the_token(self, connect: Connect, scripted: Scripted) -> None:
        client = connect(scripted(lambda _: NO_CONTENT).url, TOKEN)
        client.delete_account()
        assert client.token is None

    @pytest.mark.parametrize(
        "answer", ["hang up", problem(403, "reauthentication_required"), problem(503, "overloaded")]
    )
    def test_that_is_refused_keeps_it(
        self, connect: Connect, scripted: Scripted, answer: Answer
    ) -> None:
        client = connect(scripted(lambda _: answer).url, TOKEN)
        failure(client.delete_account)
        assert client.token == TOKEN

    def test_leaves_the_sign_in_of_somebody_else(
        self, connect: Connect, scripted: Scripted
    ) -> None:
        storage, bob = MemoryStorage(), make_token(sub="bob", sid="session-2")

        def sign_in(_: Received) -> Answer:
            storage.set(bob)
            return NO_CONTENT

        client = connect(scripted(sign_in).url, TOKEN, storage=storage)
        client.delete_account()
        assert client.token == bob


class TestANewPassword:
    def change(self, client: GuestlistClient) -> object:
        return client.change_password(current_password="old", new_password="new")

    def test_comes_with_a_token_that_is_kept(self, connect: Connect, scripted: Scripted) -> None:
        renewed = make_token(gen=2)
        server = scripted(lambda request: ok({"token": renewed}) if request.body else "hang up")
        client = connect(server.url, TOKEN)
        assert self.change(client) == {"token": renewed}
        assert client.token == renewed
        assert [(each.line, each.token) for each in server.requests] == [
            ("POST password", TOKEN),
            ("GET me", renewed),
        ]

    @pytest.mark.parametrize(
        ("stored", "answered", "kept"),
        [
            # A refresh that ended meanwhile, before the server changed the password, and after.
            (make_token(gen=2), make_token(gen=3), make_token(gen=3)),
            (make_token(gen=3), make_token(gen=2), make_token(gen=3)),
            # Somebody who signed in or out meanwhile.
            (make_token(sub="bob", sid="session-2"), make_token(gen=2), None),
            (None, make_token(gen=2), None),
        ],
    )
    def test_replaces_no_later_token(
        self,
        connect: Connect,
        scripted: Scripted,
        stored: str | None,
        answered: str,
        kept: str | None,
    ) -> None:
        storage = MemoryStorage()

        def meanwhile(request: Received) -> Answer:
            if request.line == "POST password":
                storage.remove() if stored is None else storage.set(stored)
            return ok({"token": answered})

        server = scripted(meanwhile)
        client = connect(server.url, TOKEN, storage=storage)
        assert self.change(client) == {"token": answered}
        assert client.token == (kept or stored)
        assert len(server.requests) == (2 if kept == answered else 1)

    def test_and_a_refresh_under_way_leave_the_later_token(
        self, connect: Connect, scripted: Scripted
    ) -> None:
        storage = MemoryStorage()

        def change_during_refresh(request: Received) -> Answer:
            if request.line == "GET account":
                is_fresh = request.token == make_token(gen=3)
                return ok(ACCOUNT) if is_fresh else problem(401, "token_expired")
            storage.set(make_token(gen=2))
            return ok({"token": make_token(gen=3)})

        client = connect(scripted(change_during_refresh).url, TOKEN, storage=storage)
        assert client.get_account() == ACCOUNT
        assert client.token == make_token(gen=3)

    @pytest.mark.parametrize(
        ("answer", "code"),
        [
            (problem(401, "invalid_credentials"), "invalid_credentials"),
            (problem(422, "weak_password"), "weak_password"),
            (ok({"token": "two\nlines"}), "invalid_answer"),
            ("hang up", "network_error"),
        ],
    )
    def test_that_is_refused_keeps_the_token_and_is_not_repeated(
        self, connect: Connect, scripted: Scripted, answer: Answer, code: str
    ) -> None:
        server = scripted(lambda _: answer)
        client = connect(server.url, TOKEN)
        error = failure(lambda: self.change(client))
        assert error.code == code
        assert client.token == TOKEN
        assert server.lines == ["POST password"]

    def test_with_an_expired_token_is_set_after_a_refresh(
        self, connect: Connect, scripted: Scripted
    ) -> None:
        def answer(request: Received) -> Answer:
            if request.line == "POST password" and request.token == TOKEN:
                return problem(401, "token_expired")
            return ok({"token": make_token(gen=2 if request.line == "POST refresh" else 3)})

        server = scripted(answer)
        client = connect(server.url, TOKEN)
        assert self.change(client) == {"token": make_token(gen=3)}
        assert client.token == make_token(gen=3)
        assert server.lines == ["POST password", "POST refresh", "POST password", "GET me"]


class TestABot:
    def test_has_a_token_of_its_own(self, connect: Connect, scripted: Scripted) -> None:
        client = connect(scripted(lambda _: ok(BOT_TOKEN)).url, TOKEN)
        assert client.create_bot(username="robot")["token"] == "glb_secret"
        assert client.rotate_bot_token("1")["token"] == "glb_secret"
        assert client.token == TOKEN
        assert "glb_secret" not in repr(client)

    @pytest.mark.parametrize(
        "answer",
        [
            Reply(201, b'{"token": "glb_secret"'),
            Reply(201, b'["glb_secret"]'),
            Reply(500, b'{"token": "glb_secret"}'),
        ],
    )
    def test_has_a_token_that_no_error_shows(
        self, connect: Connect, scripted: Scripted, answer: Reply
    ) -> None:
        client = connect(scripted(lambda _: answer).url, TOKEN)
        for call in (
            lambda: client.create_bot(username="robot"),
            lambda: client.rotate_bot_token("1"),
        ):
            error = failure(call)
            shown = "".join(traceback.format_exception(error))
            assert "glb_secret" not in shown + repr(error) + repr(vars(error))

    def test_of_too_many_is_a_conflict(self, connect: Connect, scripted: Scripted) -> None:
        client = connect(scripted(lambda _: problem(409, "bot_limit_reached")).url, TOKEN)
        error = failure(lambda: client.create_bot(username="robot"))
        assert isinstance(error, ConflictError)
        assert error.code == "bot_limit_reached"
