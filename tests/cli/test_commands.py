"""The command line, as operators use it: each command in a process of its own."""

import asyncio
import json
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import jwt
import pytest

from cli.settings import Settings, SettingsError, read_settings
from db.migrate import migrations
from domain.people import Permission, Role
from domain.sealing import new_key_ring
from gateways.storage.bucket import BucketAddress
from tests.api.test_resealing import fill, opened
from tests.play.bucket import open_bucket
from tests.play.callers import Caller
from tests.play.databases import ROOT, new_database
from tests.play.house import SEALING_KEYS, House
from tests.play.process import free_port
from tests.play.signature import KEY_ID, REGION, SECRET
from tests.play.tenant import Tenant
from tests.play.valkey import open_valkey

VIEWER = "{ viewer { organization { slug } member { role } } }"
COMMAND = "from cli.main import app; app()"


@dataclass(frozen=True, slots=True)
class Shell:
    """A working folder without a `.env`, and the settings of the house in the environment."""

    folder: Path
    settings: dict[str, str]

    async def run(self, *arguments: str, **settings: str) -> tuple[int, str, str]:
        """The exit code, what was printed, and what was complained of. An empty setting is one that is absent."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("REKINDLE_")}
        given = {f"REKINDLE_{name}": value for name, value in (self.settings | settings).items() if value}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", COMMAND, *arguments),
            cwd=self.folder,
            env=kept | given | {"PYTHONPATH": str(ROOT), "COLUMNS": "200", "NO_COLOR": "1"},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, error = await process.communicate()
        return process.returncode or 0, out.decode(), error.decode()


@pytest.fixture
def shell(house: House, tmp_path: Path) -> Shell:
    assert house.settings.jwt_secret
    given = {"DATABASE_URL": house.database_url, "JWT_SECRET": house.settings.jwt_secret, "SEALING_KEYS": SEALING_KEYS}
    return Shell(tmp_path, given)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"DATABASE_URL": "mysql://localhost/rekindle"}, ["REKINDLE_DATABASE_URL: must look like postgresql://"]),
        ({"DATABASE_URL": "postgresql://localhost/x"}, ["REKINDLE_JWT_SECRET is needed with REKINDLE_DATABASE_URL"]),
        ({"JWT_SECRET": "short"}, ["REKINDLE_JWT_SECRET: "]),
        ({"PORT": "70000", "POOL_SIZE": "many"}, ["REKINDLE_PORT: ", "REKINDLE_POOL_SIZE: "]),
        ({"SEALING_KEYS": "first"}, ["REKINDLE_SEALING_KEYS: the key first must be the base64 of 32 bytes"]),
        ({"SEALING_KEYS": ":c2hvcnQ="}, ["REKINDLE_SEALING_KEYS: no. 1 must look like id:key"]),
        ({"SMTP_URL": "mail.example.com"}, ["REKINDLE_SMTP_URL: must look like smtp://"]),
        ({"MAIL_SENDER": "sales"}, ["REKINDLE_MAIL_SENDER: must look like sales@example.com"]),
        ({"TWILIO_ACCOUNT_SID": "AC1"}, ["REKINDLE_TWILIO_ACCOUNT_SID and REKINDLE_TWILIO_AUTH_TOKEN go together"]),
        (
            {"BROADCAST_URL": "postgresql://localhost/x"},
            ["REKINDLE_BROADCAST_URL: must be memory://, or look like redis"],
        ),
        (
            {"BROADCAST_URL": "redis://localhost:many"},
            ["REKINDLE_BROADCAST_URL: must be memory://, or look like redis"],
        ),
        ({"BROADCAST_URL": "redis://localhost?socket=1"}, ["REKINDLE_BROADCAST_URL: must be memory://, or look like"]),
        ({"STORAGE_URL": "/var/files"}, ["REKINDLE_STORAGE_URL: must look like file:///"]),
        ({"STORAGE_URL": "file://files"}, ["REKINDLE_STORAGE_URL: must look like file:///"]),
        ({"STORAGE_URL": "s3://key:secret@files"}, ["REKINDLE_STORAGE_URL: must look like file:///"]),
        ({"STORAGE_URL": "s3://files?bucket=x"}, ["REKINDLE_STORAGE_URL: has an option that is not known: bucket"]),
        ({"STORAGE_URL": "s3://files?endpoint=minio"}, ["REKINDLE_STORAGE_URL: has an endpoint that does not look"]),
        (
            {"STORAGE_URL": "s3://files", "STORAGE_KEY_ID": "x"},
            ["REKINDLE_STORAGE_KEY_ID and REKINDLE_STORAGE_SECRET go together"],
        ),
        ({"STORAGE_KEY_ID": "x", "STORAGE_SECRET": "y"}, ["REKINDLE_STORAGE_KEY_ID is for a bucket"]),
        ({"MODEL": "gpt-5"}, ["REKINDLE_MODEL: must look like openai:<model> or anthropic:<model>"]),
        ({"MODEL": "openai:gpt-5"}, ["REKINDLE_MODEL_API_KEY is needed with REKINDLE_MODEL"]),
        ({"MODEL_BASE_URL": "https://key@models.example.com"}, ["REKINDLE_MODEL_BASE_URL: must look like http"]),
        ({"MODEL_TIMEOUT_SECONDS": "0"}, ["REKINDLE_MODEL_TIMEOUT_SECONDS: "]),
        ({"PUBLIC_URL": "inbox.example.com"}, ["REKINDLE_PUBLIC_URL: must look like https://"]),
    ],
)
def test_every_setting_that_cannot_be_is_named_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: dict[str, str], named: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in settings.items():
        monkeypatch.setenv(f"REKINDLE_{name}", value)
    with pytest.raises(SettingsError) as wrong:
        read_settings()
    sentences = str(wrong.value).splitlines()
    assert len(sentences) == len(named)
    assert all(sentence.startswith(words) for sentence, words in zip(sentences, named, strict=True))
    assert all(sentence.endswith(".") for sentence in sentences)


async def test_a_command_complains_in_sentences_alone(shell: Shell) -> None:
    code, out, error = await shell.run("migrate", PORT="70000", LOG_FORMAT="prose")
    assert (code, out) == (1, "")
    assert [line.split(":")[0] for line in error.splitlines()] == ["REKINDLE_PORT", "REKINDLE_LOG_FORMAT"]


async def test_a_database_that_is_not_there_is_told_in_a_sentence(shell: Shell) -> None:
    here = shell.settings["DATABASE_URL"]
    password = urlsplit(here).password or ""
    gone = re.sub(r":\d+/", ":1/", here)
    stranger = here.replace(password, "guessed-wrong")
    said = await asyncio.gather(shell.run("doctor", DATABASE_URL=gone), shell.run("migrate", DATABASE_URL=stranger))
    for code, out, error in said:
        assert (code, out) == (1, "")
        assert "Traceback" not in error and error.strip().endswith(".")
        assert password not in error and "guessed-wrong" not in error, "a password is nobody's business"


async def test_migrate_goes_up_and_down_and_says_so(shell: Shell) -> None:
    url = await new_database(shell.settings["DATABASE_URL"], "command_line", migrated=False)
    names = [f"{one.version:04} {one.name}" for one in migrations()]
    assert await shell.run("migrate", DATABASE_URL=url) == (0, "".join(f"up {name}\n" for name in names), "")
    down = await shell.run("migrate", "--to", str(len(names) - 2), DATABASE_URL=url)
    assert down[1] == "".join(f"down {name}\n" for name in reversed(names[-2:]))
    code, out, _ = await shell.run("doctor", DATABASE_URL=url)
    assert code == 1 and "2 waiting: run `rekindle migrate`" in out


async def test_migrate_says_when_there_is_nothing_to_do_or_to_know(shell: Shell) -> None:
    url = await new_database(shell.settings["DATABASE_URL"], "command_line_newer")
    connection = await asyncpg.connect(url)
    await connection.execute("insert into rekindle_migrations values (9999, 'future', 'x')")
    await connection.close()
    done, refused = await asyncio.gather(shell.run("migrate"), shell.run("migrate", DATABASE_URL=url))
    assert done == (0, "Nothing to do: the database is up to date.\n", "")
    assert refused == (1, "", "The database is at 9999_future, newer than this server: upgrade it.\n")


async def test_a_token_opens_the_api_for_its_member(shell: Shell, tenant: Tenant) -> None:
    email = f"agent@{tenant.slug}.example"
    code, out, _ = await shell.run("token", "--organization", tenant.slug, "--email", email, "--hours", "2")
    assert code == 0
    rules = tenant.house.parts.rules
    claims = jwt.decode(out.strip(), rules.secret, ["HS256"], issuer=rules.issuer, audience=rules.audience)
    assert claims["sub"] == tenant.subjects[Role.AGENT]
    assert claims["exp"] - claims["iat"] == 2 * 3600
    viewer = await _viewer(tenant, out.strip())
    assert viewer == {"organization": {"slug": tenant.slug}, "member": {"role": "AGENT"}}


async def test_a_token_is_made_for_members_alone(shell: Shell, tenant: Tenant, stranger: Tenant) -> None:
    email = f"agent@{stranger.slug}.example"
    missing, nowhere = await asyncio.gather(
        shell.run("token", "--organization", tenant.slug, "--email", email),
        shell.run("token", "--organization", "no-such-organization", "--email", email),
    )
    assert missing == (1, "", f"{tenant.slug} has no member with the address {email}.\n")
    assert nowhere == (1, "", "There is no organization with the slug no-such-organization.\n")


async def test_a_key_opens_what_it_is_for(shell: Shell, tenant: Tenant) -> None:
    arguments = ("--organization", tenant.slug, "--name", "a report", "--permission", Permission.INBOX_READ.value)
    code, out, _ = await shell.run("key", *arguments)
    assert code == 0
    assert await _viewer(tenant, out.strip()) == {"organization": {"slug": tenant.slug}, "member": None}
    conversation, _ = await tenant.text()
    program = Caller(tenant.house.http, tenant.house.ws, out.strip())
    send = "mutation ($input: SendMessageInput!) { sendMessage(input: $input) { ... on Refused { code } } }"
    given = {"conversationId": conversation, "body": "Hello.", "idempotencyKey": "1"}
    assert await program.ask(send, input=given) == {"sendMessage": {"code": "FORBIDDEN"}}


async def test_a_key_needs_a_permission_there_is(shell: Shell, tenant: Tenant) -> None:
    arguments = ("--organization", tenant.slug, "--name", "x", "--permission", "EVERYTHING")
    code, out, error = await shell.run("key", *arguments)
    assert (code, out) == (2, "")
    assert all(permission.value in error for permission in Permission)


async def test_doctor_finds_the_house_well_and_says_what_is_missing(shell: Shell) -> None:
    shared = json.dumps([{"issuer": "https://idp.example.com", "secret": "x" * 32}])
    nowhere = json.dumps([{"issuer": "https://idp.example.com", "jwks_url": "http://127.0.0.1:1/keys"}])
    model = {"MODEL": "openai:small", "MODEL_BASE_URL": "http://127.0.0.1:1/v1"}
    whole = shell.run("doctor", TWILIO_ACCOUNT_SID="AC1", TWILIO_AUTH_TOKEN="x", ISSUERS=shared, **model)
    (code, out, _), (also, less, _) = await asyncio.gather(whole, shell.run("doctor", ISSUERS=nowhere))
    assert (code, also) == (0, 0), out + less
    findings = {line.split()[1]: line.split()[0] for line in out.splitlines() if len(line.split()) > 2}
    assert findings.pop("webhooks") in ("well", "note"), "other tests leave some"
    assert {findings.pop(name) for name in ("database", "migrations", "role", "issuer", "carrier")} == {"well"}
    assert re.search(r"note +issuer +https://idp.example.com: http://127.0.0.1:1/keys cannot be reached", less)
    assert "REKINDLE_TWILIO_ACCOUNT_SID" in less
    assert re.search(r"note +model +none, so answers are written by plain rules: set REKINDLE_MODEL", less)
    assert re.search(r"well +model +openai:small at http://127.0.0.1:1/v1 writes answers, within 30 seconds", out)


async def test_doctor_tells_whether_files_can_be_kept(shell: Shell) -> None:
    (shell.folder / "a file").touch()
    async with open_bucket() as bucket:
        url = f"s3://{bucket.name}/inbox?region={REGION}&endpoint={bucket.endpoint}"
        told = await asyncio.gather(
            shell.run("doctor"),
            shell.run("doctor", STORAGE_URL=f"file://{shell.folder}/a file/within"),
            shell.run("doctor", STORAGE_URL=url, STORAGE_KEY_ID=KEY_ID, STORAGE_SECRET=SECRET),
            shell.run("doctor", STORAGE_URL=url, STORAGE_KEY_ID=KEY_ID, STORAGE_SECRET="wrong"),
        )
    assert [code for code, _, _ in told] == [0, 1, 0, 1]
    verdicts = [line.split()[0] for _, out, _ in told for line in out.splitlines() if "files" in line.split()[1:2]]
    assert verdicts == ["well", "mend", "well", "mend"]


def test_an_address_says_which_bucket_and_where() -> None:
    url = "s3://files/some/where/?region=eu-west-2&endpoint=https://minio.example.com"
    settings = read_settings(storage_url=url, storage_key_id="id", storage_secret="a secret")
    assert settings.storage == BucketAddress(
        "files", "some/where", "eu-west-2", "https://minio.example.com", "id", "a secret"
    )
    assert "a secret" not in repr(settings.storage)
    assert read_settings(storage_url="file:///var/lib/re%20kindle").storage == Path("/var/lib/re kindle")
    assert read_settings(data_dir=Path("there")).storage == Path("there/files")


async def test_doctor_tells_whether_redis_answers(shell: Shell) -> None:
    """A note and no fault: the feed does without."""
    async with open_valkey() as valkey:
        nowhere = f"redis://127.0.0.1:{free_port()}/0"
        here, there = await asyncio.gather(
            shell.run("doctor", BROADCAST_URL=valkey.url), shell.run("doctor", BROADCAST_URL=nowhere)
        )
    assert (here[0], there[0]) == (0, 0), here[1] + there[1]
    verdicts = [line.split()[0] for out in (here[1], there[1]) for line in out.splitlines() if "redis" in line.split()]
    assert verdicts == ["well", "note"]


async def test_reseal_tells_what_it_did_and_doctor_what_is_left(shell: Shell) -> None:
    """With one key, with none, and with a newer one before it."""
    url = await new_database(shell.settings["DATABASE_URL"], "resealed")
    async with opened(url, SEALING_KEYS) as database:
        await fill(database, 2)
    newer = new_key_ring("newer")
    asked = ("doctor", newer), ("doctor", f"{newer},{SEALING_KEYS}"), ("reseal", "")
    told = await asyncio.gather(*(shell.run(name, DATABASE_URL=url, SEALING_KEYS=keys) for name, keys in asked))
    assert [code for code, _, _ in told] == [1, 0, 1]
    assert "2 sealed under tests, which is missing" in told[0][1]
    assert "2 sealed under tests, an older key: run `rekindle reseal`" in told[1][1]
    assert "REKINDLE_SEALING_KEYS" in told[2][2]
    done = await shell.run("reseal", DATABASE_URL=url, SEALING_KEYS=f"{newer},{SEALING_KEYS}")
    assert done == (0, "2 resealed …\n2 resealed under newer.\n", "")
    code, out, _ = await shell.run("doctor", DATABASE_URL=url, SEALING_KEYS=newer)
    assert code == 0 and re.search(r"well +credentials +2 sealed under newer", out)


def test_every_setting_is_listed_in_the_example() -> None:
    listed = set(re.findall(r"^# (REKINDLE_\w+)=", (ROOT / ".env.example").read_text("utf-8"), re.M))
    assert listed == {f"REKINDLE_{name.upper()}" for name in Settings.model_fields}


async def _viewer(tenant: Tenant, bearer: str) -> Any:
    return (await Caller(tenant.house.http, tenant.house.ws, bearer).ask(VIEWER))["viewer"]
