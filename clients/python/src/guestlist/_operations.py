"""What the server can be asked, as data: nothing here sends anything."""

import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Generic, Literal, TypeVar
from urllib.parse import quote, urlencode

from ._answers import (
    Account,
    Bot,
    BotWithToken,
    InviteStatus,
    OAuthAccount,
    OAuthProvider,
    OAuthStart,
    PresencePage,
    Profile,
    RefreshResult,
    ServerConfig,
    Session,
    SignInResult,
    User,
)
from ._unset import Unset

Answer = TypeVar("Answer")
LogoutScope = Literal["this", "others", "all"]

_ENDS_SESSION = frozenset({"session_ended", "token_reused"})


@dataclass(frozen=True)
class Operation(Generic[Answer]):
    """One request and the kind of its answer."""

    method: str
    path: str
    """What follows /api/auth/, already encoded."""
    answer: type[dict[str, Any]] | type[list[Any]] | type[None]
    body: dict[str, Any] | None = field(default=None, repr=False)
    authenticated: bool = True
    idempotency_key: str | None = None
    harmless_twice: bool = False
    drops_token: frozenset[str] = _ENDS_SESSION
    """The codes that say that the token which was sent is dead."""

    @property
    def repeatable(self) -> bool:
        """Whether sending it again does no harm when nobody knows if it was done."""
        is_safe = self.method == "GET" or self.idempotency_key is not None
        return is_safe or self.harmless_twice


GET_ME = Operation[User]("GET", "me", dict)
# Elsewhere token_invalid may be a passing fault; what cannot even be exchanged is of no more use.
REFRESH = Operation[RefreshResult](
    "POST",
    "refresh",
    dict,
    authenticated=False,
    harmless_twice=True,
    drops_token=_ENDS_SESSION | {"token_invalid"},
)
DISCONNECT = Operation[None]("POST", "disconnect", type(None), harmless_twice=True)
LIST_SESSIONS = Operation[list[Session]]("GET", "sessions", list)
GET_ACCOUNT = Operation[Account]("GET", "account", dict)
DELETE_ACCOUNT = Operation[None]("DELETE", "me", type(None))
LIST_BOTS = Operation[list[Bot]]("GET", "bots", list)
WATCH_PRESENCE = Operation[None]("GET", "presence/stream", type(None))
LIST_OAUTH_ACCOUNTS = Operation[list[OAuthAccount]]("GET", "oauth/accounts", list)
LIST_OAUTH_PROVIDERS = Operation[list[OAuthProvider]](
    "GET", "oauth/providers", list, authenticated=False
)
GET_CONFIG = Operation[ServerConfig]("GET", "config", dict, authenticated=False)


def update_profile(display_name: str | Unset, avatar_url: str | Unset | None) -> Operation[User]:
    fields = {"displayName": display_name, "avatarUrl": avatar_url}
    body = {name: value for name, value in fields.items() if not isinstance(value, Unset)}
    return Operation("PATCH", "me", dict, body)


def get_user_profile(user_id: str) -> Operation[Profile]:
    return Operation("GET", f"users/{path_segment(user_id)}", dict)


def register(
    email: str,
    password: str,
    username: str,
    invite_code: str,
    display_name: str | None,
    idempotency_key: str | None,
) -> Operation[SignInResult]:
    key = secrets.token_hex(16) if idempotency_key is None else idempotency_key
    if re.fullmatch(r"[\x21-\x7e]{1,255}", key) is None:
        raise ValueError("idempotency_key must be 1 to 255 visible ASCII characters")
    body = {"email": email, "password": password, "username": username, "inviteCode": invite_code}
    if display_name is not None:
        body["displayName"] = display_name
    return Operation("POST", "register", dict, body, authenticated=False, idempotency_key=key)


def login(email: str, password: str) -> Operation[SignInResult]:
    body = {"email": email, "password": password}
    return Operation("POST", "login", dict, body, authenticated=False)


def end_session(session_id: str) -> Operation[None]:
    return Operation("DELETE", f"sessions/{path_segment(session_id)}", type(None))


def logout(scope: LogoutScope) -> Operation[None]:
    if scope not in ("this", "others", "all"):
        raise ValueError("scope must be this, others or all")
    body = None if scope == "this" else {"scope": scope}
    # After the end of all, only `session_ended` would come, which may mean something else.
    return Operation("POST", "logout", type(None), body, harmless_twice=scope != "all")


def change_password(current_password: str | None, new_password: str) -> Operation[RefreshResult]:
    body = {"newPassword": new_password, **_current(current_password)}
    return Operation("POST", "password", dict, body)


def request_password_reset(email: str) -> Operation[None]:
    # The server sends no second mail within a minute.
    return Operation(
        "POST",
        "password/forgot",
        type(None),
        {"email": email},
        authenticated=False,
        harmless_twice=True,
    )


def change_email(email: str, current_password: str | None) -> Operation[Account]:
    return Operation("PATCH", "account", dict, {"email": email, **_current(current_password)})


def _current(password: str | None) -> dict[str, str]:
    return {} if password is None else {"currentPassword": password}


def create_bot(
    username: str, display_name: str | None, expires_at: datetime | str | None
) -> Operation[BotWithToken]:
    body = {"username": username, **_expiry(expires_at)}
    if display_name is not None:
        body["displayName"] = display_name
    return Operation("POST", "bots", dict, body)


def delete_bot(bot_id: str) -> Operation[None]:
    return Operation("DELETE", f"bots/{path_segment(bot_id)}", type(None))


def rotate_bot_token(bot_id: str, expires_at: datetime | str | None) -> Operation[BotWithToken]:
    path = f"bots/{path_segment(bot_id)}/token"
    # A token that never came is of no use to anybody: the next one takes its place.
    return Operation("POST", path, dict, _expiry(expires_at) or None, harmless_twice=True)


def list_presence(limit: int | None, after: str | None) -> Operation[PresencePage]:
    given = {"limit": limit, "after": after}
    query = urlencode({name: value for name, value in given.items() if value is not None})
    return Operation("GET", f"presence?{query}" if query else "presence", dict)


def login_with_oauth(
    provider: str, return_to: str, invite_code: str | None, username: str | None
) -> Operation[OAuthStart]:
    given = {"returnTo": return_to, "inviteCode": invite_code, "username": username}
    body = {name: value for name, value in given.items() if value is not None}
    path = f"oauth/{path_segment(provider)}/login"
    return Operation("POST", path, dict, body, authenticated=False)


def link_oauth_account(provider: str, return_to: str) -> Operation[OAuthStart]:
    path = f"oauth/{path_segment(provider)}/link"
    return Operation("POST", path, dict, {"returnTo": return_to})


def complete_oauth(code: str, flow_secret: str) -> Operation[SignInResult]:
    # A token is needed for a link only; a sign-in takes no notice of it.
    return Operation("POST", "oauth/token", dict, {"code": code, "flowSecret": flow_secret})


def unlink_oauth_account(account_id: str) -> Operation[None]:
    return Operation("DELETE", f"oauth/accounts/{path_segment(account_id)}", type(None))


def check_invite(invite_code: str) -> Operation[InviteStatus]:
    body = {"inviteCode": invite_code}
    return Operation("POST", "invites/check", dict, body, authenticated=False)


def reset_password(code: str, password: str) -> Operation[None]:
    body = {"code": code, "password": password}
    return Operation("POST", "password/reset", type(None), body, authenticated=False)


def _expiry(expires_at: datetime | str | None) -> dict[str, str]:
    if expires_at is None:
        return {}
    if isinstance(expires_at, datetime):
        if expires_at.utcoffset() is None:
            raise ValueError("expires_at must name its time zone, such as datetime.timezone.utc")
        utc = expires_at.astimezone(timezone.utc).replace(tzinfo=None)
        return {"expiresAt": f"{utc.isoformat(timespec='milliseconds')}Z"}
    return {"expiresAt": expires_at}


def path_segment(text: str) -> str:
    """An id as one encoded segment of a path (RFC 3986, 3.3); refuses what could reach another."""
    if not isinstance(text, str):
        raise TypeError("the id must be a string")
    if text == "":
        raise ValueError("the id must not be empty")
    if text in (".", ".."):
        raise ValueError("the id must not be a dot segment")
    if re.search(r"[/?#\\]", text):
        raise ValueError("the id must not hold any of / ? # \\")
    if re.search(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]", text):
        raise ValueError("the id must not hold control characters or lone surrogates")
    return quote(text, safe="")
