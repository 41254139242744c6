"""Every setting of the program: its name, default and help, read once from the environment."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from backend.domain.errors import SuixingError


@dataclass(eq=False, repr=False, kw_only=True)
class SettingsWrong(SuixingError):
    """A setting is missing or wrong; `lines` holds one clear line for each."""

    code: ClassVar[str] = "settings_wrong"
    lines: tuple[str, ...]


class Config(BaseSettings):
    """The settings, as upper-case environment variables or lines of `.env`."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True)

    telegram_token: SecretStr = Field(description="The bot's token, as BotFather gives it")
    telegram_api: str = Field(
        "https://api.telegram.org", description="Base address of the Bot API server"
    )
    database_url: str = Field(
        "sqlite://var/suixing.db",
        description="`sqlite://FILE` or `postgresql://USER:PASSWORD@HOST/NAME`",
    )
    keys_file: Path | None = Field(
        None, description="Secret keys of encrypted fields; default: `keys` beside the SQLite file"
    )
    public_url: str | None = Field(
        None, description="https address of this server; set: webhook, unset: polling"
    )
    webhook_secret: SecretStr | None = Field(
        None, description="Secret that Telegram sends along; required with PUBLIC_URL"
    )
    host: str = Field("127.0.0.1", description="Address the web server listens on")
    port: int = Field(8080, ge=0, le=65535, description="Port the web server listens on")
    bot_name: str | None = Field(
        None, description="The bot's user name, only for links made while offline"
    )
    zone: str = Field("Asia/Shanghai", description="Time zone of the township")
    calendar_file: Path | None = Field(
        None, description="The township's own values for the service calendars (TOML)"
    )
    messages_per_second: Annotated[float, Field(gt=0, le=1000)] = Field(
        30, description="Limit of messages a second in all"
    )
    invite_days: int = Field(90, ge=1, le=366, description="Days an invite stays valid")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="How much is logged"
    )

    @field_validator("telegram_token")
    @classmethod
    def _token_looks_right(cls, token: SecretStr) -> SecretStr:
        number, colon, secret = token.get_secret_value().partition(":")
        if not (number.isascii() and number.isdigit() and colon and len(secret) >= 10):
            raise ValueError("it looks like 123456:ABC-DEF…, as BotFather gives it")
        return token

    @field_validator("telegram_api", "public_url")
    @classmethod
    def _address_looks_right(cls, address: str | None) -> str | None:
        parts = urlsplit(address) if address else None
        if parts and (parts.scheme not in {"http", "https"} or not parts.netloc):
            raise ValueError("it is an address such as https://example.org")
        return address.rstrip("/") if address else None

    @field_validator("database_url")
    @classmethod
    def _database_is_known(cls, url: str) -> str:
        if urlsplit(url).scheme not in {"sqlite", "postgres", "postgresql"}:
            raise ValueError("it is sqlite://FILE or postgresql://USER:PASSWORD@HOST/NAME")
        return url

    @field_validator("zone")
    @classmethod
    def _zone_exists(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("it is a zone's name such as Asia/Shanghai") from error
        return name

    @model_validator(mode="after")
    def _webhook_is_guarded(self) -> "Config":
        if self.public_url and not self.webhook_secret:
            raise ValueError("WEBHOOK_SECRET: required with PUBLIC_URL (1-256 of A-Z a-z 0-9 _ -)")
        if self.database_url.startswith("postgres") and not self.keys_file:
            raise ValueError("KEYS_FILE: required with PostgreSQL; say where the keys are kept")
        return self

    @classmethod
    def from_env(cls, **given: Any) -> "Config":
        """Read the settings; raise SettingsWrong naming each that is missing or wrong."""
        try:
            return cls(**given)
        except ValidationError as error:
            raise SettingsWrong(lines=tuple(map(_line, error.errors()))) from error

    @property
    def township_zone(self) -> ZoneInfo:
        """The township's time zone."""
        return ZoneInfo(self.zone)

    @property
    def invite_life(self) -> timedelta:
        """How long an invite stays valid."""
        return timedelta(days=self.invite_days)


def _line(problem: Any) -> str:
    """Return one line naming the setting, without the value, which may be secret."""
    message = str(problem["msg"]).removeprefix("Value error, ")
    if not problem["loc"]:
        return message
    name = str(problem["loc"][0]).upper()
    field = Config.model_fields.get(name.lower())
    if problem["type"] == "missing" and field:
        return f"{name}: required. {field.description}."
    return f"{name}: {message}."
