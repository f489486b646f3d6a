"""Signatures against the cases of Project Wycheproof."""

import json
from typing import Any

import pytest
from clients import failure
from seed_page import REPOSITORY

from guestlist._key_cache import parse_keys
from guestlist._verifier_core import verified_payload

CASES = "clients/contract/wycheproof/json_web_signature_es256_test.json"
GROUPS = json.loads((REPOSITORY / CASES).read_text(encoding="utf-8"))["testGroups"]
SIGNING = [group for group in GROUPS if "alg" in group["public"]]


@pytest.mark.parametrize(
    ("public", "case"),
    [
        pytest.param(group["public"], case, id=f"{case['tcId']} {case['comment']}")
        for group in SIGNING
        for case in group["tests"]
    ],
)
def test_a_signature_is_judged_as_wycheproof_says(
    public: dict[str, Any], case: dict[str, Any]
) -> None:
    key = parse_keys({"keys": [public]})[public["kid"]].key
    if case["result"] == "valid":
        assert verified_payload(case["jws"], key) == b"foo"
    else:
        assert failure(lambda: verified_payload(case["jws"], key)).code == "token_invalid"


def test_a_key_for_something_else_verifies_nothing() -> None:
    (group,) = [group for group in GROUPS if group not in SIGNING]
    assert group["public"]["key_ops"] == ["encrypt"]
    assert parse_keys({"keys": [group["public"]]}) == {}


def test_there_are_cases_of_both_kinds() -> None:
    results = [case["result"] for group in SIGNING for case in group["tests"]]
    assert results.count("valid") == 2
    assert results.count("invalid") == 35
