"""The commands of the evals: `list`, `run SUITE`, `overlap`, `speed`, `tokens`, `imports`, `scale`, `load`, `faults`.

Exit codes: 0 whatever the score, 1 where it is below `--at-least`, 2 where the run could not finish.
"""

import argparse
import asyncio
import json
import logging
import random
import sys
from collections.abc import Iterable, Sequence
from contextlib import aclosing
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from httpx2 import HTTPError

from domain.errors import MetaCortexError
from evals import imports, questions, scored
from evals.faults import harness, provider_plan, provider_verdict, providers, report
from evals.faults.provider_server import WIRES
from evals.load import bench, gates
from evals.overlap import overlaps
from evals.playback import Unscripted
from evals.processes import NotMeasured
from evals.scale.measure import measure as search_at_scale
from evals.scored import MEMORIES, OWN, PUBLIC, QUESTIONS, SUITES, transcripts_in
from evals.speed import measure
from evals.suites import memories
from evals.suites.suite import BadCases
from evals.tokens import measure as measured_tokens
from evals.transcripts import BadTranscript, read, shipped

DONE, BELOW, UNFINISHED = 0, 1, 2
BOOKS_OF_PROCESSES = Path("/proc/self/stat")


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what was asked; returns the exit code."""
    asked = _parser().parse_args(arguments)
    match asked.command:
        case "list":
            return _list()
        case "overlap":
            return _overlap(asked.files)
        case "speed":
            return _printed(measure(asked.turns))
        case "tokens":
            return _tokens(asked.data)
        case "imports":
            return _printed(imports.measure(notes=asked.notes, turns=asked.turns))
        case "scale":
            return asyncio.run(_scaled(asked.chunks, asked.users, asked.home))
        case "load":
            return _load(asked)
        case "faults":
            return _faults(asked)
        case _:
            return _run(asked)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evals", description="How good it is, and how fast.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="the suites and how many cases they have here")
    run = commands.add_parser("run", help="run a suite and print its cases and its rate")
    run.add_argument("suite", help=f"`{OWN}`, `{QUESTIONS}`, `{MEMORIES}` or the name of a suite of public data")
    run.add_argument("--data", type=Path, metavar="FILE", help="cases of the suite's shape instead of those that ship")
    run.add_argument("--model", default="offline", help="who answers: offline, openai:<model> or anthropic:<model>")
    run.add_argument("--wire", choices=sorted(WIRES), help=f"`{OWN}`, over that wire of a local provider")
    run.add_argument("--json", type=Path, metavar="OUT", help="write one JSON line per case")
    run.add_argument("--at-least", type=_share, metavar="RATE", help="exit 1 where the rate is below this (0 to 1)")
    near = commands.add_parser(
        "overlap", help="sentences of ours that stand nearly the same in data we are measured on"
    )
    near.add_argument(
        "files", type=Path, nargs="+", metavar="FILE", help="cases of any suite; exit 1 where one is found"
    )
    speed = commands.add_parser("speed", help="how long understanding, a start and a keyless turn take")
    speed.add_argument("--turns", type=_count, default=200, help="turns of each kind (200)")
    tokens = commands.add_parser("tokens", help="what a model reads in each turn of the transcripts, part by part")
    tokens.add_argument("--data", type=Path, metavar="FILE", help="transcripts instead of those that ship")
    vault = commands.add_parser("imports", help="turns beside the import of a vault, and how long that takes")
    vault.add_argument("--notes", type=_count, default=10_000, help="notes in the vault (10000)")
    vault.add_argument("--turns", type=_count, default=200, help="turns before, and at most while it is embedded (200)")
    scale = commands.add_parser("scale", help="search in a built collection: latency, recall, and what limits them")
    scale.add_argument("--chunks", type=_count, default=100_000, help="passages in all (100000)")
    scale.add_argument("--users", type=_count, default=1_000, help="people, the second with half as much, … (1000)")
    scale.add_argument("--home", type=Path, metavar="FOLDER", help="build there, or measure what was built there")
    load = commands.add_parser("load", help="speed under load beside two baselines, and what a turn leaves behind")
    load.add_argument("--url", help="a server that is running already: only what its client feels")
    load.add_argument("--quick", action="store_true", help="one short round, and a shorter thread")
    load.add_argument("--rounds", type=_count, default=3, help="rounds over all subjects (3)")
    load.add_argument("--json", type=Path, metavar="OUT", help="write all figures, and the statements of a turn")
    hurt = commands.add_parser("faults", help="kill, cut off and cancel what is under way, and count what it cost")
    hurt.add_argument("--short", action="store_true", help="a minute instead of 25")
    hurt.add_argument("--kills", type=_count, help="how often a replica is killed (200, short 5)")
    hurt.add_argument("--seconds", type=_count, help="stop after so long, reached or not (1800, short 300)")
    hurt.add_argument("--seed", type=int, default=random.randrange(2**32), help="of every choice; printed")
    hurt.add_argument("--plant", choices=["double-effect", "loss"], help="do that wrong in the end: it must be found")
    hurt.add_argument("--logs", type=Path, metavar="FOLDER", help="keep there what the servers said")
    hurt.add_argument("--providers", action="store_true", help="let the language models' providers fail instead")
    hurt.add_argument("--turns", type=_count, default=1_000, help="turns with failing providers (1000, short 66)")
    hurt.add_argument("--json", type=Path, metavar="OUT", help="write all figures and findings")
    return parser


def _list() -> int:
    transcripts = read(shipped())
    turns = sum(len(transcript.turns) for transcript in transcripts)
    print(f"{OWN:<22} {turns} turns in {len(transcripts)} transcripts, shipped")
    shipped_questions = sum(len(world.questions) for world in questions.worlds(questions.FROZEN))
    print(f"{QUESTIONS:<22} {shipped_questions} questions, shipped")
    shipped_messages = memories.messages(memories.FROZEN)
    print(f"{MEMORIES:<22} {len(shipped_messages.facts) + len(shipped_messages.junk)} messages, shipped")
    for suite in PUBLIC:
        cannot = "" if suite in SUITES else "; cannot be run by this version yet"
        print(f"{suite:<22} public data, needs --data FILE.jsonl{cannot}")
    return DONE


def _overlap(files: Sequence[Path]) -> int:
    try:
        found = overlaps(files)
    except (BadCases, BadTranscript, OSError) as error:
        return _unfinished(str(error))
    for pair in found:
        print(f"{pair.place}: {pair.ours!r} is nearly {pair.theirs!r} of {pair.file}")
    print(f"{len(found)} near-duplicates in {len(files)} files")
    return BELOW if found else DONE


def _printed(lines: Iterable[object]) -> int:
    try:
        for line in lines:
            print(line, flush=True)
    except NotMeasured as error:
        return _unfinished(str(error))
    return DONE


async def _scaled(chunks: int, users: int, home: Path | None) -> int:
    try:
        with TemporaryDirectory(prefix="metacortex-scale-") as folder:
            async with aclosing(search_at_scale(home or Path(folder), chunks, users)) as lines:
                async for line in lines:
                    print(line, flush=True)
    except (MetaCortexError, OSError) as error:
        return _unfinished(str(error))
    return DONE


def _tokens(data: Path | None) -> int:
    try:
        return _printed(asyncio.run(measured_tokens(transcripts_in(data))))
    except (BadTranscript, MetaCortexError, OSError) as error:
        return _unfinished(str(error))


def _load(asked: argparse.Namespace) -> int:
    if not BOOKS_OF_PROCESSES.exists():
        return _unfinished(f"Load is measured on Linux, where {BOOKS_OF_PROCESSES} says what a process computed.")
    from uvloop import run

    try:
        return run(_felt(asked) if asked.url else _weighed(asked))
    except (NotMeasured, MetaCortexError, HTTPError, OSError) as error:
        return _unfinished(f"{type(error).__name__}: {error}")


async def _felt(asked: argparse.Namespace) -> int:
    cells = [cell async for cell in bench.look(asked.url, 4 if asked.quick else 10, _mention)]
    print(*map(gates.line, cells), sep="\n")
    if asked.json:
        asked.json.write_text(json.dumps([gates.felt_as_json(cell) for cell in cells], indent=1), encoding="utf-8")
    return BELOW if any(cell.faults for cell in cells) else DONE


async def _weighed(asked: argparse.Namespace) -> int:
    rounds, turns = (1, 40) if asked.quick else (asked.rounds, 100)
    return _judge(await bench.measure(rounds=rounds, turns=turns, say=_mention), asked.json)


def _judge(measured: bench.Measured, out: Path | None) -> int:
    print(*gates.report(measured), sep="\n")
    if out:
        out.write_text(json.dumps(gates.as_json(measured), indent=1), encoding="utf-8")
    return DONE if all(verdict.holds for verdict in gates.judged(measured)) else BELOW


def _providers(asked: argparse.Namespace) -> int:
    turns, least, timed, spenders = (66, 2, 20, 1) if asked.short else (asked.turns, 50, 200, 3)
    seconds = asked.seconds or (90 if asked.short else 900)
    print(f"seed {asked.seed}", flush=True)
    # Each breaker that opens is told of there; here it is counted.
    logging.getLogger("metacortex.models").setLevel(logging.ERROR)
    try:
        plan = provider_plan.Plan(
            turns=turns, least=least, seed=asked.seed, seconds=seconds, timed=timed, spenders=spenders
        )
        checked = list(provider_verdict.checks(asyncio.run(providers.run(plan, _mention))))
    except (MetaCortexError, OSError) as error:
        return _unfinished(str(error))
    for check in checked:
        print(f"{'ok  ' if check.holds else 'FAIL'} {check.name:<30} {check.figures}")
    if asked.json:
        asked.json.write_text(json.dumps([asdict(check) for check in checked], indent=1), encoding="utf-8")
    return DONE if all(check.holds for check in checked) else BELOW


def _faults(asked: argparse.Namespace) -> int:
    if asked.providers:
        return _providers(asked)
    wanted = dict(harness.SHORT if asked.short else harness.FULL)
    wanted["kill"] = asked.kills or wanted["kill"]
    seconds = asked.seconds or (300 if asked.short else 1800)
    plan = harness.Plan(wanted=wanted, seconds=seconds, seed=asked.seed, plant=asked.plant, logs=asked.logs)
    print(f"seed {asked.seed}", flush=True)
    try:
        outcome = asyncio.run(harness.run(plan))
    except (NotMeasured, MetaCortexError, OSError) as error:
        return _unfinished(str(error))
    except (asyncio.CancelledError, KeyboardInterrupt):
        return _unfinished("Stopped; what was started is ended.")
    for said in report.lines(outcome):
        print(said)
    if asked.json:
        asked.json.write_text(report.as_json(outcome), encoding="utf-8")
    return DONE if outcome.is_clean else BELOW


def _run(asked: argparse.Namespace) -> int:
    try:
        rate = scored.run(asked.suite, data=asked.data, model=asked.model, wire=asked.wire, out=asked.json)
    except (BadCases, BadTranscript, Unscripted, MetaCortexError, ValueError, OSError) as error:
        return _unfinished(str(error))
    return BELOW if asked.at_least is not None and rate < asked.at_least else DONE


def _mention(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


def _unfinished(why: str) -> int:
    print(why, file=sys.stderr)
    return UNFINISHED


def _share(text: str) -> float:
    share = float(text)
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 1")
    return share


def _count(text: str) -> int:
    count = int(text)
    if count < 1:
        raise argparse.ArgumentTypeError(f"{text} is not at least 1")
    return count


if __name__ == "__main__":
    sys.exit(main())
