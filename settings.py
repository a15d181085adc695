"""Every environment variable: its name, its type, what it is for."""

import os
import re
import sys
from collections.abc import Mapping
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from platformdirs import user_data_path
from pydantic import (
    AliasChoices,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from domain.budgets import budgets_of
from domain.errors import Invalid
from domain.model_calls import OFFLINE
from domain.prices import prices_of

LOCAL = "local"
"""The embedder that needs no provider."""
DEFAULT_OPENAI = "openai:gpt-5-mini"
DEFAULT_ANTHROPIC = "anthropic:claude-haiku-4-5"
_MODEL = re.compile(r"(openai|anthropic):\S+")
_USER = re.compile("//[^/@]*@")
_EMBEDDER = re.compile(r"openai:\S+")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def _split(given: Any) -> Any:
    return tuple(name for part in given.split(",") if (name := part.strip())) if isinstance(given, str) else given


def _priced(given: Any) -> Any:
    try:
        return prices_of(given)
    except Invalid as error:
        raise ValueError(error.problem) from error


Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
Prices = Annotated[dict[str, dict[str, Decimal]], NoDecode, BeforeValidator(_priced)]


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

    model_small: str = ""
    """METACORTEX_MODEL_SMALL: the model for titles, summaries and memory; unset: the one that answers."""

    models: Names = ()
    """METACORTEX_MODELS: others that a request may choose, separated by commas."""

    fallbacks: Names = ()
    """METACORTEX_FALLBACKS: who answers where the model does not, in this order; `offline` may stand last."""

    openai_api: Literal["", "chat", "responses"] = ""
    """METACORTEX_OPENAI_API: `chat` or `responses`; unset: `responses` at OpenAI's own address, else `chat`."""

    reasoning: Literal["", "low", "medium", "high"] = ""
    """METACORTEX_REASONING: how long a model that can think aloud may think; unset: as its provider has it."""

    first_token_seconds: float = Field(default=30, gt=0, le=600)
    """METACORTEX_FIRST_TOKEN_SECONDS: how long a model may think before its first word."""

    stall_seconds: float = Field(default=15, gt=0, le=600)
    """METACORTEX_STALL_SECONDS: how long a model may stop in the middle of an answer."""

    answer_seconds: float = Field(default=120, gt=0, le=3600)
    """METACORTEX_ANSWER_SECONDS: how long an answer may take, with all that is tried again and elsewhere."""

    context_tokens: int = Field(default=32_000, ge=4_000, le=2_000_000)
    """METACORTEX_CONTEXT_TOKENS: how much a model is given to read at once."""

    answer_tokens: int = Field(default=4_096, ge=64, le=200_000)
    """METACORTEX_ANSWER_TOKENS: how much a model may write in one answer."""

    prices: Prices = {}
    """METACORTEX_PRICES: of models that no list has, as JSON: `{"openai:mine": {"input": 0.1, "output": 0.4}}`."""

    budgets: str = ""
    """METACORTEX_BUDGETS: the most that may be spent, as `user/turns/day=0.50,tenant/background/month=20`."""

    budget_spent: Literal["offline", "refuse"] = "offline"
    """METACORTEX_BUDGET_SPENT: what becomes of a turn without money: the offline model's answer, or a clear refusal."""

    prompts: str = ""
    """METACORTEX_PROMPTS: versions other than the newest, as `assistant@3`, or `assistant@3|assistant@4` by halves."""

    narrow_tools: Literal["auto", "always", "never"] = "auto"
    """METACORTEX_NARROW_TOOLS: show only the tools a message may need; `auto`: where the provider caches no prompts."""

    embedder: str = LOCAL
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

    @field_validator("model", "model_small")
    @classmethod
    def _known_model(cls, model: str) -> str:
        return _checked_model(model) if model else model

    @field_validator("models", "fallbacks")
    @classmethod
    def _known_models(cls, models: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_checked_model(model) for model in models)

    @field_validator("fallbacks")
    @classmethod
    def _offline_last(cls, fallbacks: tuple[str, ...]) -> tuple[str, ...]:
        if OFFLINE in fallbacks[:-1]:
            raise ValueError("'offline' always answers; put it last")
        return fallbacks

    @field_validator("prices")
    @classmethod
    def _prices_of_models(cls, prices: dict[str, dict[str, Decimal]]) -> dict[str, dict[str, Decimal]]:
        return {_checked_model(model): price for model, price in prices.items()}

    @field_validator("budgets")
    @classmethod
    def _readable_budgets(cls, budgets: str) -> str:
        try:
            budgets_of(budgets)
        except Invalid as error:
            raise ValueError(error.problem) from error
        return budgets

    @field_validator("openai_base_url", "anthropic_base_url")
    @classmethod
    def _whole_address(cls, address: str | None) -> str | None:
        parts = urlsplit(address or "http://unset")
        # To ask for the port is to have it checked.
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0:
            raise ValueError("is no address; write it as 'http://127.0.0.1:8080/v1'")
        return address

    @field_validator("openai_api_key", "anthropic_api_key")
    @classmethod
    def _sendable_key(cls, key: SecretStr | None) -> SecretStr | None:
        if key and not (key.get_secret_value().isascii() and key.get_secret_value().isprintable()):
            raise ValueError("holds a line break or a letter that no key has; copy it again")
        return key

    @field_validator("embedder")
    @classmethod
    def _known_embedder(cls, embedder: str) -> str:
        if embedder != LOCAL and not _EMBEDDER.fullmatch(embedder):
            raise ValueError(f"{embedder!r} is not 'local' or 'openai:<model>'")
        return embedder

    @model_validator(mode="after")
    def _has_its_keys(self) -> Self:
        given = {"MODEL": (self.model,), "MODEL_SMALL": (self.model_small,), "MODELS": self.models}
        for name, models in {**given, "FALLBACKS": self.fallbacks, "EMBEDDER": (self.embedder,)}.items():
            for model in models:
                if key := self._missing_key(model):
                    raise ValueError(f"METACORTEX_{name} is {model!r}; set {key} too")
        return self

    def _missing_key(self, model: str) -> str | None:
        # A server of one's own often wants no key, so a base URL is enough.
        if model.startswith("openai:") and not (self.openai_api_key or self.openai_base_url):
            return "OPENAI_API_KEY"
        if model.startswith("anthropic:") and not (self.anthropic_api_key or self.anthropic_base_url):
            return "ANTHROPIC_API_KEY"
        return None

    @property
    def model_name(self) -> str:
        """The model that answers, the default resolved."""
        if self.model:
            return self.model
        if self.openai_api_key:
            return DEFAULT_OPENAI
        return DEFAULT_ANTHROPIC if self.anthropic_api_key else OFFLINE

    @property
    def small_name(self) -> str:
        """The model for work behind the scenes, the default resolved."""
        return self.model_small or self.model_name

    @property
    def address(self) -> str:
        """Where the model that answers is asked, as ` at …`; empty where that is its provider's own address."""
        urls = {"openai": self.openai_base_url, "anthropic": self.anthropic_base_url}
        url = urls.get(self.model_name.partition(":")[0])
        return f" at {_USER.sub('//', url)}" if url else ""

    @property
    def openai_wire(self) -> str:
        """`chat` or `responses`, the default resolved: compatible servers rarely speak the latter."""
        return self.openai_api or ("chat" if self.openai_base_url else "responses")

    @property
    def narrows_tools(self) -> bool:
        """True where only the tools that a message may need are shown to the model."""
        # OpenAI and Anthropic cache prompts: what begins otherwise than the last one, as with fewer tools, misses.
        is_cached = self.model_name.startswith("anthropic:") or not self.openai_base_url
        return self.narrow_tools == "always" or (self.narrow_tools == "auto" and not is_cached)

    @property
    def is_loopback(self) -> bool:
        """True where only this machine can reach us."""
        return self.host in _LOOPBACK or self.host.startswith("127.")


def strangers() -> list[str]:
    """A sentence on each variable that begins like a setting and is none, with the one that may have been meant."""
    prefix = str(Settings.model_config["env_prefix"])
    known = {name.upper(): f"{prefix}{name.upper()}" for name in Settings.model_fields}
    known |= {name: name for name in known if Settings.model_fields[name.lower()].validation_alias}
    given = sorted(name for name in os.environ if name.upper().startswith(prefix))
    # One with a name of its own is taken by the name with the prefix too.
    return [_stranger(name, known, prefix) for name in given if name.upper().removeprefix(prefix) not in known]


def warn_of_strangers() -> None:
    """A line on stderr for each."""
    for said in strangers():
        print(f"metacortex: {said}", file=sys.stderr)


def _stranger(name: str, known: Mapping[str, str], prefix: str) -> str:
    meant = get_close_matches(name.upper().removeprefix(prefix), known, 1)
    return f"{name} is no setting and changes nothing" + (f"; did you mean {known[meant[0]]}?" if meant else ".")


def problems_of(error: ValidationError) -> str:
    """What is wrong with the settings, each by the name of its variable, in one line."""
    return "; ".join(_problem(detail["loc"], str(detail["msg"])) for detail in error.errors())


def _checked_model(model: str) -> str:
    if model != OFFLINE and not _MODEL.fullmatch(model):
        raise ValueError(f"{model!r} is not 'offline', 'openai:<model>' or 'anthropic:<model>'")
    return model


def _problem(place: tuple[int | str, ...], message: str) -> str:
    sentence = message.removeprefix("Value error, ")
    if not place:
        return sentence
    name = str(place[0])
    sentence = sentence.replace("Input should be '', ", "Input should be ")
    inside = " of ".join(repr(part) for part in reversed(place[1:]))
    sentence = f"{inside}: {sentence}" if inside else sentence
    return f"{name if name.isupper() else f'METACORTEX_{name.upper()}'}: {sentence}"
