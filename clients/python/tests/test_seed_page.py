"""The Python column of the seed page runs as it stands, each block in a scope of its own."""

from typing import Any

import pytest
from real_server import RealServer
from seed_page import python_blocks, substituted

from guestlist import GuestlistClient, NotFoundError, SignInResult


def run(block: str, server: RealServer, token: str | None = None, **ids: str) -> dict[str, Any]:
    with GuestlistClient(server.url, token) as client:
        scope: dict[str, Any] = {"client": client}
        exec(substituted(python_blocks()[block], **ids), scope)
        scope["token_kept"] = client.token
    return scope


def test_the_page_has_a_python_block_for_each_operation() -> None:
    assert list(python_blocks()) == [
        "get_me",
        "update_profile",
        "get_user_profile",
        "register",
        "login",
        "refresh_token",
        "disconnect",
        "list_oauth_accounts",
        "unlink_oauth_account",
    ]


def test_register(alice: SignInResult) -> None:
    assert alice["user"]["username"] == "alice"
    assert sorted(alice["user"]) == ["avatarUrl", "displayName", "id", "isBot", "username"]


def test_get_me(server: RealServer, alice: SignInResult) -> None:
    assert run("get_me", server, alice["token"])["me"]["id"] == alice["user"]["id"]


def test_update_profile(server: RealServer, alice: SignInResult) -> None:
    assert run("update_profile", server, alice["token"])["updated"] == {
        **alice["user"],
        "displayName": "New Name",
        "avatarUrl": "https://example.com/avatar.png",
    }


def test_get_user_profile(server: RealServer, alice: SignInResult) -> None:
    scope = run("get_user_profile", server, alice["token"], user_id=alice["user"]["id"])
    assert scope["profile"]["username"] == "alice"
    assert scope["profile"]["presence"]["status"] == "online"


def test_login(server: RealServer, alice: SignInResult) -> None:
    scope = run("login", server)
    assert scope["result"]["user"]["id"] == alice["user"]["id"]
    assert scope["token_kept"] == scope["result"]["token"]


def test_refresh_token(server: RealServer, alice: SignInResult, expired_token: str) -> None:
    scope = run("refresh_token", server, expired_token)
    assert scope["result"] == {"token": scope["token_kept"]}
    assert scope["token_kept"] != expired_token
    assert run("get_me", server, scope["token_kept"])["me"]["id"] == alice["user"]["id"]


def test_disconnect(server: RealServer, alice: SignInResult) -> None:
    assert run("disconnect", server, alice["token"])["token_kept"] == alice["token"]


def test_oauth_accounts(server: RealServer, alice: SignInResult) -> None:
    account_id = server.link_account(alice["user"]["id"])
    (account,) = run("list_oauth_accounts", server, alice["token"])["accounts"]
    assert account["id"] == account_id
    assert account["provider"] == "example"
    assert account["email"] == "a@id.example"
    assert account["displayName"] is None
    run("unlink_oauth_account", server, alice["token"], account_id=account_id)
    assert run("list_oauth_accounts", server, alice["token"])["accounts"] == []


@pytest.mark.parametrize("block", ["get_user_profile", "unlink_oauth_account"])
def test_the_placeholders_are_not_found(
    block: str, server: RealServer, alice: SignInResult
) -> None:
    with pytest.raises(NotFoundError) as caught:
        run(block, server, alice["token"])
    assert caught.value.code == "not_found"
