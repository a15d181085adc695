"""Rhythm heads: the words that a rhythm begins with: "every", "daily", "once a week", "on mondays"."""

from dataclasses import replace

from domain.tasks import RecursFrom
from language.rules.bounds import OPENING
from language.rules.days import EDGES, dated, month_dated, placed, placed_days
from language.rules.lists import LETTERS, RANGED, Days, Words, days_at, number_at, places_at, unit_at
from language.rules.named_days import named_at
from language.rules.rhythm import LONGEST_STEP, PARTS, Rhythm, goes_on, in_order, period_at, step_at
from language.rules.scene import Said, Scene
from language.rules.tails import completion_at
from language.words import MONTHS, NUMBERS, ORDINALS, VERBS, WEEKDAYS

EVERY = frozenset(("every", "each", "ev", "evry"))
ALTERNATE = frozenset(("alternate", "alternating"))
ADVERBS: dict[str, Rhythm] = {
    "hourly": Rhythm(freq="HOURLY"),
    **dict.fromkeys(("daily", "everyday"), Rhythm(freq="DAILY")),
    "nightly": Rhythm(freq="DAILY", part="night"),
    "weekly": Rhythm(freq="WEEKLY"),
    **dict.fromkeys(("biweekly", "fortnightly"), Rhythm(freq="WEEKLY", interval=2)),
    "monthly": Rhythm(freq="MONTHLY"),
    "bimonthly": Rhythm(freq="MONTHLY", interval=2),
    "semimonthly": Rhythm(freq="MONTHLY", month_days=(1, 15)),
    "quarterly": Rhythm(freq="MONTHLY", interval=3),
    **dict.fromkeys(("semiannually", "biannually", "semiyearly"), Rhythm(freq="MONTHLY", interval=6)),
    **dict.fromkeys(("yearly", "annually"), Rhythm(freq="YEARLY")),
    **dict.fromkeys(("biennially", "biyearly"), Rhythm(freq="YEARLY", interval=2)),
}
DETERMINERS = frozenset("the a an my our your his her their its this that next last no any some".split())
LEADS = frozenset("on repeat repeats repeating recurring recurs occurring occurs happening happens once".split())
ARTICLES = frozenset(("a", "an", "another", "recurring", "repeating", "new"))
AGAIN = frozenset(("recurring", "repeating"))
WISHES = frozenset("reminder alarm notification task todo event appointment meeting chore habit".split())
DATE_WORDS = frozenset((*MONTHS, *ORDINALS, "the", "on", ","))
LONGEST_DATE = 5
RATES = frozenset(("times", "x", "twice", "thrice"))
# Every word that a rhythm can begin with, beside numbers in digits and whatever ends like a day of the week.
BEGINNINGS = frozenset(
    (*EVERY, *ALTERNATE, *ADVERBS, *EDGES, *MONTHS, *ORDINALS, *NUMBERS, *LETTERS, *WEEKDAYS, *PARTS)
)
BEGINNINGS |= frozenset("bi semi once last final penultimate next couple few hundred dozen week".split())
BEGINNINGS |= frozenset("weekend weekends weeknight weeknights business work working".split())
WHOLES = [(which, unit) for which in ("the", "every", "each") for unit in ("week", "month", "year")]
Found = tuple[Rhythm, int]


def head(scene: Scene, place: int) -> Said | None:
    """The rhythm that begins at a place with such a word, None where its words mean something else there."""
    words = scene.words
    if said := _after_completion(scene, place):
        return said
    found = _every(words, place) or _adverb(words, place) or _per(words, place) or _placed(words, place)
    found = found or _bare_days(words, place) or _bare_part(words, place) or _every_named(scene, place)
    if found is None or words.at(place - 1) in RATES or not _ends_well(words, found[1]):
        return None
    is_strict = words.at(place) in EVERY and words.at(place + 1) == "!"
    recurs_from: RecursFrom = "completion" if is_strict else "due"
    begin = _begin(words, place, found[1])
    return Said(rhythm=found[0], begin=begin, end=found[1], recurs_from=recurs_from)


def may_begin(word: str) -> bool:
    """True for a word that some rhythm begins with."""
    return word in BEGINNINGS or word[:1].isdigit() or word.endswith(("day", "days"))


def _every(words: Words, place: int) -> Found | None:
    """ "every other Tuesday", "each first Friday", "every 25 December"; "every minute counts" is no rhythm."""
    if words.at(place) in ALTERNATE:
        return _every_step(words, place)
    if words.at(place) not in EVERY:
        return None
    begin = words.skip(place + 1, "!", "single", "the")
    if words.at(place) == "each" and words.items[place + 1 : place + 3] == ("and", "every"):
        begin = place + 3
    found = _every_place(words, begin) or dated(words, begin) or month_dated(words, begin) or _every_step(words, begin)
    is_one_word = found is not None and found[1] == begin + 1 and not found[0].is_of_days
    return None if is_one_word and not goes_on(words, begin + 1) else found


def _every_named(scene: Scene, place: int) -> Found | None:
    """ "every Christmas", "each 7/20"."""
    if scene.words.at(place) not in EVERY or not scene.words.at(place + 1).isalnum():
        return None
    found = named_at(scene.text, scene.words.spans[place + 1][0], day_first=scene.clock.day_first)
    return (found[0], scene.place(found[1])) if found else None


def _every_place(words: Words, place: int) -> Found | None:
    """ "every first Friday", "every 5th and 25th (of the month)", "every 3rd of March", "every 31st"."""
    if found := placed(words, place):
        return found[:2]
    places = places_at(words, place)
    if places is None:
        return None
    numbers, end = places
    if (days := dated(words, place) or placed_days(words, place)) and (numbers != (2,) or days[0].month_days):
        return days
    follows = unit_at(words, end) or days_at(words, end) or words.at(end) in PARTS
    is_noun = words.at(end - 1).isalpha() and (numbers == (2,) or not goes_on(words, end))
    return (
        None
        if follows or is_noun or numbers[0] < -1 or numbers == (-1,)
        else (Rhythm(freq="MONTHLY", month_days=numbers), end)
    )


def _every_step(words: Words, place: int) -> Found | None:
    """ "every 3 weeks", "every other Tuesday", "every weekday", "every second night", "every half hour"."""
    if words.at(place) == "half":
        behind = words.skip(place + 1, "-", "a", "an")
        return (Rhythm(freq="MINUTELY", interval=30), behind + 1) if words.at(behind) == "hour" else None
    step, begin = step_at(words, place)
    if not 0 < step <= LONGEST_STEP:
        return None
    if days := days_at(words, begin):
        part = PARTS.get(words.at(days[1] - 1))
        return Rhythm(freq="WEEKLY", interval=step, days=in_order(days[0].numbers), part=part), days[1]
    if part := PARTS.get(words.at(begin)):
        return Rhythm(freq="DAILY", interval=step, part=part), begin + 1
    found = period_at(words, place)
    if found and found[0].freq == "HOURLY" and words.items[found[1] : found[1] + 3] == ("and", "a", "half"):
        return Rhythm(freq="MINUTELY", interval=found[0].interval * 60 + 30), found[1] + 3
    whole = found and words.at(found[1]) == "of" and words.items[found[1] + 1 : found[1] + 3]
    return (found[0], found[1] + 3) if found and whole in WHOLES else found


def adjective(scene: Scene, place: int) -> Said | None:
    """The "monthly" of "a monthly reminder" and of "monthly pay the rent", unless the text says a rhythm otherwise."""
    words = scene.words
    found = _adverb_at(words, place)
    if found is None:
        return None
    is_wish = words.at(place - 1) in ARTICLES and words.at(words.skip(found[1], *AGAIN)) in WISHES
    starts = place == 0 or not words.at(place - 1).isalnum()
    is_order = starts and words.at(found[1]) in VERBS and not goes_on(words, found[1] + 1, verbs=False)
    return Said(rhythm=found[0], begin=place, end=found[1]) if is_wish or is_order else None


def _adverb_at(words: Words, place: int) -> Found | None:
    is_compound = words.at(place) in ("bi", "semi")
    last = words.skip(place + 1, "-") if is_compound else place
    rhythm = ADVERBS.get(words.at(place) + words.at(last) if is_compound else words.at(place))
    return (rhythm, last + 1) if rhythm else None


def _adverb(words: Words, place: int) -> Found | None:
    """ "daily", "bi-weekly", "on a monthly basis"; not the adjective of "the weekly report"."""
    found = _adverb_at(words, place)
    if found is None:
        return None
    rhythm, end = found
    if words.at(end) == "basis":
        return rhythm, end + 1
    is_last = goes_on(words, end, verbs=False) or words.at(end) in ADVERBS or placed_days(words, end)
    is_adjective = words.at(place - 1) in DETERMINERS or not is_last
    return None if is_adjective else (rhythm, end + (words.at(end) in AGAIN))


def _per(words: Words, place: int) -> Found | None:
    """ "once a week", "one a day", "once every 3 days", "once in two weeks"."""
    per = words.at(place + 1)
    if words.items[place : place + 2] == ("1", "x"):
        return period_at(words, words.skip(place + 2, "a", "per", "/"))
    if words.at(place) == "one":
        return period_at(words, place + 2) if per in ("a", "per") else None
    if words.at(place) != "once" or per not in ("a", "an", "per", "each", "every", "in"):
        return None
    return period_at(words, words.skip(place + 2, "a")) or (_every(words, place + 1) if per in EVERY else None)


def _placed(words: Words, place: int) -> Found | None:
    """ "the first friday of each month", "15th of every month"; "the first friday of the month" is one day.

    In "from the 1st of May, every week" the date is the first day.
    """
    found = placed(words, place)
    if found is None or not found[2]:
        return None
    before = place - 1
    while before > place - LONGEST_DATE and _is_of_date(words, before):
        before -= 1
    is_start = words.at(before) in OPENING or words.items[max(before - 1, 0) : before + 1] == ("as", "of")
    return None if is_start else found[:2]


def _is_of_date(words: Words, place: int) -> bool:
    word = words.at(place)
    is_of = word == "of" and words.at(place - 1) != "as"
    return is_of or word[:1].isdigit() or word in DATE_WORDS


def _bare_days(words: Words, place: int) -> Found | None:
    """ "tuesdays and thursdays", "on weekdays", "monday mornings", "tue-thu every week"; "mon, wed and fri"."""
    named = days_at(words, place)
    if named is None or words.at(place - 1) in DETERMINERS | {"in"} or _is_count(words, place - 1):
        return None
    days, end = named
    if days.either:
        return None
    rhythm = Rhythm(freq="WEEKLY", days=in_order(days.numbers), part=PARTS.get(words.at(end - 1)))
    part, again = PARTS.get(words.at(end)), _every_week(words, end)
    if again:
        rhythm, end = replace(rhythm, interval=again[0].interval), again[1]
    elif part and words.at(end).endswith("s"):
        rhythm, end = replace(rhythm, part=part), end + 1
    elif not days.is_plural and days.said < 3 and not _is_list(words, place, end, days):
        return None
    is_led = words.at(place - 1) == "on" and days.is_plural
    return (rhythm, end) if is_led or goes_on(words, end, verbs=place == 0) else None


def _every_week(words: Words, place: int) -> Found | None:
    begin = words.skip(place, ",")
    if words.at(begin) == "weekly":
        return ADVERBS["weekly"], begin + 1
    found = period_at(words, begin + 1) if words.at(begin) in EVERY else None
    return found if found and found[0].freq == "WEEKLY" else None


def _bare_part(words: Words, place: int) -> Found | None:
    """ "mornings at 8", "mornings" at the beginning of a text."""
    part = PARTS.get(words.at(place)) if words.at(place).endswith("s") else None
    is_sure = words.at(place + 1) in ("at", "@") or (place == 0 and goes_on(words, 1))
    if part is None or not is_sure or words.at(place - 1) in DETERMINERS or _is_count(words, place - 1):
        return None
    return Rhythm(freq="DAILY", part=part), place + 1


def _after_completion(scene: Scene, place: int) -> Said | None:
    """ "3 days after completion", "two weeks after I finish it"."""
    amount = number_at(scene.words, place)
    found = period_at(scene.words, place) if amount and amount[0] else None
    end = completion_at(scene, found[1]) if found and found[0].is_of_days else None
    if found is None or end is None:
        return None
    return Said(rhythm=found[0], begin=place, end=end, recurs_from="completion")


def _begin(words: Words, place: int, end: int) -> int:
    """Where the words that lead to it begin: "on", "repeats", "at the", "in the", "on a"."""
    is_basis = words.at(end - 1) == "basis" and words.at(place - 1) in ("a", "an")
    if is_basis or words.at(place - 1) == "the":
        place -= 2 if words.at(place - 2) in ("at", "by", "in") else 1
    is_range = bool(RANGED & set(words.items[place:end]))
    while words.at(place - 1) in LEADS or (is_range and words.at(place - 1) == "from"):
        place -= 1
    return place


def _is_count(words: Words, place: int) -> bool:
    """True for the 3 of "3 fridays", not for the numbers of "at 7 fridays" and "10:30 fridays"."""
    return number_at(words, place) is not None and words.at(place - 1) not in ("at", "@", ":")


def _is_list(words: Words, place: int, end: int, days: Days) -> bool:
    """ "tue/thu", "sat & sun", and "on mon-fri" as the whole text; "on monday and tuesday" may be two dates."""
    if end == len(words.items) and words.skip(0, "on") == place:
        return days.said == 2 or (place == 1 and len(days.numbers) > 2)
    return days.said == 2 and bool({"/", "&", "+"} & set(words.items[place:end]))


def _ends_well(words: Words, end: int) -> bool:
    """Not "every day's", "every day-care"."""
    if words.at(end) in ("'", "’") and words.at(end + 1) == "s":
        return False
    glued = end < len(words.spans) and words.spans[end][0] == words.spans[end - 1][1]
    return not (glued and words.at(end) == "-" and words.at(end + 1).isalpha())
