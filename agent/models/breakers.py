"""Circuit breakers: a model that fails is not asked for a while, then by one call of one replica, then by all again."""

import asyncio
import logging
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from domain.errors import Unavailable
from domain.model_calls import FailureKind
from storage.breakers import Breakers as Stored
from storage.breakers import Opened
from storage.notices import Notices

logger = logging.getLogger("metacortex.models")
ILL: frozenset[FailureKind] = frozenset(
    {"overload", "unreachable", "first_token_timeout", "stalled", "cut", "malformed"}
)
"""What speaks of a provider's health. A refusal, a bad request or a rate limit is the answer of a healthy one."""
LOCKED_OUT: frozenset[FailureKind] = frozenset({"authentication", "quota"})
"""What no second call will find otherwise, until somebody has done something about it."""


@dataclass(frozen=True, kw_only=True)
class Rules:
    """When a breaker opens, and for how long (seconds); the time doubles with each probe that fails.

    The window is long enough for a provider that says nothing: each of its attempts takes its whole patience.
    """

    window: float = 120
    least: int = 5
    share: float = 0.5
    opens: float = 15
    longest: float = 300
    opens_locked_out: float = 60
    longest_locked_out: float = 600
    probe: float = 60

    def forget(self, recent: deque[tuple[float, bool]], now: float) -> None:
        """Drop what is older than the window."""
        while recent and recent[0][0] < now - self.window:
            recent.popleft()

    def is_ill(self, recent: deque[tuple[float, bool]]) -> bool:
        """True where too many of the window's attempts failed."""
        failed = sum(has_failed for _, has_failed in recent)
        return len(recent) >= self.least and failed >= self.share * len(recent)

    def seconds(self, reason: FailureKind, times: int) -> float:
        """How long it stays open after so many probes in vain."""
        if reason in LOCKED_OUT:
            return min(self.opens_locked_out * 2.0 ** min(times, 20), self.longest_locked_out)
        return min(self.opens * 2.0 ** min(times, 20), self.longest)


@dataclass(frozen=True, kw_only=True)
class Admission:
    """A model may be asked; how that went is to be settled."""

    model: str
    is_probe: bool = False


@dataclass(frozen=True, kw_only=True)
class Open:
    """Not asked until this moment of the clock; then once, as a probe."""

    until: float
    times: int
    reason: FailureKind


class Breakers:
    """This replica's view of them: read in memory, written on a change only, heard of from the others."""

    def __init__(
        self, stored: Stored, *, rules: Rules | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._stored = stored
        self._rules = rules or Rules()
        self._clock = clock
        self._open: dict[str, Open] = {}
        self._recent: defaultdict[str, deque[tuple[float, bool]]] = defaultdict(deque)
        self._claiming: set[str] = set()
        self._saving: dict[str, asyncio.Task[None]] = {}
        self._loading: asyncio.Task[None] | None = None
        self._load_again = False

    @asynccontextmanager
    async def at_work(self, notices: Notices) -> AsyncIterator[None]:
        """Know what stands open, hear of changes meanwhile, and leave none unsaved.

        A process that starts may have another key or address, so it tries at once where one was of no use.
        """
        notices.hear("breaker", self.heard)
        await self._stored.hasten(LOCKED_OUT | {"unreachable"})
        await self._load()
        try:
            yield
        finally:
            if under_way := [*self._saving.values(), *([self._loading] if self._loading else [])]:
                await asyncio.wait(under_way)

    def state(self, model: str) -> Open | None:
        """None where the model is asked."""
        return self._open.get(model)

    def seconds_left(self, model: str) -> float:
        """Until it is asked again."""
        opened = self._open.get(model)
        return max(0.0, opened.until - self._clock()) if opened else 0.0

    async def admit(self, model: str) -> Admission | None:
        """None where the model is not to be asked now; when its time has come, one caller of one replica may."""
        opened = self._open.get(model)
        if opened is None:
            return Admission(model=model)
        if self._clock() < opened.until or model in self._claiming:
            return None
        self._claiming.add(model)
        try:
            return await self._claimed(model, opened)
        except Unavailable:
            return None
        finally:
            self._claiming.discard(model)

    def settle(self, admission: Admission, failure: FailureKind | None) -> None:
        """How it went: None is an answer."""
        model, opened = admission.model, self._open.get(admission.model)
        if admission.is_probe:
            if failure in ILL or failure in LOCKED_OUT:
                self._opens(model, failure, opened.times + 1 if opened else 0)
            else:
                self._closes(model)
        elif opened is not None:
            return  # it was begun before
        elif failure in LOCKED_OUT:
            self._opens(model, failure, 0)
        elif failure is None or failure in ILL:
            now, recent = self._clock(), self._recent[model]
            recent.append((now, failure is not None))
            self._rules.forget(recent, now)
            if failure is not None and self._rules.is_ill(recent):
                self._opens(model, failure, 0)

    def forgo(self, admission: Admission) -> None:
        """It came to no verdict: a probe may be made by whoever comes next."""
        opened = self._open.get(admission.model)
        if admission.is_probe and opened:
            self._change(admission.model, replace(opened, until=self._clock()))

    def heard(self, _: str) -> None:
        """Something has changed, or may have while nobody listened."""
        if self._loading is not None:
            self._load_again = True
            return
        self._loading = asyncio.create_task(self._read(), name="breakers")

    def _opens(self, model: str, reason: FailureKind, times: int) -> None:
        seconds = self._rules.seconds(reason, times)
        logger.warning("%s is not asked for %.0f seconds: %s", model, seconds, reason)
        self._recent.pop(model, None)
        self._change(model, Open(until=self._clock() + seconds, times=times, reason=reason))

    def _closes(self, model: str) -> None:
        logger.warning("%s is asked again", model)
        self._change(model, None)

    def _change(self, model: str, opened: Open | None) -> None:
        if opened is None:
            self._open.pop(model, None)
        else:
            self._open[model] = opened
        if model not in self._saving:
            self._saving[model] = asyncio.create_task(self._save(model), name=f"breaker {model}")

    async def _claimed(self, model: str, opened: Open) -> Admission | None:
        if await self._stored.claim(model, self._rules.probe):
            self._open[model] = replace(opened, until=self._clock() + self._rules.probe)
            return Admission(model=model, is_probe=True)
        # Another replica was quicker: it tries the model, or has found it well already.
        await self._load()
        return None if model in self._open else Admission(model=model)

    async def _save(self, model: str) -> None:
        """Write how it stands, again where that has changed meanwhile."""
        try:
            while True:
                opened = self._open.get(model)
                await self._write(model, opened)
                if self._open.get(model) is opened:
                    break
        except Unavailable as error:
            logger.warning("the breaker of %s is known to this process only: %r", model, error)
        finally:
            del self._saving[model]

    async def _write(self, model: str, opened: Open | None) -> None:
        if opened is None:
            await self._stored.close(model)
        else:
            seconds = max(0.0, opened.until - self._clock())
            await self._stored.open(Opened(model=model, reason=opened.reason, times=opened.times, seconds=seconds))

    async def _read(self) -> None:
        try:
            while True:
                self._load_again = False
                await self._load()
                if not self._load_again:
                    break
        except Unavailable as error:
            logger.warning("what other processes know of the models is not known here: %r", error)
        finally:
            self._loading = None

    async def _load(self) -> None:
        rows = await self._stored.opened()
        now = self._clock()
        # What is not written yet is newer than what was read.
        unsaved = {model: opened for model, opened in self._open.items() if model in self._saving}
        stored = {
            row.model: Open(until=now + row.seconds, times=row.times, reason=row.reason)
            for row in rows
            if row.model not in self._saving
        }
        self._open = stored | unsaved
        for model in stored:
            self._recent.pop(model, None)
