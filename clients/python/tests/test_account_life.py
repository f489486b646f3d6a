"""The life of an account on the server itself, from its sessions to its end."""

import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

import pytest
from clients import PASSWORD, Connect, failure
from real_server import RealServer
from seed_page import REPOSITORY

from guestlist import Bot, GuestlistClient, SignInResult
from guestlist.testing import start_guestlist

ANOTHER_PASSWORD = "another secure password"


class Life(NamedTuple):
    email: str
    user_id: str
    laptop: GuestlistClient
    phone: GuestlistClient


@pytest.fixture
def life(connect: Connect, server: RealServer, invite_codes: Iterator[str]) -> Life:
    """Somebody new, signed in on two devices."""
    name = f"erin-{secrets.token_hex(6)}"
    email = f"{name}@example.com"
    laptop, phone = connect(server.url), connect(server.url)
    user = laptop.register(
        email=email, password=PASSWORD, username=name, invite_code=next(invite_codes)
    )["user"]
    phone.login(email=email, password=PASSWORD)
    return Life(email, user["id"], laptop, phone)


def sign_in_again(life: Life, password: str = PASSWORD) -> None:
    life.phone.login(email=life.email, password=password)


def has_ended(client: GuestlistClient) -> bool:
    return failure(client.get_me).code == "session_ended" and client.token is None


def test_sessions_end(life: Life) -> None:
    laptop, phone = life.laptop, life.phone
    newest, oldest = laptop.list_sessions()
    assert (newest["isCurrent"], oldest["isCurrent"]) == (False, True)
    assert newest["createdAt"] >= oldest["createdAt"]
    assert (newest["userAgent"] or "").startswith("guestlist-client-python/")
    assert [each["isCurrent"] for each in phone.list_sessions()] == [True, False]

    laptop.end_session(newest["id"])
    assert has_ended(phone)
    assert failure(lambda: laptop.end_session(newest["id"])).code == "not_found"
    assert [each["id"] for each in laptop.list_sessions()] == [oldest["id"]]

    sign_in_again(life)
    token = laptop.token
    laptop.logout("others")
    assert laptop.token == token
    assert has_ended(phone)
    assert len(laptop.list_sessions()) == 1

    sign_in_again(life)
    laptop.logout("all")
    assert laptop.token is None
    assert has_ended(phone)


def test_the_password_changes(life: Life) -> None:
    laptop, phone = life.laptop, life.phone
    token = laptop.token
    error = failure(
        lambda: laptop.change_password(
            current_password="not my password", new_password=ANOTHER_PASSWORD
        )
    )
    assert (error.status, error.code) == (401, "invalid_credentials")
    error = failure(lambda: laptop.change_password(current_password=PASSWORD, new_password="short"))
    assert error.code == "weak_password"
    assert laptop.token == token
    assert phone.get_me()["id"] == life.user_id

    answer = laptop.change_password(current_password=PASSWORD, new_password=ANOTHER_PASSWORD)
    assert laptop.token == answer["token"] != token
    assert laptop.get_me()["id"] == life.user_id
    assert has_ended(phone)
    assert failure(lambda: sign_in_again(life)).code == "invalid_credentials"
    sign_in_again(life, ANOTHER_PASSWORD)
    laptop.refresh_token()
    assert laptop.get_me()["id"] == life.user_id


@pytest.mark.usefixtures("alice")
def test_the_address_changes(life: Life) -> None:
    laptop, phone = life.laptop, life.phone
    account = laptop.get_account()
    assert account == {
        "id": life.user_id,
        "email": life.email,
        "createdAt": account["createdAt"],
        "hasPassword": True,
        "signInMethods": ["password"],
    }
    email = f"new-{life.email}"
    error = failure(lambda: laptop.change_email(email=email, current_password=ANOTHER_PASSWORD))
    assert error.code == "invalid_credentials"
    error = failure(
        lambda: laptop.change_email(email="alice@example.com", current_password=PASSWORD)
    )
    assert error.code == "email_taken"
    assert laptop.get_account() == account

    assert laptop.change_email(email=email, current_password=PASSWORD)["email"] == email
    assert laptop.get_account() == {**account, "email": email}
    assert phone.get_me()["id"] == life.user_id
    assert failure(lambda: sign_in_again(life)).code == "invalid_credentials"
    phone.login(email=email, password=PASSWORD)


@pytest.mark.usefixtures("alice")
def test_bots_come_and_go(life: Life, connect: Connect, server: RealServer) -> None:
    laptop, token = life.laptop, life.laptop.token
    assert laptop.list_bots() == []
    name = f"robot-{life.user_id[-12:]}"
    made = laptop.create_bot(username=name, display_name="Robot")
    assert laptop.token == token
    assert made["bot"]["isBot"]
    assert made["bot"]["displayName"] == "Robot"
    assert made["bot"]["expiresAt"] is None
    assert failure(lambda: laptop.create_bot(username=name)).code == "username_taken"

    robot = connect(server.url, made["token"])
    robot_id = robot.get_me()["id"]
    assert robot_id == made["bot"]["id"]
    for refused in (robot.list_sessions, robot.get_account, robot.list_bots, robot.delete_account):
        assert failure(refused).code == "person_required"
    assert robot.token == made["token"]
    presence = robot.watch_presence()
    everybody = next(presence)
    presence.close()
    assert everybody["type"] == "snapshot"
    assert robot_id in everybody["userIds"]

    tomorrow = datetime.now(timezone.utc) + timedelta(days=1)
    renewed = laptop.rotate_bot_token(robot_id, tomorrow)
    assert renewed["bot"]["expiresAt"] is not None
    assert failure(robot.get_me).code == "token_invalid"
    robot = connect(server.url, renewed["token"])
    assert robot.get_me()["id"] == robot_id
    yesterday = tomorrow - timedelta(days=2)
    error = failure(lambda: laptop.rotate_bot_token(robot_id, yesterday))
    assert error.code == "validation_failed"

    def own(client: GuestlistClient) -> list[Bot]:
        return [each for each in client.list_bots() if each["id"] == robot_id and each["isActive"]]

    assert len(own(laptop)) == 1
    stranger = connect(server.url)
    stranger.login(email="alice@example.com", password=PASSWORD)
    assert own(stranger) == []
    for call in (stranger.delete_bot, stranger.rotate_bot_token):
        assert failure(lambda: call(robot_id)).code == "not_found"  # noqa: B023
    laptop.delete_bot(robot_id)
    assert laptop.list_bots() == []
    assert failure(robot.get_me).code == "token_invalid"
    assert failure(lambda: laptop.get_user_profile(robot_id)).code == "not_found"
    assert failure(lambda: laptop.delete_bot(robot_id)).code == "not_found"


def test_presence_is_listed_and_watched(life: Life, alice: SignInResult) -> None:
    laptop, phone = life.laptop, life.phone
    phone.disconnect()
    laptop.disconnect()
    bystander = laptop.login(email="alice@example.com", password=PASSWORD)["user"]
    assert bystander["id"] == alice["user"]["id"]
    presence = laptop.watch_presence()
    everybody = next(presence)
    assert everybody["type"] == "snapshot"
    assert life.user_id not in everybody["userIds"]
    phone.get_me()
    for expected in ("online", "offline"):
        changes = (each for each in presence if each["type"] != "snapshot")
        change = next(each for each in changes if each["userId"] == life.user_id)
        assert change["type"] == expected
        if expected == "online":
            pages = [laptop.list_presence(limit=1)]
            while (after := pages[-1]["next"]) is not None:
                pages.append(laptop.list_presence(limit=1, after=after))
            listed = [profile["id"] for page in pages for profile in page["users"]]
            assert {life.user_id, bystander["id"]} <= set(listed)
            assert len(set(listed)) == len(listed)
            assert all(len(page["users"]) <= 1 for page in pages)
            phone.disconnect()
    presence.close()
    assert failure(lambda: laptop.list_presence(limit=501)).code == "validation_failed"


def test_a_password_is_not_reset_by_a_server_without_mail(life: Life) -> None:
    assert life.laptop.get_config()["passwordReset"] == {"byMail": False}
    error = failure(lambda: life.laptop.request_password_reset(life.email))
    assert (error.status, error.code) == (404, "not_found")
    assert life.laptop.token is not None


def test_the_account_ends(life: Life, alice: SignInResult, server: RealServer) -> None:
    robot = life.laptop.create_bot(username=f"robot-{life.user_id[-12:]}")
    life.laptop.delete_account()
    assert life.laptop.token is None
    assert has_ended(life.phone)
    assert failure(lambda: sign_in_again(life)).code == "invalid_credentials"
    with GuestlistClient(server.url, alice["token"]) as other:
        for gone in (life.user_id, robot["bot"]["id"]):
            assert failure(lambda: other.get_user_profile(gone)).code == "not_found"  # noqa: B023
    with GuestlistClient(server.url, robot["token"]) as bot:
        assert failure(bot.get_me).code == "token_invalid"


def test_an_account_ends_only_soon_after_a_sign_in(connect: Connect) -> None:
    with start_guestlist(REPOSITORY) as guestlist:
        client = connect(guestlist.url, guestlist.login_as("alice").token)
        guestlist.clock.advance(601)
        error = failure(client.delete_account)
        assert (error.status, error.code) == (403, "reauthentication_required")
        assert client.token is not None
        signed_in = guestlist.login_as("alice")
        signed_in.delete_account()
        assert signed_in.token is None
        assert has_ended(client)
