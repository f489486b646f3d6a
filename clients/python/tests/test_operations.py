"""Every operation against the server itself, for both clients."""

from collections.abc import Iterator

from clients import PASSWORD, Connect, failure
from real_server import RealServer
from scripted_server import Answer, Received, ScriptedServer, passed_on

from guestlist import (
    AuthenticationError,
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    SignInResult,
    ValidationError,
)


def test_a_profile_changes_only_where_it_is_told_to(
    connect: Connect, server: RealServer, alice: SignInResult
) -> None:
    client = connect(server.url, alice["token"])
    client.update_profile(display_name="Alice", avatar_url="https://example.com/a.png")
    assert client.update_profile()["avatarUrl"] == "https://example.com/a.png"
    assert client.update_profile(display_name="A")["avatarUrl"] == "https://example.com/a.png"
    me = client.update_profile(avatar_url=None)
    assert me["avatarUrl"] is None
    assert me["displayName"] == "A"
    assert client.get_me() == me


def test_a_person_is_online_until_their_client_disconnects(
    connect: Connect,
    server: RealServer,
    kind: str,
    alice: SignInResult,
    invite_codes: Iterator[str],
) -> None:
    client = connect(server.url)
    user = client.register(
        email=f"{kind}-bob@example.com",
        password=PASSWORD,
        username=f"{kind}-bob",
        invite_code=next(invite_codes),
    )["user"]
    watching = connect(server.url, alice["token"])
    client.get_me()
    assert watching.get_user_profile(user["id"])["presence"]["status"] == "online"
    client.disconnect()
    presence = watching.get_user_profile(user["id"])["presence"]
    assert presence["status"] == "offline"
    assert presence["lastSeenAt"] is not None
    assert client.get_me() == user
    assert watching.get_user_profile(user["id"])["presence"]["status"] == "online"


def test_logout_ends_the_session_and_drops_the_token(
    connect: Connect, server: RealServer, alice: SignInResult
) -> None:
    client = connect(server.url)
    token = client.login(email="ALICE@example.com", password=PASSWORD)["token"]
    assert client.token == token
    client.logout()
    assert client.token is None
    client.logout()
    other = connect(server.url, token)
    assert failure(other.get_me).code == "session_ended"
    assert other.token is None


def test_what_a_sign_in_page_asks_needs_no_token(connect: Connect, server: RealServer) -> None:
    client = connect(server.url)
    assert client.get_config()["password"] == {"minLength": 15, "maxLength": 128}
    assert client.check_invite("abc-123") == {"expiresAt": None, "usesLeft": None}
    error = failure(lambda: client.check_invite("ABC124"))
    assert isinstance(error, PermissionDeniedError)
    assert error.code == "invite_invalid"


def test_a_password_is_reset_by_a_code(
    connect: Connect, server: RealServer, kind: str, invite_codes: Iterator[str]
) -> None:
    client = connect(server.url)
    email = f"{kind}-dora@example.com"
    client.register(
        email=email,
        password=PASSWORD,
        username=f"{kind}-dora",
        invite_code=next(invite_codes),
        display_name="Dora",
    )
    assert client.get_me()["displayName"] == "Dora"
    printed = server.run_command("users", "reset-password", email).split("\n\n")
    client.reset_password(code=printed[1].strip(), password="three short words")
    assert failure(client.get_me).code == "session_ended"
    assert client.token is None
    assert client.login(email=email, password="three short words")["user"]["displayName"] == "Dora"


def test_a_registration_whose_answer_is_lost_makes_one_account(
    connect: Connect,
    server: RealServer,
    kind: str,
    invite_codes: Iterator[str],
) -> None:
    def lose_the_first_answer(request: Received) -> Answer:
        answer = passed_on(request, server.url)
        return "hang up" if len(between.requests) == 1 else answer

    between = ScriptedServer(lose_the_first_answer)
    try:
        client = connect(between.url)
        code = next(invite_codes)
        result = client.register(
            email=f"{kind}-eve@example.com",
            password=PASSWORD,
            username=f"{kind}-eve",
            invite_code=code,
        )
        assert len(between.requests) == 2
        assert client.get_me() == result["user"]
        assert failure(lambda: client.check_invite(code)).code == "invite_used_up"
    finally:
        between.stop()


def test_errors_of_the_server_come_as_their_classes(
    connect: Connect, server: RealServer, alice: SignInResult
) -> None:
    client = connect(server.url)
    error = failure(client.get_me)
    assert isinstance(error, AuthenticationError)
    assert (error.code, error.status) == ("token_missing", 401)
    error = failure(lambda: client.login(email="alice@example.com", password="secret"))
    assert isinstance(error, AuthenticationError)
    assert error.code == "invalid_credentials"
    person = {"email": "alice@example.com", "username": "alice", "invite_code": "ABC123"}
    error = failure(lambda: client.register(**person, password=PASSWORD))
    assert isinstance(error, ConflictError)
    assert error.code == "email_taken"
    error = failure(lambda: client.register(**person, password="short"))
    assert isinstance(error, ValidationError)
    assert error.code == "weak_password"
    assert [field["path"] for field in error.errors] == ["password"]
    error = failure(lambda: client.register(**person, password="\ud800" * 20))
    assert error.code == "validation_failed"
    signed_in = connect(server.url, alice["token"])
    error = failure(lambda: signed_in.get_user_profile("%2e%2e"))
    assert isinstance(error, NotFoundError)
    assert error.request_id is not None
    assert error.retry_after is None
