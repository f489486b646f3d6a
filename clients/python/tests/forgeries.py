"""Tokens that a verifier must refuse, each wrong in one thing."""

import hashlib
import hmac
import json
import math
import time
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from forging import ISSUER, Signer, encode, good_claims

SIGNER = Signer()
PUBLIC_KEY = SIGNER.private_key.public_key()


def as_hs256(secret: bytes) -> str:
    signed = (
        f"{encode({'alg': 'HS256', 'typ': 'at+jwt', 'kid': SIGNER.kid})}.{encode(good_claims())}"
    )
    return f"{signed}.{encode(hmac.digest(secret, signed.encode(), hashlib.sha256))}"


def public_bytes(encoding: serialization.Encoding) -> bytes:
    return PUBLIC_KEY.public_bytes(encoding, serialization.PublicFormat.SubjectPublicKeyInfo)


def signed_by(key: Any, algorithm: str) -> str:
    headers = {"typ": "at+jwt", "kid": SIGNER.kid}
    return jwt.encode(good_claims(), key, algorithm=algorithm, headers=headers)


def with_header(**header: Any) -> str:
    """Signed over that very header, whatever the library thinks of it."""
    whole = {"alg": "ES256", "typ": "at+jwt", "kid": SIGNER.kid, **header}
    whole = {name: value for name, value in whole.items() if value is not None}
    return signed_as_it_stands(json.dumps(whole).encode(), json.dumps(good_claims()).encode())


def with_claims(**claims: Any) -> str:
    """Signed over these very claims, whatever the library thinks of them."""
    return signed_as_it_stands(GOOD_HEADER, json.dumps({**good_claims(), **claims}).encode())


def signed_as_it_stands(header: bytes, payload: bytes) -> str:
    signed = f"{encode(header)}.{encode(payload)}"
    signature = jwt.get_algorithm_by_name("ES256").sign(signed.encode(), SIGNER.private_key)
    return f"{signed}.{encode(signature)}"


ATTACKER = Signer(SIGNER.kid)
GOOD_HEADER = json.dumps({"alg": "ES256", "typ": "at+jwt", "kid": SIGNER.kid}).encode()
FORGERIES = {
    "a word": "garbage",
    "dots": "..",
    "not ASCII": "é.é.é",
    "a line after it": SIGNER.sign() + "\n",
    "four parts": SIGNER.sign() + ".AAAA",
    "padding": SIGNER.sign() + "==",
    "no signature": SIGNER.sign().rpartition(".")[0] + ".",
    "longer than 4,096": SIGNER.sign(note="A" * 3000),
    "header that is no object": signed_as_it_stands(b"[]", b"{}"),
    "header that is no JSON": signed_as_it_stands(b"{", b"{}"),
    "header nested deeply": signed_as_it_stands(b"[" * 1500, b"{}"),
    "alg none": with_header(alg="none").rpartition(".")[0] + ".",
    "alg none with a signature": with_header(alg="none"),
    "alg missing": with_header(alg=None),
    "alg in lower case": with_header(alg="es256"),
    "HS256 with the public key in PEM": as_hs256(public_bytes(serialization.Encoding.PEM)),
    "HS256 with the public key in DER": as_hs256(public_bytes(serialization.Encoding.DER)),
    "HS256 with the public key as JWK": as_hs256(json.dumps(SIGNER.jwk).encode()),
    "RS256": signed_by(rsa.generate_private_key(65537, 2048), "RS256"),
    "ES384": signed_by(ec.generate_private_key(ec.SECP384R1()), "ES384"),
    "ES384 in the header only": with_header(alg="ES384"),
    "typ JWT": with_header(typ="JWT"),
    "typ missing": with_header(typ=None),
    "typ another": with_header(typ="refresh+jwt"),
    "kid missing": with_header(kid=None),
    "kid no text": with_header(kid=7),
    "crit": with_header(crit=["exp"]),
    "crit empty": with_header(crit=[]),
    "b64": with_header(b64=False),
    "embedded key": ATTACKER.sign({"jwk": ATTACKER.jwk}),
    "another's key": ATTACKER.sign(),
    "claims that are no object": signed_as_it_stands(GOOD_HEADER, b'"claims"'),
    "claims that are no JSON": signed_as_it_stands(GOOD_HEADER, b"{"),
    "iss missing": SIGNER.sign(iss=None),
    "iss another": SIGNER.sign(iss=f"{ISSUER}.evil.example"),
    "aud missing": SIGNER.sign(aud=None),
    "aud another": SIGNER.sign(aud="guestlists"),
    "aud others": SIGNER.sign(aud=["guest", "list"]),
    "sub missing": SIGNER.sign(sub=None),
    "sub empty": SIGNER.sign(sub=""),
    "sid missing": SIGNER.sign(sid=None),
    "sid no text": SIGNER.sign(sid=7),
    "iat missing": SIGNER.sign(iat=None),
    "iat text": with_claims(iat="1"),
    "exp missing": SIGNER.sign(exp=None),
    "exp true": SIGNER.sign(exp=True),
    "exp infinite": SIGNER.sign(exp=math.inf),
    "exp not a number": SIGNER.sign(exp=math.nan),
    "exp of 400 digits": SIGNER.sign(exp=10**400),
    "nbf text": with_claims(nbf="1"),
    "nbf to come": SIGNER.sign(nbf=int(time.time()) + 3600),
    "expired for another audience": SIGNER.sign(aud="another", exp=1),
}
