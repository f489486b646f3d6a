"""Gives Schemathesis what a schema cannot tell: a token, a live invite, ids of people who exist.

Only cases that are to succeed are touched, and of each only what must name something on this
server; all else stays as it was generated. What each call was answered goes into a file.
"""

import itertools
import json
import os
import random
from pathlib import Path
from typing import Any

import requests
import schemathesis
from hypothesis import strategies as st

_world = json.loads(Path(os.environ["GUESTLIST_WORLD"]).read_text())
_answers = Path(os.environ["GUESTLIST_ANSWERS"])
_ids = iter(_world["accountIds"])
_codes = iter(_world["resetCodes"])
_numbers = itertools.count()
_chance = random.Random(1)
_chosen_passwords = {
    "POST /api/auth/register": "password",
    "POST /api/auth/password": "newPassword",
    "POST /api/auth/password/reset": "password",
}


def _sign_in() -> str:
    answer = requests.post(
        f"{_world['url']}/api/auth/login", json=_world["credentials"], timeout=10
    )
    answer.raise_for_status()
    return str(answer.json()["token"])


def _new_person() -> str:
    """The token of somebody whose account and password are there to be lost."""
    number = next(_numbers)
    answer = requests.post(
        f"{_world['url']}/api/auth/register",
        json={
            "email": f"person-{number}@example.com",
            "password": _world["credentials"]["password"],
            "username": f"person-{number}",
            "inviteCode": _world["inviteCode"],
        },
        timeout=10,
    )
    answer.raise_for_status()
    return str(answer.json()["token"])


@schemathesis.auth(refresh_interval=None)
class Token:
    """One session for all reading; one for each call that ends or replaces its token."""

    _shared: str | None = None

    def get(self, case: schemathesis.Case, context: schemathesis.AuthContext) -> str:
        if case.operation.path in {"/api/auth/logout", "/api/auth/refresh"}:
            return _sign_in()
        if f"{case.method} {case.operation.path}" in {
            "DELETE /api/auth/me",
            "PATCH /api/auth/account",
            "POST /api/auth/password",
        }:
            return _new_person()
        if Token._shared is None:
            Token._shared = _sign_in()
        return Token._shared

    def set(self, case: schemathesis.Case, data: str, context: schemathesis.AuthContext) -> None:
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Bearer {data}"


# A few words, as people are told to choose them: long enough, and not among the common ones.
_words = st.text("abcdefghijklmnopqrstuvwxyz -,.'é漢", min_size=12, max_size=40)
schemathesis.openapi.format("password", st.builds("{}#{}".format, st.integers(100, 999), _words))
# At least one character that can be seen, and none that turns the reading direction.
_names = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1, max_size=64
)
schemathesis.openapi.format("display-name", _names)


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: schemathesis.Case, kwargs: Any) -> None:
    """Names what exists, three times of four."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    operation = f"{case.method} {case.operation.path}"
    body: Any = case.body
    chosen = _chosen_passwords.get(operation)
    if chosen is not None and len(set(body[chosen])) < 3:
        # One character again and again is among the most common passwords, at every length.
        body[chosen] = f"{body[chosen][:100]} but not that common"
    if operation == "POST /api/auth/password" and body["currentPassword"] == body["newPassword"]:
        body["currentPassword"] += " until now"
    if _chance.random() > 0.75:
        return
    if operation == "POST /api/auth/register":
        number = next(_numbers)
        body.update(inviteCode=_world["inviteCode"], username=f"{body['username'][:20]}-{number}")
        if len(body["email"]) < 240:
            body["email"] = f"{number}.{body['email']}"
        if case.headers and "Idempotency-Key" in case.headers:
            case.headers["Idempotency-Key"] = str(number)
    elif operation == "POST /api/auth/invites/check":
        body["inviteCode"] = _world["inviteCode"]
    elif operation == "POST /api/auth/login":
        body.update(_world["credentials"])
    elif operation == "POST /api/auth/password":
        body["currentPassword"] = _world["credentials"]["password"]
    elif operation == "PATCH /api/auth/account":
        body["currentPassword"] = _world["credentials"]["password"]
        if len(body["email"]) < 240:
            body["email"] = f"{next(_numbers)}.{body['email']}"
    elif operation == "POST /api/auth/password/reset":
        body["code"] = next(_codes)
    elif operation == "GET /api/auth/users/{id}":
        case.path_parameters["id"] = _chance.choice(_world["userIds"])
    elif operation == "DELETE /api/auth/oauth/accounts/{accountId}":
        case.path_parameters["accountId"] = next(_ids)


@schemathesis.hook
def after_call(
    context: schemathesis.HookContext, case: schemathesis.Case, response: schemathesis.Response
) -> None:
    """Notes the operation, how its data was meant, and the status."""
    mode = case.meta.generation.mode.value if case.meta is not None else "positive"
    line = [f"{case.method} {case.operation.path}", mode, response.status_code]
    with _answers.open("a") as file:
        file.write(f"{json.dumps(line)}\n")
