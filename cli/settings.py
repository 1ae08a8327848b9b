"""Settings: read once, from the environment and `.env`, and handed down as arguments."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from cli.providers import Provider, check_distinct, read_json
from cli.social_apps import SocialApp, check_one_of_each
from domain.customers import PORTAL_AUDIENCE
from domain.mail import find_address
from domain.sealing import KeyRing, new_key_ring, read_key_ring
from gateways.mail import read_mail_server
from gateways.model_addresses import read_model
from gateways.phantombuster import API_URL
from gateways.storage.addresses import read_address
from gateways.storage.bucket import BucketAddress
from realtime.redis import is_address


class SettingsError(Exception):
    """A setting is wrong; the text names each and says what to mend."""


class Settings(BaseSettings):
    """Every one is set as REKINDLE_<NAME>."""

    model_config = SettingsConfigDict(env_prefix="REKINDLE_", env_file=".env", extra="ignore")

    database_url: str | None = Field(None, description="PostgreSQL 15 to 18; without it an embedded one is started.")
    migration_url: str | None = Field(None, description="The owner's address, where it is not the server's.")
    data_dir: Path = Field(Path(".rekindle"), description="Where the embedded database and generated secrets are kept.")
    host: str = Field("127.0.0.1", description="The address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="The port to listen on.")
    public_url: str | None = Field(None, description="How the carrier reaches this server; default where it listens.")
    pool_size: int = Field(10, ge=4, le=200, description="Database connections per process.")
    statement_timeout_seconds: float = Field(15, gt=0, le=600, description="The longest a statement may run.")
    broadcast_url: str = Field("memory://", description="The Redis several processes tell each other news through.")
    jwt_secret: str | None = Field(None, min_length=32, description="Signs tokens (HS256); 32 characters or more.")
    sealing_keys: str | None = Field(None, description="Seal credentials: id:base64 of 32 bytes, the first seals.")
    jwt_issuer: str = Field("rekindle", description="The `iss` of good tokens.")
    jwt_audience: str = Field("rekindle", description="The `aud` of good tokens.")
    issuers: Annotated[tuple[Provider, ...], NoDecode] = Field((), description="Identity providers beside it, as JSON.")
    social_apps: Annotated[tuple[SocialApp, ...], NoDecode] = Field((), description="Our apps at networks, as JSON.")
    twilio_account_sid: str | None = Field(None, description="Twilio's account.")
    twilio_auth_token: str | None = Field(None, description="Its token: sends, and proves that webhooks are genuine.")
    twilio_api_url: str | None = Field(None, description="Another server that speaks Twilio's API.")
    phantombuster_url: str = Field(API_URL, description="Where PhantomBuster is asked to write on LinkedIn.")
    smtp_url: str | None = Field(None, description="The mail server: smtp://user:password@host:587 or smtps://….")
    mail_sender: str | None = Field(None, description="Who e-mails are from; default each organization's own address.")
    model: str | None = Field(None, description="Who writes answers, as openai:gpt-5 or anthropic:claude-sonnet-4-5.")
    model_base_url: str | None = Field(None, description="Another server that speaks the provider's dialect.")
    model_api_key: str | None = Field(None, description="The model's key.", repr=False)
    model_timeout_seconds: float = Field(30, gt=0, le=90, description="The longest a model may take for an answer.")
    model_most_tokens: int = Field(1000, ge=100, le=32_000, description="The longest a model's answer may be.")
    model_input_price: float = Field(0, ge=0, description="What a million tokens of a question cost, for the ledger.")
    model_output_price: float = Field(0, ge=0, description="What a million tokens of an answer cost, for the ledger.")
    model_at_once: int = Field(8, ge=1, le=200, description="How much is asked of the model at once, per process.")
    password_rounds: int = Field(12, ge=4, le=16, description="Cost of customers' passwords (bcrypt, 2 to its power).")
    upload_megabytes: int = Field(200, ge=1, le=10_000, description="How large a file may be that is uploaded.")
    storage_url: str | None = Field(None, description="Where files are kept; default in the data folder.")
    storage_key_id: str | None = Field(None, description="The bucket's access key; without it the machine's own role.")
    storage_secret: str | None = Field(None, description="Its secret.")
    allowed_origins: str = Field("*", description="Origins whose pages may call the API, comma-separated.")
    sign_up: bool = Field(False, description="Whether people who belong to no organization may begin one.")
    explorer: bool = Field(True, description="Whether /graphql opens the explorer in a browser.")
    feed_days: float = Field(7, gt=0, description="For how long the feed can be resumed.")
    work: bool = Field(True, description="Whether `serve` also does the background work.")
    log_format: Literal["console", "json"] = Field("console", description="How logs are written to standard error.")

    @field_validator("database_url", "migration_url")
    @classmethod
    def _is_postgres(cls, url: str | None) -> str | None:
        if url and not url.startswith(("postgresql://", "postgres://")):
            raise ValueError("must look like postgresql://user:password@host:5432/database")
        return url

    @field_validator("issuers", "social_apps", mode="before")
    @classmethod
    def _is_json(cls, text: object) -> object:
        return read_json(text)

    @field_validator("sealing_keys")
    @classmethod
    def _is_key_ring(cls, text: str | None) -> str | None:
        if text:
            read_key_ring(text)
        return text

    @field_validator("broadcast_url")
    @classmethod
    def _is_redis(cls, url: str) -> str:
        if url != "memory://" and not is_address(url):
            raise ValueError("must be memory://, or look like redis://host:6379/0 (rediss:// with TLS)")
        return url

    @field_validator("storage_url")
    @classmethod
    def _is_storage(cls, url: str | None) -> str | None:
        if url:
            read_address(url)
        return url

    @field_validator("smtp_url")
    @classmethod
    def _is_mail_server(cls, url: str | None) -> str | None:
        if url:
            read_mail_server(url)
        return url

    @field_validator("mail_sender")
    @classmethod
    def _is_address(cls, text: str | None) -> str | None:
        if text and not find_address(text):
            raise ValueError("must look like sales@example.com")
        return text

    @field_validator("model")
    @classmethod
    def _is_model(cls, text: str | None) -> str | None:
        if text:
            read_model(text)
        return text

    @field_validator("model_base_url")
    @classmethod
    def _is_server(cls, url: str | None) -> str | None:
        if url and (not url.startswith(("http://", "https://")) or "@" in url or "?" in url):
            raise ValueError("must look like http://127.0.0.1:11434/v1, with the key in REKINDLE_MODEL_API_KEY")
        return url

    @field_validator("public_url")
    @classmethod
    def _is_origin(cls, url: str | None) -> str | None:
        if url and not url.startswith(("http://", "https://")):
            raise ValueError("must look like https://inbox.example.com")
        return url.rstrip("/") if url else url

    @model_validator(mode="after")
    def _is_whole(self) -> "Settings":
        check_distinct(self.issuers, self.jwt_issuer)
        if self.jwt_audience == PORTAL_AUDIENCE:
            raise ValueError(f"REKINDLE_JWT_AUDIENCE must not be {PORTAL_AUDIENCE}: customers' tokens are for that")
        check_one_of_each(self.social_apps)
        if bool(self.twilio_account_sid) != bool(self.twilio_auth_token):
            raise ValueError(
                "REKINDLE_TWILIO_ACCOUNT_SID and REKINDLE_TWILIO_AUTH_TOKEN go together: set both or neither"
            )
        if self.model and not self.model_api_key and not self.model_base_url:
            raise ValueError("REKINDLE_MODEL_API_KEY is needed with REKINDLE_MODEL, but for a server of your own")
        if bool(self.storage_key_id) != bool(self.storage_secret):
            raise ValueError("REKINDLE_STORAGE_KEY_ID and REKINDLE_STORAGE_SECRET go together: set both or neither")
        if self.storage_key_id and not isinstance(self.storage, BucketAddress):
            raise ValueError("REKINDLE_STORAGE_KEY_ID is for a bucket: let REKINDLE_STORAGE_URL begin with s3://")
        if self.database_url and not self.jwt_secret:
            raise ValueError(
                "REKINDLE_JWT_SECRET is needed with REKINDLE_DATABASE_URL: set 32 random characters or more"
            )
        return self

    @property
    def callback_url(self) -> str:
        """Where the carrier reaches this server."""
        return self.public_url or f"http://{'127.0.0.1' if self.host == '0.0.0.0' else self.host}:{self.port}"

    @property
    def origins(self) -> list[str]:
        return [origin.strip() for origin in self.allowed_origins.split(",") if origin.strip()]

    @property
    def storage(self) -> Path | BucketAddress:
        """Where files are kept, with what opens it."""
        place = read_address(self.storage_url) if self.storage_url else self.data_dir / "files"
        if isinstance(place, Path):
            return place
        return replace(place, key_id=self.storage_key_id, secret=self.storage_secret)

    def secret(self) -> str:
        """The signing secret: given, or made once and kept in the data folder."""
        if self.jwt_secret:
            return self.jwt_secret
        return _made_once(self.data_dir / "jwt-secret", lambda: secrets.token_urlsafe(48))

    def key_ring(self) -> KeyRing:
        """What credentials are sealed with: given, or made once beside the embedded database; else nothing."""
        if self.sealing_keys:
            return read_key_ring(self.sealing_keys)
        if self.database_url:
            return KeyRing()
        return read_key_ring(_made_once(self.data_dir / "sealing-keys", new_key_ring))


def _made_once(path: Path, make: Callable[[], str]) -> str:
    """What the file holds; it appears whole, for its owner alone."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f"{path.name}.new")
        new.touch(mode=0o600)
        new.write_text(make(), encoding="utf-8")
        new.replace(path)
    return path.read_text(encoding="utf-8")


def read_settings(**given: object) -> Settings:
    """The settings, with what the command line gave in the place of the environment's."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        raise SettingsError("\n".join(_sentence(item["loc"], item["msg"]) for item in error.errors())) from None


def _sentence(place: tuple[int | str, ...], message: str) -> str:
    words = message.removeprefix("Value error, ")
    if not place:
        return f"{words}."
    within = " ".join(f"no. {part + 1}" if isinstance(part, int) else part for part in place[1:])
    return f"REKINDLE_{str(place[0]).upper()}: {within} {words}.".replace(":  ", ": ")
