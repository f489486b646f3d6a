"""Tokens that a test signs itself, and the keys that belong to them."""

import base64
import json
import time
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm
from scripted_server import Received, Reply, ok

ISSUER = "https://guestlist.example"


class Signer:
    """Signs as a Guestlist server does, with a key of its own."""

    def __init__(self, kid: str = "key-1") -> None:
        self.kid = kid
        self.private_key = ec.generate_private_key(ec.SECP256R1())

    @property
    def jwk(self) -> dict[str, Any]:
        public = ECAlgorithm.to_jwk(self.private_key.public_key(), as_dict=True)
        return {**public, "kid": self.kid, "alg": "ES256", "use": "sig"}

    def sign(self, header: dict[str, Any] | None = None, **claims: Any) -> str:
        """A token that is good but for what is changed; None takes a member away."""
        headers = {"typ": "at+jwt", "kid": self.kid, **(header or {})}
        payload = {**good_claims(), **claims}
        return jwt.encode(
            {name: value for name, value in payload.items() if value is not None},
            self.private_key,
            algorithm="ES256",
            headers=headers,
        )


def good_claims() -> dict[str, Any]:
    now = int(time.time())
    return {
        "iss": ISSUER,
        "aud": "guestlist",
        "sub": "user-1",
        "sid": "session-1",
        "gen": 1,
        "iat": now,
        "nbf": now - 30,
        "exp": now + 900,
    }


class PublishedKeys:
    """Answers as the server's address for keys; what it publishes can be changed."""

    def __init__(self, *signers: Signer) -> None:
        self.published = list(signers)

    def __call__(self, _: Received) -> Reply:
        return ok({"keys": [signer.jwk for signer in self.published]})


def encode(part: object) -> str:
    content = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def decode(part: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
