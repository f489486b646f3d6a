"""The server's answers, with the JSON's own keys. Times are ISO 8601 in UTC, ids are UUIDs."""

from typing import Literal, TypedDict


class User(TypedDict):
    """A person or bot, as they see themselves."""

    id: str
    """A UUID of version 7 (RFC 9562, section 5.7)."""
    username: str
    """3 to 32 of ``a-z 0-9 _ . -``, unique."""
    displayName: str
    """1 to 64 characters; the username until it is changed."""
    avatarUrl: str | None
    """An absolute URL of at most 2,048 characters; None when unset."""
    isBot: bool


class Presence(TypedDict):
    """Whether a person is there: online for 60 seconds after each of their requests."""

    status: Literal["online", "offline"]
    lastSeenAt: str | None
    """ISO 8601 in UTC; None when never seen."""


class Profile(User):
    """A person as other signed-in people see them."""

    presence: Presence


class SignInResult(TypedDict):
    """What registering and signing in answer."""

    token: str
    """A JWT (RFC 7519) that authenticates for about 15 minutes. The client has already kept it."""
    user: User


class RefreshResult(TypedDict):
    """What refreshing answers."""

    token: str
    """The new JWT (RFC 7519). The client has already kept it."""


class OAuthAccount(TypedDict):
    """An account at another service through which the person can sign in."""

    id: str
    """The server's own id of this link: what ``unlink_oauth_account`` takes."""
    provider: str
    providerAccountId: str
    """The id that the provider knows the account by."""
    email: str | None
    displayName: str | None
    linkedAt: str
    """ISO 8601 in UTC."""


class InviteStatus(TypedDict):
    """What is left of an invite."""

    expiresAt: str | None
    """ISO 8601 in UTC; None when it never expires."""
    usesLeft: int | None
    """How many more people may register with it; None when there is no limit."""


class PasswordRule(TypedDict):
    """How long passwords may be, in Unicode code points."""

    minLength: int
    maxLength: int


class RegistrationRule(TypedDict):
    """What registering takes."""

    inviteRequired: bool


class ServerConfig(TypedDict):
    """What a sign-in page needs to know of the server."""

    password: PasswordRule
    registration: RegistrationRule
    signInMethods: list[str]
    """How people can sign in: ``password``, and the names of other services."""
