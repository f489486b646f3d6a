from collections.abc import Generator
from datetime import datetime
from types import TracebackType
from typing import Literal

import httpx

from . import _operations
from ._answers import (
    Account,
    Bot,
    BotWithToken,
    InviteStatus,
    OAuthAccount,
    OAuthProvider,
    OAuthStart,
    PresenceEvent,
    PresencePage,
    Profile,
    RefreshResult,
    ServerConfig,
    Session,
    SignInResult,
    User,
)
from ._core import Core
from ._presence_watch import PresenceWatch
from ._storage import TokenStorage
from ._transport import Transport
from ._unset import UNSET, Unset


class GuestlistClient:
    """A client of one Guestlist server. Threads may share it.

    It keeps the token of the last `register`, `login`, `complete_oauth`, `refresh_token` or
    `change_password` and sends it as a Bearer token (RFC 6750, section 2.1). A request that is
    answered ``token_expired`` is repeated once after one refresh, however many requests wait for
    it. The token is dropped when the server says that its session is over, never because of the
    network.

    Every method raises a `GuestlistError`, or its subclass `GuestlistNetworkError` without a
    usable answer. Any of them may meet `RateLimitError` and `ServerError`; those that need a token
    also `AuthenticationError`. The codes named at a method are those of its own.

    Args:
        base_url: Where the server is: an absolute http or https URL. A slash at the end does not
            matter.
        token: A token to begin with. It replaces the one in `storage`.
        timeout: Seconds to wait for each step of a request: connecting, sending, and each part
            of the answer. Each retry has as much again.
        max_retries: How often a request is sent again, after a pause: any that the server put off
            (429, 503), and after 502, 504 or no answer those that can do no harm.
        storage: Where the token is kept; a `MemoryStorage` when left out.
        http_client: Used instead of a client of its own, which `close` would close; this one
            stays open. Its time-out and its redirects are not used.

    Raises:
        ValueError: The base_url, token, timeout or max_retries cannot be used. No message repeats
            them.
        TypeError: The storage or http_client cannot be used.
    """

    def __init__(
        self,
        base_url: str,
        token: str | None = None,
        *,
        timeout: float = 30.0,
        max_retries: int = 2,
        storage: TokenStorage | None = None,
        http_client: httpx.Client | None = None,
    ) -> None:
        core = Core(base_url, token, timeout, max_retries, storage)
        self._transport = Transport(core, http_client)

    @property
    def token(self) -> str | None:
        """The token that is sent, None while nobody is signed in. It is a secret: never log it."""
        return self._transport.core.token

    def get_me(self) -> User:
        """The signed-in person."""
        return self._transport.call(_operations.GET_ME)

    def update_profile(
        self, *, display_name: str | Unset = UNSET, avatar_url: str | Unset | None = UNSET
    ) -> User:
        """Changes the given fields of the signed-in person's profile.

        Args:
            display_name: 1 to 64 characters after trimming; left out, it stays.
            avatar_url: An absolute https or http URL of at most 2,048 characters; None removes
                it; left out, it stays.

        Returns:
            The whole profile as it is now.

        Raises:
            ValidationError: ``validation_failed``; nothing was changed.
        """
        return self._transport.call(_operations.update_profile(display_name, avatar_url))

    def get_user_profile(self, id: str) -> Profile:
        r"""Another person, with whether they are there.

        Raises:
            NotFoundError: ``not_found``.
            ValueError: The id is empty, a dot segment, or holds ``/ ? # \`` or control
                characters; nothing was sent.
        """
        return self._transport.call(_operations.get_user_profile(id))

    def register(
        self,
        *,
        email: str,
        password: str,
        username: str,
        invite_code: str,
        display_name: str | None = None,
        idempotency_key: str | None = None,
    ) -> SignInResult:
        """Registers a person by invite and signs them in.

        When no answer comes it asks again under the same Idempotency-Key, so that an answer lost
        on its way neither burns the invite nor leaves the name taken.

        Args:
            email: At most 254 characters; case does not matter.
            password: 15 to 128 characters unless the server allows fewer; any characters.
            username: 3 to 32 of ``a-z 0-9 _ . -``, starting and ending with a letter or digit.
            invite_code: As it was handed out: case, spaces and dashes do not matter.
            display_name: 1 to 64 characters; the username when left out.
            idempotency_key: 1 to 255 visible ASCII characters that name this registration, random
                when left out. The server answers the same key with the same person for 24 hours:
                keep it to ask again after the process ended before the answer came.

        Raises:
            ValidationError: ``validation_failed``, ``weak_password``.
            PermissionDeniedError: ``invite_invalid``, ``invite_expired``, ``invite_used_up``.
            ConflictError: ``email_taken``, ``username_taken``, ``idempotency_key_reused``.
            ValueError: The idempotency_key cannot be sent; nothing was.
        """
        operation = _operations.register(
            email, password, username, invite_code, display_name, idempotency_key
        )
        return self._transport.sign_in(operation)

    def login(self, *, email: str, password: str) -> SignInResult:
        """Signs a person in.

        Raises:
            AuthenticationError: ``invalid_credentials``, for an unknown address too.
            PermissionDeniedError: ``account_disabled``.
        """
        return self._transport.sign_in(_operations.login(email, password))

    def refresh_token(self) -> RefreshResult:
        """Exchanges the token, expired or not, for a new one.

        The client does this by itself when a token has expired; call it to hand a fresh token to
        another service. The new token is used at once, in a request whose failure does not matter,
        so that a thief of the old one is noticed (RFC 9700, section 4.14.2).

        Raises:
            AuthenticationError: ``token_missing``; or ``session_ended``, ``token_reused``,
                ``token_invalid``, and the token has been dropped.
        """
        return self._transport.refresh_token()

    def disconnect(self) -> None:
        """Says that this client is going away: it is offline at once instead of in a minute.

        The token stays good, and the next request is back online.
        """
        self._transport.call(_operations.DISCONNECT)

    def logout(self, scope: Literal["this", "others", "all"] = "this") -> None:
        """Ends the session for good and drops the token, also when it had ended before.

        Without an answer (`GuestlistNetworkError`) the token stays, so that this can be called
        again. Without a token nothing is sent.

        Args:
            scope: ``others`` ends the person's other sessions instead, and keeps the token;
                ``all`` ends every one. Both need a token whose session lives.

        Raises:
            AuthenticationError: Of ``others`` and ``all``, ``session_ended``: then nobody knows
                of the other sessions.
            ValueError: The scope is none of these; nothing was sent.
        """
        self._transport.logout(scope)

    def list_sessions(self) -> list[Session]:
        """Where the signed-in person is signed in, newest first."""
        return self._transport.call(_operations.LIST_SESSIONS)

    def end_session(self, id: str) -> None:
        r"""Ends one of the signed-in person's sessions, by the ``id`` of `list_sessions`.

        To end the client's own, use `logout`, which drops the token as well.

        Raises:
            NotFoundError: ``not_found``, also when it had ended before.
            ValueError: The id is empty, a dot segment, or holds ``/ ? # \`` or control
                characters; nothing was sent.
        """
        self._transport.call(_operations.end_session(id))

    def change_password(
        self, *, current_password: str | None = None, new_password: str
    ) -> RefreshResult:
        """Sets another password, or the first, and ends the signed-in person's other sessions.

        This session goes on, with a new token, which the client keeps.

        Args:
            current_password: The password until now; left out by whoever has none, who needs a
                sign-in within the last 10 minutes and an email address.
            new_password: The new one, under the rules of registration.

        Raises:
            AuthenticationError: ``invalid_credentials``: the current password is wrong.
            PermissionDeniedError: ``reauthentication_required``.
            ValidationError: ``validation_failed``, ``weak_password``.
        """
        return self._transport.change_password(
            _operations.change_password(current_password, new_password)
        )

    def get_account(self) -> Account:
        """What only the signed-in person themselves can see: email address, ways to sign in."""
        return self._transport.call(_operations.GET_ACCOUNT)

    def change_email(self, *, email: str, current_password: str | None = None) -> Account:
        """Sets another email address for the signed-in person.

        Args:
            email: At most 254 characters; case does not matter.
            current_password: The person's password, which proves that it is they who ask; left
                out by whoever has none, who needs a sign-in within the last 10 minutes.

        Returns:
            The account as it is now.

        Raises:
            AuthenticationError: ``invalid_credentials``: the password is wrong.
            PermissionDeniedError: ``reauthentication_required``.
            ConflictError: ``email_taken``.
            ValidationError: ``validation_failed``.
        """
        return self._transport.call(_operations.change_email(email, current_password))

    def delete_account(self) -> None:
        """Deletes the signed-in person's account for good, and drops the token.

        Raises:
            PermissionDeniedError: ``reauthentication_required``: the person signed in more than
                10 minutes ago. `login` again, then call this again.
        """
        self._transport.delete_account()

    def list_bots(self) -> list[Bot]:
        """The bots of the signed-in person, newest first."""
        return self._transport.call(_operations.LIST_BOTS)

    def create_bot(
        self,
        *,
        username: str,
        display_name: str | None = None,
        expires_at: datetime | str | None = None,
    ) -> BotWithToken:
        """Makes a bot of the signed-in person.

        Its token is told this once. It does not become the client's own: it is for a client that
        the bot uses.

        Args:
            username: As for people: 3 to 32 of ``a-z 0-9 _ . -``, unique among them and bots.
            display_name: 1 to 64 characters; the username when left out.
            expires_at: When its token expires: a time with its zone, or ISO 8601 in UTC; never
                when left out.

        Raises:
            ConflictError: ``username_taken``, ``bot_limit_reached``.
            ValidationError: ``validation_failed``, also of a time that has passed.
            ValueError: The time names no zone; nothing was sent.
        """
        return self._transport.call(_operations.create_bot(username, display_name, expires_at))

    def delete_bot(self, id: str) -> None:
        r"""Deletes a bot of the signed-in person for good, by the ``id`` of `list_bots`.

        Raises:
            NotFoundError: ``not_found``.
            ValueError: The id is empty, a dot segment, or holds ``/ ? # \`` or control
                characters; nothing was sent.
        """
        self._transport.call(_operations.delete_bot(id))

    def rotate_bot_token(self, id: str, expires_at: datetime | str | None = None) -> BotWithToken:
        r"""Makes a new token for a bot; the one before is refused from then on.

        Args:
            id: The ``id`` of `list_bots`.
            expires_at: When the new token expires, as for `create_bot`.

        Raises:
            NotFoundError: ``not_found``.
            ValidationError: ``validation_failed``, of a time that has passed.
            ValueError: The id is empty, a dot segment, or holds ``/ ? # \`` or control
                characters, or the time names no zone; nothing was sent.
        """
        return self._transport.call(_operations.rotate_bot_token(id, expires_at))

    def list_presence(self, *, limit: int | None = None, after: str | None = None) -> PresencePage:
        """Some of the people who are online, with their profiles.

        Args:
            limit: How many at most: 1 to 500, or 100 when left out.
            after: The ``next`` of the page before; left out, the first ones.

        Raises:
            ValidationError: ``validation_failed``.
        """
        return self._transport.call(_operations.list_presence(limit, after))

    def watch_presence(self) -> Generator[PresenceEvent, None, None]:
        """Who is online, then everybody who comes and goes, as it happens and without an end.

        A snapshot is the first event. It comes again whenever the server no longer knows what was
        missed, and holds everybody: whoever is not in it is offline. Whoever watches is online.

        The connection is the server's to end from time to time. When it ends, breaks, or is silent
        for 60 seconds, the watch goes on where it was, for as long as it takes: after a growing
        pause of at most 30 seconds, or when the server says. An expired token is refreshed.
        `timeout` counts for connecting, `max_retries` for nothing here.

        Leaving the loop ends it; so does closing the generator that this returns, cancelling its
        task, and closing the client, also from another thread. A given `http_client` stays open,
        and so does this.

        Raises:
            AuthenticationError: ``token_missing``, ``token_invalid``; or ``session_ended``,
                ``token_reused``, and the token has been dropped.
            GuestlistNetworkError: ``invalid_answer`` only.
        """
        return self._transport.watch(PresenceWatch(self._transport.core))

    def list_oauth_providers(self) -> list[OAuthProvider]:
        """The services through which people can sign in here, by name; sent without a token."""
        return self._transport.call(_operations.LIST_OAUTH_PROVIDERS)

    def login_with_oauth(
        self,
        provider: str,
        *,
        return_to: str,
        invite_code: str | None = None,
        username: str | None = None,
    ) -> OAuthStart:
        r"""Starts signing in through a provider, or joining by invite; sent without a token.

        Send the browser to ``authorizationUrl``. It comes back to `return_to` with ``oauth_code``
        in its query, which is for `complete_oauth`.

        Args:
            provider: A ``name`` of `list_oauth_providers`.
            return_to: An absolute URL of an origin that the server lets people come back to.
            invite_code: For whoever has no account yet.
            username: For the new account, under the rules of registration; the server makes one
                up when left out.

        Raises:
            NotFoundError: ``not_found``: there is no such provider.
            PermissionDeniedError: ``oauth_failed``: the provider does not answer.
            ConflictError: ``username_taken``.
            ValidationError: ``validation_failed``.
            ValueError: The provider's name is empty, a dot segment, or holds ``/ ? # \`` or
                control characters; nothing was sent.
        """
        operation = _operations.login_with_oauth(provider, return_to, invite_code, username)
        return self._transport.begin_flow(operation)

    def link_oauth_account(self, provider: str, *, return_to: str) -> OAuthStart:
        """Starts linking an account at a provider to that of the signed-in person.

        It goes on as `login_with_oauth` does, whose arguments it takes.

        Raises:
            NotFoundError: ``not_found``: there is no such provider.
            PermissionDeniedError: ``oauth_failed``; or ``reauthentication_required``: the person
                signed in more than 10 minutes ago.
            ValidationError: ``validation_failed``.
            ValueError: The provider's name cannot stand in a path; nothing was sent.
        """
        return self._transport.begin_flow(_operations.link_oauth_account(provider, return_to))

    def complete_oauth(self, code: str, *, flow_secret: str | None = None) -> SignInResult:
        """Exchanges the code that the browser came back with, once, and keeps the token.

        It signs in, makes an account with the invite that was given at the start, or links.

        Args:
            code: The ``oauth_code`` of the query.
            flow_secret: Of the flow that this browser began. An application of many people keeps
                it in its own session with the browser; left out, it is the one of the latest flow
                that this client has begun.

        Raises:
            PermissionDeniedError: ``oauth_failed``: the provider confirmed nobody, or the person
                declined there; ``oauth_flow_invalid``: the flow is over, or another browser's;
                ``invite_invalid``, also of somebody without an account and an invite;
                ``invite_expired``, ``invite_used_up``, ``account_disabled``.
            ConflictError: ``username_taken``; of a link ``oauth_account_taken``.
        """
        return self._transport.complete_oauth(code, flow_secret)

    def list_oauth_accounts(self) -> list[OAuthAccount]:
        """The accounts at other services through which the signed-in person can sign in."""
        return self._transport.call(_operations.LIST_OAUTH_ACCOUNTS)

    def unlink_oauth_account(self, id: str) -> None:
        r"""Takes such an account away, by the ``id`` of `list_oauth_accounts`.

        Raises:
            NotFoundError: ``not_found``.
            ConflictError: ``last_sign_in_method``.
            PermissionDeniedError: ``reauthentication_required``.
            ValueError: The id is empty, a dot segment, or holds ``/ ? # \`` or control
                characters; nothing was sent.
        """
        self._transport.call(_operations.unlink_oauth_account(id))

    def check_invite(self, invite_code: str) -> InviteStatus:
        """What is left of an invite; sent without a token.

        Raises:
            PermissionDeniedError: ``invite_invalid``, ``invite_expired``, ``invite_used_up``.
            ValidationError: ``validation_failed``.
        """
        return self._transport.call(_operations.check_invite(invite_code))

    def get_config(self) -> ServerConfig:
        """What a sign-in page needs to know of the server; sent without a token."""
        return self._transport.call(_operations.GET_CONFIG)

    def request_password_reset(self, email: str) -> None:
        """Has a code for a new password sent to this address; sent without a token.

        It succeeds for an address without an account too, so that nobody learns who has one.

        Raises:
            NotFoundError: ``not_found``: the server sends no mail (see `get_config`), so that a
                code comes from its operator.
            ValidationError: ``validation_failed``.
        """
        self._transport.call(_operations.request_password_reset(email))

    def reset_password(self, *, code: str, password: str) -> None:
        """Sets a new password by a reset code; sent without a token, and signs nobody in.

        It ends every session of the account.

        Args:
            code: The code that came by mail, or that the operator of the server handed out.
            password: The new password, under the rules of registration.

        Raises:
            PermissionDeniedError: ``reset_code_invalid``.
            ValidationError: ``validation_failed``, ``weak_password``.
        """
        self._transport.call(_operations.reset_password(code, password))

    def close(self) -> None:
        """Closes the HTTP client that was made by this one. The session and its token live on."""
        self._transport.close()

    def __enter__(self) -> "GuestlistClient":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._transport.core.base_url!r})"
