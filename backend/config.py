"""Every setting of the program: its name, default and help, read once from the environment."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from backend.domain.errors import SuixingError

_OPTIONS: Mapping[str, Callable[[str], object]] = {
    "host": str,
    "port": int,
    "user": str,
    "password": str,
    "ssl": str,
    "schema": str,
    "application_name": str,
    "minsize": int,
    "maxsize": int,
    "timeout": int,
    "statement_cache_size": int,
}
_TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")


@dataclass(eq=False, repr=False, kw_only=True)
class SettingsWrong(SuixingError):
    """A setting is missing or wrong; `lines` holds one clear line for each."""

    code: ClassVar[str] = "settings_wrong"
    lines: tuple[str, ...]


class StoreConfig(BaseSettings):
    """What every command needs that reads or writes the database."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True)

    database_url: str = Field(
        "sqlite://var/suixing.db",
        description="`sqlite://FILE` or `postgresql://USER:PASSWORD@HOST/NAME`",
    )
    keys_file: Path | None = Field(
        None,
        description="Secret keys of encrypted fields; default: `keys` beside the SQLite file,"
        " `var/keys` with PostgreSQL",
    )
    bot_name: str | None = Field(
        None, description="The bot's user name, only for links made while offline"
    )
    zone: str = Field("Asia/Shanghai", description="Time zone of the township")
    invite_days: int = Field(90, ge=1, le=366, description="Days an invite stays valid")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="How much is logged"
    )

    @field_validator("database_url")
    @classmethod
    def _database_is_known(cls, url: str) -> str:
        scheme = urlsplit(url).scheme
        if scheme not in {"sqlite", "postgres", "postgresql"}:
            raise ValueError("it is sqlite://FILE or postgresql://USER:PASSWORD@HOST/NAME")
        if scheme != "sqlite":
            _check_options(urlsplit(url).query)
        return url

    @field_validator("zone")
    @classmethod
    def _zone_exists(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("it is a zone's name such as Asia/Shanghai") from error
        return name

    @classmethod
    def from_env(cls, **given: Any) -> Self:
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


class Config(StoreConfig):
    """Every setting, as upper-case environment variables or lines of `.env`."""

    telegram_token: SecretStr = Field(description="The bot's token, as BotFather gives it")
    telegram_api: str = Field(
        "https://api.telegram.org", description="Base address of the Bot API server"
    )
    public_url: str | None = Field(
        None, description="https address of this server; set: webhook, unset: polling"
    )
    host: str = Field("127.0.0.1", description="Address the web server listens on")
    port: int = Field(8080, ge=0, le=65535, description="Port the web server listens on")
    clinic_phone: str | None = Field(
        None,
        description="Phone of the township health centre, shown where a doctor should be asked",
    )
    messages_per_second: Annotated[float, Field(gt=0, le=1000)] = Field(
        30, description="Limit of messages a second in all"
    )

    @field_validator("telegram_token")
    @classmethod
    def _token_looks_right(cls, token: SecretStr) -> SecretStr:
        if not _TOKEN.fullmatch(token.get_secret_value()):
            raise ValueError("it looks like 123456:ABC-DEF…, as BotFather gives it")
        return token

    @field_validator("telegram_api", "public_url")
    @classmethod
    def _address_looks_right(cls, address: str | None) -> str | None:
        parts = urlsplit(address) if address else None
        if parts and (parts.scheme not in {"http", "https"} or not parts.netloc):
            raise ValueError("it is an address such as https://example.org")
        return address.rstrip("/") if address else None


def _check_options(query: str) -> None:
    """Raise ValueError for what PostgreSQL's address may not say after its `?`."""
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name not in _OPTIONS:
            # A password with a ? in it ends up here, too.
            named = "an option" if "@" in query else f"the option {name}"
            allowed = ", ".join(_OPTIONS)
            raise ValueError(f"it has {named} after its ?, where only these may be: {allowed}")
        try:
            _OPTIONS[name](value)
        except ValueError as error:
            raise ValueError(f"its option {name} is a number") from error


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
