"""What a built collection is made of: people of Zipf sizes, words frequent and rare, vectors around real ones."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from uuid import UUID, uuid5

import numpy as np
from numpy.typing import NDArray

from ml.embedding import LocalEmbeddings

NAMESPACE = UUID("b0a1f3f2-6d5c-4c7e-9a53-6f2f7c1d9e10")
SEED = 7
THEMES = 4_000
NOISES = 4_000
NOISE = 0.3
"""The length of what is added to the sum of two themes' vectors, in lengths of one of them."""
VOCABULARY = 30_000
WORDS = (8, 48)
PIECE = 50
"""So many passages of one person stand beside each other."""
FIRST_DAY = date(2024, 1, 1)
DAYS = 1_000
WHO = """
    I We Anna Tom Zoltan Priya Kwame Lucia Omar Ingrid Mateo Yuki Fatima Sven Chloe mother grandfather the_landlord
    the_dentist our_team the_neighbour my_boss the_kids the_plumber the_teacher a_colleague the_accountant my_cousin
    the_coach the_architect the_nurse our_guests
""".split()
DID = """
    ordered repaired painted sold forgot cancelled planned tasted described compared visited learned wrote cleaned
    borrowed measured recorded translated planted discussed moved rented assembled baked bought built carried changed
    collected delivered designed donated drew exchanged filled fixed found framed harvested hid insured knitted lent
    lost mailed mended ordered packed photographed polished postponed prepared printed recommended recycled refused
    replaced returned scanned sewed shipped signed sorted stored swapped tested tuned washed weighed wrapped
""".split()
WHAT = """
    boat invoice guitar passport bicycle kitchen presentation budget vaccine recipe mortgage telescope garden server
    contract violin marathon microscope suitcase curtain dishwasher novel database greenhouse tax_return tent accordion
    album antenna apron aquarium armchair axe backpack balcony bakery barometer basket bathtub battery beehive bench
    binoculars blanket blender blueprint bookcase boots bracelet brochure bucket cabinet cactus calendar camera candle
    canoe carpet cello certificate chandelier charger chessboard chimney cinnamon clarinet coat compass compost
    concert_ticket cookbook crane crib crossword cupboard cushion deposit diary dictionary doorbell drainpipe drill
    drum earring elevator envelope espresso_machine essay fence fern festival fiddle filter fireplace flute fountain
    freezer fridge fuse garage generator glasses globe gloves grill hammock hammer harp headphones heater hedge helmet
    hinge honey hose inhaler insurance ironing_board jacket jewel jigsaw kayak kettle keyboard kimono ladder lamp
    lantern laptop lasagna lawnmower lease letter license lighthouse loom mailbox mandolin mattress medal mirror
    mosaic motorbike mural mushroom napkin necklace oar oven paddle pancake parasol passport_photo pension piano
    pillow pipe pistachio podcast pottery printer projector prescription puzzle quilt radiator rake receipt rug
    saddle sail sandals scarf screenplay shelf shutter ski sled sofa spreadsheet stapler stove sweater syllabus
    teapot thermostat thesis toaster toolbox tractor trampoline tripod trombone turbine umbrella vase vinyl visa
    wallpaper wardrobe watch wheelbarrow windmill wrench xylophone yacht yoghurt zipper
""".split()
WHERE = """
    in_Lisbon at_work at_home in_the_harbour on_the_train at_school in_the_office near_the_lake in_the_basement
    at_the_clinic abroad in_the_workshop at_the_airport in_Kyoto on_the_ferry in_the_attic at_the_library in_the_park
    at_the_market by_the_river in_Oslo on_the_balcony in_the_hospital at_the_stadium in_the_museum on_the_island
    at_the_embassy in_the_village at_the_border in_the_mountains
""".split()
WHY = """
    before_winter because_of_the_storm for_the_birthday after_the_meeting with_a_discount without_a_plan in_a_hurry
    for_the_second_time as_promised against_advice for_charity under_pressure by_mistake out_of_curiosity for_the_exam
    during_the_strike with_great_care on_a_whim to_save_money after_the_flood before_the_wedding for_the_audit
    despite_the_rain with_friends in_secret
""".split()


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """One passage; its vector is that of its first theme, half of that of its second, and a noise."""

    id: UUID
    body: str
    dated: date
    first: int
    second: int
    noise: int


class Collection:
    """The same for the same sizes, however often it is built."""

    def __init__(self, sizes: Sequence[int]) -> None:
        self.sizes = sizes
        self.users = [uuid5(NAMESPACE, f"user {number}") for number in range(len(sizes))]
        self._count = min(THEMES, max(50, sum(sizes) // 10))

    def passages(self) -> Iterator[tuple[UUID, Drawn]]:
        """Whose they are, and what: written here and there as time goes by, not one person after the other."""
        pieces = [(number, start) for number, size in enumerate(self.sizes) for start in range(0, size, PIECE)]
        for place in np.random.default_rng(SEED).permutation(len(pieces)):
            number, start = pieces[int(place)]
            for passage in self._piece(number, start):
                yield self.users[number], passage

    def _piece(self, number: int, start: int) -> Iterator[Drawn]:
        chance = np.random.default_rng([SEED, number, start])
        count = min(PIECE, self.sizes[number] - start)
        # A person has favourite themes; the others come up now and then.
        liked = np.random.default_rng([SEED, number]).permutation(self._count)
        firsts = liked[(self._count * chance.random(count) ** 2).astype(int)].tolist()
        seconds = chance.integers(0, self._count, count).tolist()
        noises = chance.integers(0, NOISES, count).tolist()
        days = chance.integers(0, DAYS, count).tolist()
        for nth in range(count):
            yield Drawn(
                id=uuid5(self.users[number], str(start + nth)),
                body=f"{self.themes[firsts[nth]]}. {self.themes[seconds[nth]]}. {self._words(chance)}.",
                dated=FIRST_DAY + timedelta(days[nth]),
                first=firsts[nth],
                second=seconds[nth],
                noise=noises[nth],
            )

    def queries(self, number: int, count: int) -> list[str]:
        """What that person may ask: a theme, changed in one place, with a word that is neither frequent nor rare."""
        chance = np.random.default_rng([SEED, number, 1])
        asked = []
        for theme in chance.permutation(self._count)[:count]:
            words = self.themes[int(theme)].split()
            words[int(chance.integers(len(words)))] = str(chance.choice(WHAT)).replace("_", " ")
            asked.append(f"{' '.join(words)} {self._vocabulary[int(chance.integers(20, 2_000))]}")
        return asked

    @cached_property
    def themes(self) -> list[str]:
        """Sentences that say something."""
        chance = np.random.default_rng(SEED)
        drawn = (
            " ".join(str(chance.choice(words)) for words in (WHO, DID, WHAT, WHERE, WHY)) for _ in range(self._count)
        )
        return [sentence.replace("_", " ") for sentence in drawn]

    def vectors(self) -> NDArray[np.float32]:
        """Of the themes, by the local model."""
        return np.asarray(LocalEmbeddings().embed_documents(self.themes), dtype=np.float32)

    def noises(self) -> NDArray[np.float32]:
        """Directions of no meaning."""
        drawn = np.random.default_rng(SEED).standard_normal((NOISES, LocalEmbeddings.dimensions), dtype=np.float32)
        return drawn * np.float32(NOISE / LocalEmbeddings.dimensions**0.5)

    @cached_property
    def _vocabulary(self) -> list[str]:
        return [_word(rank) for rank in range(VOCABULARY)]

    def _words(self, chance: np.random.Generator) -> str:
        ranks = chance.zipf(1.2, int(chance.integers(*WORDS))).tolist()
        return " ".join(self._vocabulary[rank] for rank in ranks if rank < VOCABULARY)


def sizes_of(chunks: int, users: int) -> list[int]:
    """Zipf: the second has half as much as the first, the third a third."""
    whole = sum(1 / rank for rank in range(1, users + 1))
    return [max(1, round(chunks / whole / rank)) for rank in range(1, users + 1)]


def _word(rank: int) -> str:
    """A word of its own for each rank, shorter where it is frequent."""
    letters, vowels = "bdfgklmnprstvz", "aeiou"
    word = ""
    while True:
        rank, syllable = divmod(rank, len(letters) * len(vowels))
        word += letters[syllable // len(vowels)] + vowels[syllable % len(vowels)]
        if not rank:
            return word + "k"
