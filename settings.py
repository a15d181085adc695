"""Every environment variable: its name, its type, what it is for."""

import re
from pathlib import Path
from typing import Literal, Self

from platformdirs import user_data_path
from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

OFFLINE = "offline"
DEFAULT_OPENAI = "openai:gpt-5-mini"
DEFAULT_ANTHROPIC = "anthropic:claude-haiku-4-5"
_MODEL = re.compile(r"(openai|anthropic):\S+")
_EMBEDDER = re.compile(r"openai:\S+")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Settings(BaseSettings):
    """Read from the environment once, in `server.py`; parts are given values, never this."""

    model_config = SettingsConfigDict(
        env_prefix="METACORTEX_", env_ignore_empty=True, extra="ignore", frozen=True, populate_by_name=True
    )

    home: Path = Field(default_factory=lambda: user_data_path("metacortex", appauthor=False))
    """METACORTEX_HOME: the folder of the embedded database; the platform's data folder unless given."""

    host: str = "127.0.0.1"
    """METACORTEX_HOST: the address to listen on."""

    port: int = Field(default=8000, ge=0, le=65535)
    """METACORTEX_PORT: the port to listen on; 0 takes a free one."""

    auth: Literal["none", "keys"] = "none"
    """METACORTEX_AUTH: `none` is one local user, on loopback only; `keys` asks for `Authorization: Bearer mcx_…`."""

    model: str = ""
    """METACORTEX_MODEL: `offline`, `openai:<model>` or `anthropic:<model>`; unset: by the keys set, else `offline`."""

    embedder: str = "local"
    """METACORTEX_EMBEDDER: `local` (on this machine) or `openai:<model>`."""

    worker: Literal["inside", "separate"] = "inside"
    """METACORTEX_WORKER: `separate` leaves background work to a process of its own, `uv run worker.py`."""

    lease_seconds: float = Field(default=10, ge=1, le=3600)
    """METACORTEX_LEASE_SECONDS: how long a run waits for a silent process before another one goes on with it."""

    grace_seconds: float = Field(default=5, ge=0, le=3600)
    """METACORTEX_GRACE_SECONDS: how long a server that is told to stop lets its runs end; then it hands them over."""

    events_days: float = Field(default=7, ge=0, le=36_500)
    """METACORTEX_EVENTS_DAYS: how long the events of an ended run, and a question that nobody answers, are kept."""

    database_url: SecretStr | None = Field(default=None, validation_alias=AliasChoices("DATABASE_URL"))
    """DATABASE_URL: a Postgres ≥ 15 with pgvector ≥ 0.8 instead of the embedded one."""

    openai_api_key: SecretStr | None = Field(default=None, validation_alias=AliasChoices("OPENAI_API_KEY"))
    """OPENAI_API_KEY: the key for `openai:` models and embedders."""

    openai_base_url: str | None = Field(default=None, validation_alias=AliasChoices("OPENAI_BASE_URL"))
    """OPENAI_BASE_URL: any OpenAI-compatible server."""

    anthropic_api_key: SecretStr | None = Field(default=None, validation_alias=AliasChoices("ANTHROPIC_API_KEY"))
    """ANTHROPIC_API_KEY: the key for `anthropic:` models."""

    anthropic_base_url: str | None = Field(default=None, validation_alias=AliasChoices("ANTHROPIC_BASE_URL"))
    """ANTHROPIC_BASE_URL: another address of Anthropic's API."""

    @field_validator("model")
    @classmethod
    def _known_model(cls, model: str) -> str:
        if model and model != OFFLINE and not _MODEL.fullmatch(model):
            raise ValueError(f"{model!r} is not 'offline', 'openai:<model>' or 'anthropic:<model>'")
        return model

    @field_validator("embedder")
    @classmethod
    def _known_embedder(cls, embedder: str) -> str:
        if embedder != "local" and not _EMBEDDER.fullmatch(embedder):
            raise ValueError(f"{embedder!r} is not 'local' or 'openai:<model>'")
        return embedder

    @model_validator(mode="after")
    def _has_its_keys(self) -> Self:
        # A server of one's own often wants no key, so a base URL is enough.
        if self.model.startswith("openai:") and not (self.openai_api_key or self.openai_base_url):
            raise ValueError(f"METACORTEX_MODEL is {self.model!r}; set OPENAI_API_KEY too")
        if self.model.startswith("anthropic:") and not (self.anthropic_api_key or self.anthropic_base_url):
            raise ValueError(f"METACORTEX_MODEL is {self.model!r}; set ANTHROPIC_API_KEY too")
        if self.embedder.startswith("openai:") and not (self.openai_api_key or self.openai_base_url):
            raise ValueError(f"METACORTEX_EMBEDDER is {self.embedder!r}; set OPENAI_API_KEY too")
        return self

    @property
    def model_name(self) -> str:
        """The model that answers, the default resolved."""
        if self.model:
            return self.model
        if self.openai_api_key:
            return DEFAULT_OPENAI
        return DEFAULT_ANTHROPIC if self.anthropic_api_key else OFFLINE

    @property
    def is_loopback(self) -> bool:
        """True where only this machine can reach us."""
        return self.host in _LOOPBACK or self.host.startswith("127.")


def problems_of(error: ValidationError) -> str:
    """What is wrong with the settings, each by the name of its variable, in one line."""
    return "; ".join(_problem(detail["loc"], str(detail["msg"])) for detail in error.errors())


def _problem(place: tuple[int | str, ...], message: str) -> str:
    sentence = message.removeprefix("Value error, ")
    if not place:
        return sentence
    name = str(place[0])
    return f"{name if name.isupper() else f'METACORTEX_{name.upper()}'}: {sentence}"
