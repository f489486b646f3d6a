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


class OAuthProvider(TypedDict):
    """A service through which people can sign in."""

    name: str
    """What ``login_with_oauth`` and ``link_oauth_account`` take."""
    label: str
    """What to write on its button."""


class OAuthStart(TypedDict):
    """The beginning of a sign-in or a link through a provider, which lasts 10 minutes."""

    authorizationUrl: str
    """Where the person's browser is to go."""
    flowSecret: str
    """What the code is exchanged with that this browser comes back with."""


class Session(TypedDict):
    """A sign-in that has not ended: where the person is signed in."""

    id: str
    """The server's id of it: what ``end_session`` takes."""
    createdAt: str
    """ISO 8601 in UTC."""
    lastSeenAt: str
    """ISO 8601 in UTC."""
    userAgent: str | None
    """What the browser or program called itself; anybody can write anything there."""
    address: str | None
    """The IP address that it was last seen at."""
    openedBy: str | None
    """By what: ``password``, ``registration``, or a provider's name; ``None`` of older ones."""
    isCurrent: bool
    """Whether it is the session of the token that asked."""


class Account(TypedDict):
    """What only the person themselves can see of their account."""

    id: str
    email: str | None
    """None when unset, as after joining through a provider."""
    createdAt: str
    """ISO 8601 in UTC."""
    hasPassword: bool
    signInMethods: list[str]
    """How this person can sign in: ``password``, and the names of linked services."""


class Bot(User):
    """A bot that the person has made."""

    createdAt: str
    """ISO 8601 in UTC."""
    expiresAt: str | None
    """When its token expires, ISO 8601 in UTC; None when it never does."""
    lastUsedAt: str | None
    """ISO 8601 in UTC, noted at most once an hour; None when never used."""
    isActive: bool
    """Whether its token is good: neither revoked nor expired, and the bot not disabled."""


class BotWithToken(TypedDict):
    """A bot with its new token."""

    token: str
    """The bot's secret, which is told this once. It is not the client's own."""
    bot: Bot


class PresencePage(TypedDict):
    """Some of the people who are online."""

    users: list[Profile]
    next: str | None
    """What to give as ``after`` for those who follow; None when these were the last."""


class PresenceSnapshot(TypedDict):
    """Everybody who is online; whoever is not in it is offline."""

    type: Literal["snapshot"]
    userIds: list[str]


class PresenceChange(TypedDict):
    """Somebody has come or gone."""

    type: Literal["online", "offline"]
    userId: str
    at: str
    """When they came or were last seen, ISO 8601 in UTC."""


PresenceEvent = PresenceSnapshot | PresenceChange
"""What watching presence tells; ``type`` says which."""


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


class PasswordResetRule(TypedDict):
    """How people come by a code for a new password."""

    byMail: bool
    """Whether ``request_password_reset`` sends one; else the server's operator hands it out."""


class ServerConfig(TypedDict):
    """What a sign-in page needs to know of the server."""

    password: PasswordRule
    registration: RegistrationRule
    signInMethods: list[str]
    """How people can sign in: ``password``, and the names of other services."""
    passwordReset: PasswordResetRule
