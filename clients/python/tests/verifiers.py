"""Both verifiers under one set of tests."""

from collections.abc import Callable
from typing import Any

from clients import Blocking

from guestlist.verification import AsyncTokenVerifier, TokenClaims, TokenVerifier

Check = Callable[[str | None], TokenClaims]
Verify = Callable[..., Check]


def make_verifier(kind: str, *arguments: Any, **options: Any) -> Any:
    if kind == "sync":
        return TokenVerifier(*arguments, **options)
    return Blocking(AsyncTokenVerifier(*arguments, **options))
