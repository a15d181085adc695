"""Mixtures: texts that say nothing, made of all the words and signs that the grammar listens for."""

import random
from collections.abc import Callable, Iterator, Sequence

from language.times.holidays import CALLED
from language.times.lexicon import PLAIN_WORDS, WORDS
from language.verbs import BEGINNING

ORDERS = """
move the to and , then undo no not call note: every monday at 5 done all except add task tasks buy it them delete mark
remind me by on for from until than instead of don't i did what which is list called # p1 ! . ? ; : " ' ( ) - / 1 2 3
5pm 12:30 tomorrow next last first second week days hour habit times a an my every! 2026 1/2 12.5 may march
""".split()
POOLS: tuple[Sequence[str], ...] = (
    ORDERS,
    sorted(WORDS),
    sorted(PLAIN_WORDS),
    sorted(BEGINNING),
    sorted(CALLED),
    "0123456789",
    ",.;:-/'\"!?()[]{}<>#@%&*+~`’“”«»",
)
LEADS = (
    *("", "", "", "note: ", "add these to my list: ", "remind me to ", "habit: ", "delete all tasks except "),
    *("move the ", "no, ", "tasks: ", "i did ", "call it ", "mark ", "change the ", "every day ", "what is ", "from "),
)
SEPARATORS = (" ", " ", " ", "", ", ", "\n", ". ", "; ", " and ", "-", "/")


def mixtures(count: int, size: int, seed: int = 7) -> Iterator[str]:
    """So many texts of about so many letters, the same for the same seed."""
    chance = random.Random(seed)
    for _ in range(count):
        made = chance.choice((_repeated, _of_few, _of_orders, _in_marks))
        yield f"{chance.choice(LEADS)}{made(chance, size)}"[:size]


def _repeated(chance: random.Random, size: int) -> str:
    """A few words over and over."""
    words = [chance.choice(chance.choice(POOLS)) for _ in range(chance.randint(1, 8))]
    unit = chance.choice(SEPARATORS).join(words) + chance.choice(SEPARATORS)
    return (unit or words[0]) * (size // max(1, len(unit)) + 1)


def _of_few(chance: random.Random, size: int) -> str:
    """Some words in any order."""
    pools = [chance.choice(POOLS) for _ in range(chance.randint(1, 5))]
    words = [chance.choice(pool) for pool in pools for _ in range(chance.randint(1, 12))]
    return _joined(chance, size, lambda: chance.choice(words))


def _of_orders(chance: random.Random, size: int) -> str:
    """A verb and a thing or a time, each a clause of its own."""
    things = chance.choice((("milk", "a b", "the x", "it"), ORDERS, POOLS[1]))
    return _joined(chance, size, lambda: f"{chance.choice(POOLS[3])} {chance.choice(things)}")


def _in_marks(chance: random.Random, size: int) -> str:
    """Words behind quotation marks and brackets that open and do not close."""
    return _joined(
        chance, size, lambda: f"{''.join(chance.choices(POOLS[6], k=chance.randint(1, 4)))}{chance.choice(ORDERS)}"
    )


def _joined(chance: random.Random, size: int, word: Callable[[], str]) -> str:
    separator, words, length = chance.choice(SEPARATORS), list[str](), 0
    while length < size:
        words.append(word())
        length += len(words[-1]) + len(separator)
    return separator.join(words)
