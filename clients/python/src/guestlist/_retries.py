"""When a request may be sent again, and how long to wait before; nothing here waits."""

import random
import time
from collections.abc import Callable
from typing import Any

import httpx

from ._operations import Operation
from ._wire import error_code, parse_retry_after

LONGEST_WAIT = 10
"""Seconds; when the server asks for more, that is for the caller to decide."""
_UNDONE = ("rate_limited", "overloaded", "database_unavailable")
_BACKOFFS = (0.25, 0.5, 1.0, 2.0)

Outcome = httpx.Response | httpx.RequestError
"""What came of one request: an answer, or why there is none."""


def parse_max_retries(max_retries: int) -> int:
    if not isinstance(max_retries, int) or isinstance(max_retries, bool) or max_retries < 0:
        raise ValueError("max_retries must be a whole number, 0 or more")
    return max_retries


def pause_before_retry(
    operation: Operation[Any],
    outcome: Outcome,
    retries: int,
    chance: Callable[[], float] = random.random,
) -> float | None:
    """Seconds to wait before sending it once more after so many retries; None not to."""
    backoff = _BACKOFFS[min(retries, len(_BACKOFFS) - 1)] * chance()
    if isinstance(outcome, httpx.RequestError) or outcome.status_code in (502, 504):
        # Nobody knows whether it was done (RFC 9110, section 9.2.2).
        return backoff if operation.repeatable else None
    if outcome.status_code not in (429, 503):
        return None
    # Guestlist did nothing then; what stands in between may say so of a request that it lost.
    if not operation.repeatable and error_code(outcome) not in _UNDONE:
        return None
    wait = parse_retry_after(outcome.headers.get("Retry-After"), time.time())
    if wait is None:
        return backoff
    return wait if wait <= LONGEST_WAIT else None
