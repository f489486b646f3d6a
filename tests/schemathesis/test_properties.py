"""Thousands of requests made from the OpenAPI document: each is answered as the document says."""

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
import time
import uuid
from collections import defaultdict
from contextlib import closing
from http import HTTPStatus
from pathlib import Path

import pytest
from guestlist.testing import PASSWORD, GuestlistServer, start_guestlist

FOLDER = Path(__file__).parent
CHECKOUT = FOLDER.parent.parent
FEWEST_CASES = 2000
SMALLEST_SHARE_OF_SUCCESS = 0.3
SPARE = 2000
"""How many linked accounts, reset codes and flows there are to be used up."""


def fill(database: Path, user_id: str) -> dict[str, list[str]]:
    """What no operation makes: linked accounts; reset codes and flows, each of somebody else."""
    now = int(time.time() * 1000)
    account_ids = [str(uuid.uuid4()) for _ in range(SPARE)]
    codes = [f"RESET{number:05}" for number in range(SPARE)]
    hashes = [hashlib.sha256(code.encode()).digest() for code in codes]
    owners = [str(uuid.uuid4()) for _ in codes]
    flow_codes = [f"flow{number:05}" for number in range(SPARE)]
    secret_hash = hashlib.sha256(b"secret").digest()
    with closing(sqlite3.connect(database, timeout=5)) as connection, connection:
        connection.executemany(
            "INSERT INTO oauth_accounts (id, user_id, provider, issuer, subject, linked_at)"
            " VALUES (?, ?, 'example', 'https://id.example', ?, ?)",
            [(each, user_id, each, now) for each in account_ids],
        )
        connection.executemany(
            "INSERT INTO users (id, username, display_name, is_bot, created_at)"
            " VALUES (?, ?, ?, 0, ?)",
            [(owner, f"owner{number}", "Owner", now) for number, owner in enumerate(owners)],
        )
        connection.executemany(
            "INSERT INTO password_reset_codes (code_hash, user_id, created_at, expires_at)"
            " VALUES (?, ?, ?, ?)",
            [
                (each, owner, now, now + 1_800_000)
                for each, owner in zip(hashes, owners, strict=True)
            ],
        )
        connection.executemany(
            "INSERT INTO oauth_accounts (id, user_id, provider, issuer, subject, linked_at)"
            " VALUES (?, ?, 'github', 'oauth:github', ?, ?)",
            [(str(uuid.uuid4()), owner, owner, now) for owner in owners],
        )
        connection.executemany(
            "INSERT INTO oauth_flows (state_hash, secret_hash, provider, code_verifier, nonce,"
            " return_to, expires_at, returned_at, code_hash, issuer, subject)"
            " VALUES (?, ?, 'github', '', '', '', ?, ?, ?, 'oauth:github', ?)",
            [
                (os.urandom(32), secret_hash, now + 3_600_000, now, each, owner)
                for each, owner in zip(
                    [hashlib.sha256(code.encode()).digest() for code in flow_codes],
                    owners,
                    strict=True,
                )
            ],
        )
    return {
        "accountIds": account_ids,
        "resetCodes": codes,
        "flowCodes": flow_codes,
        "userIds": owners[:20],
    }


def make_world(server: GuestlistServer, temporary: Path) -> dict[str, object]:
    [database] = temporary.glob("*/guestlist.db")
    alice = server.login_as("alice").get_me()
    server.login_as("bob")
    invite_code = server.mint_invite(uses=None)
    return {
        "url": server.url,
        "readerCredentials": {"email": "alice@example.com", "password": PASSWORD},
        # Of many sessions of one person the oldest ends: that must not be the one that reads.
        "credentials": {"email": "bob@example.com", "password": PASSWORD},
        "inviteCode": invite_code,
        **fill(database, alice["id"]),
    }


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], Path]:
    folder = tmp_path_factory.mktemp("schemathesis")
    temporary = folder / "server"
    temporary.mkdir()
    answers = folder / "answers.jsonl"
    settings = {
        "TMPDIR": str(temporary),
        "LOG_LEVEL": "silent",
        "MAX_BOTS": "9999",
        # Nobody listens there: what is answered does not wait for mail.
        "SMTP_URL": "smtp://127.0.0.1:1",
        "MAIL_FROM": "guestlist@example.com",
        # Nothing is asked of it before somebody comes back.
        "OAUTH_GITHUB_CLIENT_ID": "id",
        "OAUTH_GITHUB_CLIENT_SECRET": "secret",
    }
    with start_guestlist(CHECKOUT, settings=settings) as server:
        world = folder / "world.json"
        world.write_text(json.dumps(make_world(server, temporary)))
        command = [
            str(Path(sys.executable).with_name("st")),
            *("--config-file", str(FOLDER / "schemathesis.toml")),
            *("run", f"{server.url}/openapi.json"),
            # It does not end by itself.
            *("--exclude-path", "/api/auth/presence/stream"),
            # It answers only what a provider has sent back.
            *("--exclude-path", "/api/auth/oauth/{provider}/callback"),
        ]
        environment = {
            **os.environ,
            "GUESTLIST_WORLD": str(world),
            "GUESTLIST_ANSWERS": str(answers),
            "PYTHONPATH": str(FOLDER),
            "NO_COLOR": "1",
        }
        result = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
    return result, answers


def test_schemathesis_finds_nothing_with_all_of_its_checks(
    run: tuple[subprocess.CompletedProcess[str], Path],
) -> None:
    result, _ = run
    assert result.returncode == 0, result.stdout + result.stderr
    assert "No issues found" in result.stdout


def test_there_are_thousands_of_cases_and_every_operation_succeeds_in_its_share(
    run: tuple[subprocess.CompletedProcess[str], Path],
) -> None:
    _, answers = run
    statuses: dict[str, list[int]] = defaultdict(list)
    for line in answers.read_text().splitlines():
        operation, _mode, status = json.loads(line)
        if status != HTTPStatus.METHOD_NOT_ALLOWED:
            statuses[operation].append(status)
    assert sum(map(len, statuses.values())) >= FEWEST_CASES
    shares = {
        operation: sum(200 <= status < 300 for status in each) / len(each)
        for operation, each in statuses.items()
    }
    assert {name: each for name, each in shares.items() if each < SMALLEST_SHARE_OF_SUCCESS} == {}
