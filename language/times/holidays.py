"""Holidays: the days that have a name, by their rule."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.easter import EASTER_ORTHODOX, easter

from language.calendar import nth_weekday
from language.times.festivals import by_names

DAY = timedelta(days=1)
Stretch = tuple[date, date]
ByYear = Callable[[int], Stretch]


@dataclass(frozen=True, kw_only=True)
class Names:
    """`called` has every way to say a name; `starts`, by its first word, how many words it may have."""

    called: Mapping[str, str]
    starts: Mapping[str, frozenset[int]]


def holiday(name: str, year: int) -> Stretch:
    """First day and day after the last of that holiday; raises `ValueError` where the year has none."""
    return DATES[name](year)


def _on(month: int, day: int, days: int = 1) -> ByYear:
    return lambda year: (date(year, month, day), date(year, month, day) + days * DAY)


def _nth(place: int, weekday: int, month: int, plus: int = 0, days: int = 1) -> ByYear:
    def found(year: int) -> Stretch:
        day = nth_weekday(place, weekday, date(year, month, 1)) + plus * DAY
        return day, day + days * DAY

    return found


def _easter(plus: int, days: int = 1) -> ByYear:
    return lambda year: (easter(year) + plus * DAY, easter(year) + (plus + days) * DAY)


def _orthodox(plus: int, days: int = 1) -> ByYear:
    def found(year: int) -> Stretch:
        day = easter(year, EASTER_ORTHODOX) + plus * DAY
        return day, day + days * DAY

    return found


def _workday(month: int, day: int) -> ByYear:
    """That date, or the nearest Friday or Monday where it falls on a weekend."""

    def found(year: int) -> Stretch:
        day_of = date(year, month, day)
        moved = day_of + {5: -1, 6: 1}.get(day_of.weekday(), 0) * DAY
        return moved, moved + DAY

    return found


def _before_or_on(weekday: int, month: int, day: int) -> ByYear:
    def found(year: int) -> Stretch:
        last = date(year, month, day)
        first = last - (last.weekday() - weekday) % 7 * DAY
        return first, first + DAY

    return found


def _super_tuesday(year: int) -> Stretch:
    """The day of most primaries: the first Tuesday of March of an election year, in 2008 of February."""
    if year % 4:
        raise ValueError("no primaries in that year")
    day = nth_weekday(1, 1, date(year, 2 if year == 2008 else 3, 1))
    return day, day + DAY


def _kings_day(year: int) -> Stretch:
    day = date(year, 4, 27)
    day = day - DAY if day.weekday() == 6 else day
    return day, day + DAY


BY_RULE: Mapping[str, ByYear] = {
    "new years eve/new year eve/nye/silvester/sylvester": _on(12, 31),
    "new years day/new year day/new years/new year/nyd": _on(1, 1),
    "three kings day/twelfth night/epiphany day/feast of the epiphany": _on(1, 6),
    "orthodox christmas/orthodox christmas day": _on(1, 7),
    "burns night": _on(1, 25),
    "australia day": _on(1, 26),
    "national freedom day": _on(2, 1),
    "groundhog day/groundhogs day/candlemas": _on(2, 2),
    "valentines day/valentine day/st valentines day/saint valentines day/valentines": _on(2, 14),
    "leap day": _on(2, 29),
    "womens day/international womens day": _on(3, 8),
    "pi day": _on(3, 14),
    "st patricks day/saint patricks day/st paddys day/saint paddys day/st pattys day/st patrick day/paddys day": _on(
        3, 17
    ),
    "vernal equinox/spring equinox/march equinox": _on(3, 20),
    "april fools day/april fools/april fool day/all fools day": _on(4, 1),
    "siblings day/sibling day/national siblings day/national sibling day": _on(4, 10),
    "tax day": _on(4, 15),
    "emancipation day": _workday(4, 16),
    "earth day": _on(4, 22),
    "st georges day/saint georges day": _on(4, 23),
    "anzac day": _on(4, 25),
    "kings day/koningsdag/king day": _kings_day,
    "may day/labour day/international workers day/workers day": _on(5, 1),
    "star wars day": _on(5, 4),
    "cinco de mayo": _on(5, 5),
    "ve day/victory in europe day": _on(5, 8),
    "d day": _on(6, 6),
    "flag day": _on(6, 14),
    "juneteenth/juneteenth day": _on(6, 19),
    "summer solstice/june solstice/midsummer/midsummer day": _on(6, 21),
    "canada day/dominion day": _on(7, 1),
    "independence day/4th of july holiday/us independence day": _on(7, 4),
    "bastille day": _on(7, 14),
    "assumption day/assumption of mary/feast of the assumption": _on(8, 15),
    "womens equality day": _on(8, 26),
    "patriot day": _on(9, 11),
    "fall equinox/autumn equinox/autumnal equinox/september equinox": _on(9, 22),
    "german unity day/day of german unity": _on(10, 3),
    "boss day/bosss day/bosses day": _workday(10, 16),
    "halloween/halloween day/all hallows eve/hallowe en": _on(10, 31),
    "all saints day/all hallows day/all saints/world vegan day": _on(11, 1),
    "all souls day/all souls": _on(11, 2),
    "guy fawkes night/guy fawkes day/guy fawkes/bonfire night": _on(11, 5),
    "veterans day/veteran day/armistice day/remembrance day": _on(11, 11),
    "singles day": _on(11, 11),
    "gandhi jayanti": _on(10, 2),
    "rabindra jayanti/rabindranath jayanti": _on(5, 9),
    "st andrews day/saint andrews day": _on(11, 30),
    "st nicholas day/saint nicholas day": _on(12, 6),
    "pearl harbor day": _on(12, 7),
    "human rights day": _on(12, 10),
    "winter solstice/december solstice": _on(12, 21),
    "christmas eve/xmas eve": _on(12, 24),
    "christmas day/christmas/xmas/xmas day/x mas": _on(12, 25),
    "boxing day/st stephens day/saint stephens day": _on(12, 26),
    "kwanzaa": _on(12, 26, 7),
    "inauguration day": _on(1, 20),
    "mlk day/mlk jr day/martin luther king day/martin luther kings day": _nth(3, 0, 1),
    "martin luther king jr day/civil rights day": _nth(3, 0, 1),
    "presidents day/president day/washingtons birthday": _nth(3, 0, 2),
    "super bowl sunday/super bowl": _nth(2, 6, 2),
    "daylight saving start/daylight savings start/daylight saving start day/daylight savings start day": _nth(2, 6, 3),
    "mothers day/mother day": _nth(2, 6, 5),
    "memorial day/decoration day": _nth(-1, 0, 5),
    "fathers day/father day": _nth(3, 6, 6),
    "labor day": _nth(1, 0, 9),
    "grandparents day/national grandparents day": _nth(1, 0, 9, 6),
    "columbus day/indigenous peoples day/canadian thanksgiving": _nth(2, 0, 10),
    "daylight saving end/daylight savings end/daylight saving end day/daylight savings end day": _nth(1, 6, 11),
    "election day": _nth(1, 0, 11, 1),
    "thanksgiving/thanksgiving day/turkey day": _nth(4, 3, 11),
    "black friday": _nth(4, 3, 11, 1),
    "cyber monday": _nth(4, 3, 11, 4),
    "giving tuesday": _nth(4, 3, 11, 5),
    "earth hour": _nth(-1, 5, 3),
    "victoria day": _before_or_on(0, 5, 24),
    "super tuesday": _super_tuesday,
    "shrove tuesday/mardi gras/pancake day/pancake tuesday/fat tuesday": _easter(-47),
    "ash wednesday": _easter(-46),
    "lent": _easter(-46, 46),
    "palm sunday/branch sunday": _easter(-7),
    "holy week": _easter(-7, 7),
    "maundy thursday/holy thursday/covenant thursday/thursday of mysteries": _easter(-3),
    "good friday/great friday": _easter(-2),
    "holy saturday/black saturday": _easter(-1),
    "easter/easter sunday/easter day/resurrection sunday": _easter(0),
    "easter monday": _easter(1),
    "ascension day/ascension thursday": _easter(39),
    "pentecost/whit sunday/white sunday/whitsunday/whitsun": _easter(49),
    "whit monday/pentecost monday/monday of the holy spirit": _easter(50),
    "trinity sunday": _easter(56),
    "corpus christi": _easter(60),
    "great lent": _orthodox(-48, 40),
    "lazarus saturday": _orthodox(-8),
    "orthodox palm sunday": _orthodox(-7),
    "orthodox good friday/orthodox great friday": _orthodox(-2),
    "orthodox easter/orthodox easter sunday/pascha/greek easter": _orthodox(0),
    "orthodox easter monday": _orthodox(1),
}


def _called() -> tuple[dict[str, str], dict[str, ByYear]]:
    called: dict[str, str] = {}
    dates: dict[str, ByYear] = {}
    for names, by_year in (*BY_RULE.items(), *by_names()):
        first, *others = names.split("/")
        dates[first] = by_year
        called.update(dict.fromkeys((first, *others), first))
    return called, dates


def _starts(called: Mapping[str, str]) -> dict[str, frozenset[int]]:
    starts: dict[str, frozenset[int]] = {}
    for name in called:
        words = name.split()
        key = words[0].rstrip("s")
        starts[key] = starts.get(key, frozenset()) | {len(words)}
    return starts


CALLED, DATES = _called()
NAMES = Names(called=CALLED, starts=_starts(CALLED))
