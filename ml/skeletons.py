"""Skeletons: how a sentence is built, with its small words kept and the others known by their class alone."""

from collections.abc import Iterator

from ml import ngrams

KIN = frozenset(
    """
    aunt baby boy boyfriend boys brother brothers child children cousin dad daughter daughters eldest ex family father
    fiancé fiancée girl girlfriend girls godson granddaughter grandfather grandma grandmother grandpa grandparents
    grandson husband in-laws kid kids mom mother mum nephew niece oldest parents partner sister sisters son sons spouse
    stepdaughter stepson twins uncle wife youngest
    """.split()
)
PETS = frozenset("cat cats dog dogs ferrets goldfish greyhound hamster hens horse kitten parrot puppy rabbit".split())
FOLK = frozenset(
    """
    boss candidate client coworker colleague colleagues customer customers everybody everyone flatmate friend friends
    guest guests guy intern landlady landlord manager mate neighbor neighbors neighbour neighbours people plumber
    postman somebody someone student students supplier teacher tenant woman
    """.split()
)
SMALL = frozenset(
    """
    a about adore afternoon again against all allergic almost alone already also always am an and another any anything
    apparently are aren't around as ask asked assume at back be because been before being believe between book born
    both but by call called can can't cannot come coming could couldn't currently day days delete diagnosed did didn't
    dislike divorced do does doesn't don't down drink drive during each eat enjoy evening ever every everything fan
    favorite favourite few finally find for forget from generally get give go going gone gonna got gotta grew guess had
    hardly has hasn't hate have haven't having he he's her here him his home hope hopefully hour hours how i i'd i'll
    i'm i've if imagine in into intolerant is isn't it it's its just last later let let's like little live lives lot
    lots love made mainly make many married may maybe me might mine minute minutes moment month more morning most mostly
    move moved much must mustn't my myself name named near need neither never next night no none noon nor normally not
    nothing now of off often old on once only or other our out over own perhaps play please possibly prefer pregnant
    pretend pretty probably put quite rarely rather really remember remind retired said save say says seldom send set
    shall she she's should shouldn't show since sleep smoke so some something sometimes soon speak stand still suppose
    tell than that that's the their them then there there's these they they're think this those though through till to
    today told tomorrow tonight too twice typically under unless until up us use used usually very want was wasn't we
    we'd we'll we're we've wear week weekend were weren't what when where whether which while who whom whose why will
    wish with without won't wonder work works would wouldn't write wrote year years yes yesterday yet you you're your
    """.split()
)
LONGEST_RUN = 4
LONGEST_OPENING = 5


def terms(text: str) -> Iterator[str]:
    """Runs of up to four parts of the skeleton and its first two to five parts (`s:`)."""
    built = skeleton(text)
    for size in range(1, LONGEST_RUN + 1):
        yield from (f"s:{' '.join(built[at : at + size])}" for at in range(len(built) - size + 1))
    yield from (f"s:> {' '.join(built[:size])}" for size in range(2, LONGEST_OPENING + 1))


def skeleton(text: str) -> list[str]:
    """Small words, and the classes of the others in capitals; words of no class that follow each other count as one."""
    built = ["^"]
    for word in ngrams.words(text):
        part = _class(word)
        if part != "W" or built[-1] != "W":
            built.append(part)
    return [*built, "$"]


def _class(word: str) -> str:
    for words, name in ((SMALL, word), (KIN, "KIN"), (PETS, "PET"), (FOLK, "FOLK"), (ngrams.PAST, "PAST")):
        if word in words:
            return name
    if word.rstrip("s") in ngrams.DAY:
        return "DAYS" if word.endswith("s") else "DAY"
    if word.startswith("0"):
        return "0"
    endings = (("'s", "'S"), ("ed", "PAST"), ("ing", "ING"), ("ly", "LY"), ("ss", "W"), ("s", "S"))
    return next((name for ending, name in endings if word.endswith(ending)), "W")
