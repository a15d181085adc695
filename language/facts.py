"""What a statement of a person about themselves is about, so that a later one can take an earlier one's place."""

import re
from dataclasses import dataclass

from language.verbs import stem

CONTRACTIONS = {"i'm": "i am", "i've": "i have", "i'd": "i would", "can't": "can not", "won't": "will not"}
ASIDE = re.compile(
    r"^(?:(?:please |do )?remember(?: that)?|by the way|btw|fyi|also|and|but|so|well|oh|just so you know|in fact|"
    r"for the record|actually|as you know|keep in mind(?: that)?)[,:]? "
)
ADVERBS = re.compile(r"\b(?:really|absolutely|now|also|still|totally|actually) ")
ENDED = re.compile(r"^i (?:have )?(?:stopped|quit|gave up|given up) (?P<verb>\w+?)(?:ing)\b")
NEGATION = re.compile(r"\b(?:do not|does not|no longer|never|not) ")
AT_THE_END = re.compile(r" (?:any ?(?:more|longer)|now|again|these days)$")

# Of these a person, or somebody of theirs, has one at a time.
SINGLE = """
address age anniversary bank birthday boss bus car city coach commute company country dentist department diet doctor
email employer flat goal gp hairdresser height home hometown house husband job landlady landlord locker manager name
neighbor nickname office optician partner pharmacy phone physio plate position profession pronouns religion room salary
school shift size spouse station street supervisor surname team therapist timezone title train tutor university vet
weight wife zone
"""
DIETS = "vegetarian|vegan|pescatarian|pescetarian|flexitarian|omnivore"
LIKING = "like|love|enjoy|adore|prefer"
AVERSION = re.compile(r"\bi (?:hate|dislike|loathe|detest) ")
DOING = """
drink eat smoke cook drive work speak play own wear use sleep meditate teach study volunteer sing practise practice have
take
"""
COUNT = r"\d+|no|one|two|three|four|five|six|seven|eight|nine|ten|an?"
CLOCK = r"\d{1,2}(?:[:.]\d{2})?(?: ?[ap]m| o'clock)?|noon|midnight"
# Each slot and the statements that fill it; one without a value is filled with yes or no.
SLOTS = tuple(
    (slot, re.compile(f"^(?:{pattern})$"))
    for slot, pattern in (
        ("my name", r"(?:my name is|i am called|call me) (?P<value>.+)"),
        ("name of {whose}", r"my (?P<whose>[\w -]+?)(?:'s name)? is (?:called |named )(?P<value>.+)"),
        ("name of {whose}", r"(?:my (?P<whose>[\w -]+)'s name|the name of my (?P<who>[\w -]+)) is (?P<value>.+)"),
        ("{what}", r"my (?P<what>(?:favorite|preferred) [\w -]+?) (?:is|are) (?P<value>.+)"),
        ("{what}", rf"my (?P<what>(?:[\w'-]+ )*?(?:{'|'.join(SINGLE.split())})) is(?: in| on| at)? (?P<value>.+)"),
        ("where I live", r"(?:i|we) (?:live|moved|have moved|am living|am based)(?: in| to| at| on) (?P<value>.+)"),
        ("where I work", r"i (?:work|am working|am employed) (?:at|for) (?P<value>.+)"),
        ("what I work as", r"i (?:work|am working) as (?P<value>.+)"),
        ("my age", r"i (?:am|turned) (?P<value>\d{1,3})(?: years old)?"),
        ("my diet", rf"i am (?:an? )?(?P<value>{DIETS})"),
        ("allergy to {what}", r"i (?:am allergic|have an allergy) to (?P<what>.+)"),
        ("liking {what}", rf"i (?:{LIKING}) (?P<what>.+)"),
        ("when I {what}", rf"i (?:usually |normally |always )?(?P<what>[\w -]+?) at (?P<value>{CLOCK})"),
        ("how many {what}", rf"(?:i|we) have (?P<value>{COUNT}) (?P<what>[\w -]+)"),
        ("{verb} {what}", rf"i (?P<verb>{'|'.join(DOING.split())})(?P<what>| .+)"),
    )
)  # fmt: skip
LIGHT = frozenset("a am an are be do i is my of that the to".split())


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A statement with what it is about (`slot`, None where only its words tell) and what it says of that.

    `holds` is False where it only takes back what another statement says.
    """

    text: str
    slot: str | None
    value: str
    holds: bool = True

    def replaces(self, earlier: "Fact") -> bool:
        """True where the earlier one no longer holds."""
        return self.slot is not None and self.slot == earlier.slot and self.holds == (self.value != earlier.value)

    def repeats(self, earlier: "Fact") -> bool:
        """True where it adds nothing to the earlier one."""
        if not self.holds or not earlier.holds:
            return False
        if self.slot is not None and self.slot == earlier.slot:
            return self.value == earlier.value
        return self.slot == earlier.slot and bool(self.value) and _content(self.value) == _content(earlier.value)


def fact_of(statement: str) -> Fact:
    """What a statement is about, whatever it says; pure."""
    said = plain(statement)
    positive, denied = _without_denial(said)
    for slot, pattern in SLOTS:
        if found := pattern.match(positive):
            named = {name: _thing(words) for name, words in found.groupdict(default="").items()}
            about = slot.format(**named | {"whose": named.get("whose") or named.get("who", "")}).strip()
            if "value" in named:
                return Fact(text=statement, slot=about, value=named["value"], holds=not denied)
            return Fact(text=statement, slot=about, value="no" if denied else "yes")
    return Fact(text=statement, slot=None, value=said)


def plain(statement: str) -> str:
    """Lower case without contractions, marks at the end and words that only lead in."""
    said = " ".join(statement.casefold().replace("’", "'").split()).rstrip(".! ")
    said = re.sub(r"\b[a-z]+'[a-z]+\b", lambda word: CONTRACTIONS.get(word[0], word[0]), said)
    said = re.sub(r"\b(do|does|did|is|are|was|were|have|has|would|could|should)n't\b", r"\1 not", said)
    return (
        ASIDE.sub("", said)
        .replace("cannot", "can not")
        .replace("favourite", "favorite")
        .replace("neighbour", "neighbor")
    )


def _without_denial(said: str) -> tuple[str, bool]:
    """The statement as if it were so, and whether it says that it is not."""
    positive = AT_THE_END.sub("", ADVERBS.sub("", said)).replace("can not stand ", "hate ")
    positive, ended = ENDED.subn(lambda found: f"i {_verb(found['verb'])}", positive)
    positive, negated = NEGATION.subn("", positive, count=1)
    positive, averse = AVERSION.subn("i like ", positive)
    return positive, bool(ended) or bool(negated) != bool(averse)


def _verb(root: str) -> str:
    """The verb of "-ing": smok of smoking, planning's plann."""
    return next((verb for verb in (root, f"{root}e", root[:-1]) if verb in DOING.split()), root)


def _thing(words: str) -> str:
    return re.sub(r"^(?:an?|the|any|some) ", "", words.strip())


def _content(said: str) -> frozenset[str]:
    return frozenset(stem(word) for word in re.findall(r"[^\W_]+", said)) - LIGHT
