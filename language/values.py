"""Values: what kind of thing a question asks for, and how surely a text holds one of that kind."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

SAID = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|"
    "eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|dozen|half"
)
_N = rf"(?:\d[\d.,]*\d|\d|\b(?:{SAID})\b(?:[ -](?:{SAID})\b)*)"
_MONTH = (
    "january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|"
    "aug|sept?|oct|nov|dec"
)
_WEEKDAY = "(?:mon|tues|wednes|thurs|fri|satur|sun)days?|mon|tues?|wed|thurs?|fri|sat|sun"
_SEASON = "easter|christmas|advent|new year|halloween|thanksgiving|spring|summer|autumn|winter|half-term|term"
_DAYTIME = "noon|midday|midnight|morning|evening|afternoon|night|dawn|dusk|sunrise|sunset|breakfast|lunch|dinner|supper"
_SPAN = "seconds?|secs?|min(?:ute)?s?|hours?|hrs?|h|days?|nights?|weeks?|fortnights?|months?|years?|terms?|sessions?"
_COLOUR = (
    "red|blue|green|yellow|white|black|gr[ea]y|brown|pink|purple|violet|orange|beige|cream|ivory|turquoise|teal|navy|"
    "indigo|gold(?:en)?|silver|copper|crimson|scarlet|maroon|olive|sage|lilac|lavender|amber|burgundy|mustard|coral|"
    "salmon|mint|ochre|blond|dark|pale|oyster|pebble|charcoal|rust|tan|striped|chequered"
)
# What a number is; the first that fits it says so.
_NUMBERS = {
    "money": (
        rf"[$€£]\s?{_N}|{_N}\s?(?:[$€£]|(?:euros?|dollars?|cents?|pence|pounds?(?! of)|francs?|kroner|crowns?|bucks|"
        r"quid|eur|usd|gbp|chf)\b)"
    ),
    "share": rf"{_N}\s?(?:%|per ?cent\b)",
    "clock": (
        r"\b\d{1,2}[:.][0-5]\d(?!\d|[.,:]\d)(?:\s?[ap]\.?m\b)?|\b\d{1,2}\s?[ap]\.?m\b|"
        rf"\b(?:half past|quarter (?:to|past)|(?:ten|twenty|five) (?:to|past))\s+\w+|{_N} o['’]clock"
    ),
    "date": (
        rf"\b\d{{1,2}}(?:st|nd|rd|th)?(?: of)? (?:{_MONTH})\b|\b(?:{_MONTH})\.? \d{{1,2}}(?:st|nd|rd|th)?\b|"
        r"\b\d{1,2}(?:st|nd|rd|th)\b|\b\d{1,2}[./](?:0?[1-9]|1[0-2])\.(?:\d{2,4})?(?!\d)"
    ),
    "year": r"(?<![\d.,£$€])(?:1[6-9]|20)\d\d(?![\d.,]\d|\d| ?(?:k?g|m|mm|cm|ml|l)\b)",
    "weight": rf"{_N}\s?(?:kg|kilos?|grams?|g|mg|lbs?|pounds of|oz|ounces?|stones?|tonn?e?s?)\b",
    "warmth": rf"{_N}\s?(?:°|degrees?\b|celsius\b|fahrenheit\b)",
    "length": (
        rf"{_N}\s?(?:kms?|kilomet\w+|miles?|m|met(?:re|er)s?|feet|ft|foot|cms?|centimet\w+|mms?|millimet\w+|"
        r"inch(?:es)?|yards?|steps|square|acres?|hectares?|[x×](?= ?\d))(?!\w)"
    ),
    "volume": (rf"{_N}\s?(?:ml|cl|l|lit(?:re|er)s?|pints?|cups?|tsp|tbsp|teaspoons?|tablespoons?|gallons?|[gt]b|mb)\b"),
    "speed": rf"{_N}\s?(?:km/?h|mph|kph|kn|knots|m/s|rpm|watts?|k?w|kwh|hz|khz|volts?|v)\b",
    "span": (
        rf"{_N}(?: and a half)?[\s-](?:more |full |whole |working )?(?:{_SPAN})\b|\b\d+\s?(?:h|min|s)\b|"
        r"\b(?:quarter of an|half an|an|a|the whole|all) (?:hour|day|week|month|year|night|minute|summer|winter)\b"
    ),
    "rate": rf"{_N} (?:an? (?!(?:\w+ )?of\b)|each\b|per\b|extra\b|in cash\b)",
    "price": (
        r"\b(?:costs?|paid|pays?|quoted|charge[sd]?|fees?|price|budget|rent|hire|worth|values?|sold|sells|owes?|dues|"
        rf"entry|rate|offer(?:s|ed)?|profit|turnover|deposit)\b(?: \w+){{0,3}}? {_N}"
    ),
    "bare": _N,
}
NUMBERS = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _NUMBERS.items()), re.IGNORECASE)
# Not a time, a number or a way of saying: "in the evening", "at nine", "by heart".
_PLACE = (
    r"\b(?:in|at|on|under|behind|near|by|to|from|beside|next to|inside|above|below|over|between|outside|opposite|"
    rf"through|beneath|along|across|towards?)\s+(?!(?:the )?(?:\d|(?:{SAID}|{_MONTH}|{_WEEKDAY}|{_SEASON}|{_DAYTIME}|"
    r"(?:week|month|year|day|hour)\w*|end|beginning|start|first|second|third|last|next|once|all|time|heart|least|most|"
    r"early|late|about|it|them|me|us|him|her|foot|hand|hold|top of)\b))|\b(?:(?:up|down)stairs|abroad)\b"
)
_REASON = (
    r"\b(?:because|so that|due to|reason|therefore|otherwise|thanks to|since (?:it|he|she|they|the|i|we|my|there)|"
    r"as (?:it|he|she|they|i|we) (?:is|was|has|had|are|were|have|could)|(?:is|was|are|were) too)\b|, so\b|"
    r": (?:no|too|it|the|he|she)\b|\bso (?:no|i|we|that)\b"
)
_FREQUENCY = (
    r"\b(?:daily|weekly|monthly|yearly|hourly|nightly|once|twice|times|every|each|per|always|never|alternate|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)days)\b|\ba (?:day|week|month|year|night)\b"
)
_CONTACT = r"\d[\d ()/-]{4,}\d|@|\b(?:street|road|avenue|lane|ends in|www|http)|\bext(?:ension)?\b"
_CLOCK = (
    rf"\b(?:{_DAYTIME})s?\b|\b(?:at|by|until|till|from|before|after|about|around|to|opens?|closes?) "
    rf"(?:\d{{1,2}}|{SAID})\b(?! ?(?:%|percent|[a-z]*(?:met|kilo|mile|euro|dollar|pound|day|week|month|year)))"
)
_CALENDAR = (
    rf"\b(?:{_MONTH}|{_WEEKDAY}|{_SEASON})s?\b|\b(?:today|tomorrow|yesterday|tonight|"
    r"(?:next|last|this|every|each|after|before|during|within|in|for) (?:the )?(?:\w+ )?"
    rf"(?:{_DAYTIME}|day|week|weekend|month|year|night)s?)\b|\b(?:day|week|fortnight|month|year)s?\b"
)
_PERSON = (
    r"\b(?:m[ae]n|wom[ae]n|boys?|girls?|lads?|lass|brother|sister|mother|father|mum|dad|mom|uncle|aunt|cousin|"
    r"neighbou?rs?|friends?|wife|husband|son|daughter|vet|doctor|dentist|lawyer|nurse|teacher|land(?:lord|lady)|boss|"
    r"students?|gran(?:dma|dpa|ny)?|every(?:body|one)|no(?:body| one)|all of us|parents|children)\b"
)
_FIRST = r"^\W*(?:and |so |to |with |from |by |at |on |in |for |after |since |until |till |roughly |about )?"


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What asks for it, how surely a number of each kind is one, and words that are one, `surely` so."""

    name: str
    asks: re.Pattern[str]
    numbers: Mapping[str, float] = field(default_factory=dict)
    words: re.Pattern[str] | None = None
    surely: float = 1.0


def _kind(
    name: str, asks: str, *, numbers: Mapping[str, float] | None = None, words: str = "", surely: float = 1.0
) -> Kind:
    return Kind(
        name=name,
        asks=re.compile(asks, re.IGNORECASE),
        numbers=numbers or {},
        words=re.compile(words, re.IGNORECASE) if words else None,
        surely=surely,
    )


ANY_AMOUNT = dict.fromkeys(
    ("money", "share", "weight", "warmth", "length", "volume", "speed", "year", "rate", "price", "bare"), 1.0
)
# The first that fits a question is what it asks for.
KINDS = (
    _kind("reason", r"\bwhy\b|\b(?:what|which)(?: is| was|['’]s) the reason\b|\bhow come\b", words=_REASON),
    _kind("place", rf"{_FIRST}(?:where|which (?:place|town|city|room|street|country|village))\b", words=_PLACE),
    _kind(
        "frequency",
        r"\bhow (?:often|frequently|regularly)\b|\bhow many times (?:a|per|each|every)\b",
        words=_FREQUENCY,
    ),
    _kind(
        "clock",
        r"\b(?:what|which) (?:time|hour)\b|\bhow (?:late|early)\b",
        numbers={"clock": 1.0, "span": 0.6},
        words=_CLOCK,
        surely=0.8,
    ),
    _kind("year", r"\b(?:what|which) year\b", numbers={"year": 1.0, "span": 0.3}),
    _kind(
        "age",
        r"\bhow old\b|\bage of\b|\bwhat age\b",
        numbers={"year": 1.0, "span": 0.7, "bare": 0.2},
        words=r"\b(?:old|aged?|born|turn(?:s|ed)|birthday|built|since|\dth)\b",
        surely=0.8,
    ),
    _kind(
        "weight",
        r"\bhow heavy\b|\bweigh(?:s|ed)?\b|\bweight\b|\b(?:grams|kilos|pounds|ounces) of\b",
        numbers={"weight": 1.0, "bare": 0.3},
    ),
    _kind(
        "money",
        r"\bhow (?:much|expensive)\b.*\b(?:costs?|pay|paid|pays|price|charged?|charges|owes?|owed|earn(?:ed|s)?|fee|"
        r"fare|rent|come to|came to|spen[dt]|raised?|money|worth|salary|wages?|deposit|sell|sold|want|get for|extra|"
        r"entry|put (?:in|aside)|offer)\b|\bhow much (?:is|are|was|were) |"
        r"\b(?:prices?|budget|salary|rent|fees?|fare|wages?|profit|turnover|costs?|deposit|commission|tariff|bill)\b|"
        r"\bwhat (?:did|do|does|will|would|is|are|was) .*\b(?:cost|pay|paid|charged?|earn|worth)\b|"
        r"\b(?:hourly|day|daily|interest) rate\b",
        numbers={"money": 1.0, "rate": 0.9, "price": 0.9, "share": 0.7, "bare": 0.5},
        words=r"\bfree\b|\bfor nothing\b|\bno charge\b",
        surely=0.8,
    ),
    _kind(
        "warmth",
        r"\bhow (?:hot|cold|warm)\b|\btemperature\b|\bdegrees\b",
        numbers={"warmth": 1.0, "bare": 0.6},
    ),
    _kind(
        "length",
        r"\bhow (?:high|deep|tall|wide|thick|thin|broad|far)\b|"
        r"\b(?:height|width|depth|diameter|measurements?|distance|mileage)\b|"
        r"\bhow many (?:miles|km|kilomet\w+|met\w+|feet)\b",
        numbers={"length": 1.0, "volume": 0.4, "span": 0.4, "bare": 0.4},
        words=r"\bthan\b",
        surely=0.4,
    ),
    _kind(
        "span",
        r"\bhow long\b|\bhow many (?:minutes|hours|days|weeks|months|years|nights)\b|\bduration\b|\bnotice period\b",
        numbers={"span": 1.0, "length": 0.7, "clock": 0.4, "date": 0.4},
        words=r"\b(?:until|till|by the|throughout|long)\b",
        surely=0.8,
    ),
    _kind(
        "date",
        rf"{_FIRST}(?:when|(?:what|which) (?:days?|dates?|month|weekday|season|week|term))\b|\b(?:deadline|birthday)\b|"
        r"\b(?:by|until|since) when\b|\bhow soon\b|\bwhat day\b|\bwhich date\b",
        numbers={"date": 1.0, "year": 0.8, "clock": 0.8, "span": 0.8},
        words=f"{_CALENDAR}|{_CLOCK}",
        surely=0.8,
    ),
    _kind("colour", r"\bcolou?rs?\b|\bshade\b", words=rf"\b(?:{_COLOUR})\b"),
    _kind(
        "contact",
        r"\b(?:(?:tele)?phone|e-?mail|address|(?:number|licen[cs]e) plate|password|pin|code|"
        r"(?:licen[cs]e|product) key|passport|(?:account|chip|card|policy|order|serial|insurance) number|"
        r"registration)\b",
        words=_CONTACT,
    ),
    _kind(
        "number",
        r"\bhow many (?:lit(?:re|er)s|kilos|kg|grams|pounds|percent|degrees|cents|pence|euros|dollars|cups|spoons)\b",
        numbers=ANY_AMOUNT,
    ),
    _kind(
        "count",
        r"\bhow many\b|\bnumber of\b",
        numbers={"bare": 1.0, "rate": 0.8, "price": 0.6, "span": 0.5, "volume": 0.4, "length": 0.3, "weight": 0.3},
        words=r"\b(?:both|several|few|single|twice|once|no|pair|couple|an?)\b",
        surely=0.4,
    ),
    _kind(
        "number",
        r"\bhow (?:much|full|strong|fast|big|large|good|hard|loud|accurate)\b|"
        r"\b(?:percentage|size|rating|score|dosage|dose|reading(?! glass)|pressure|number|amount|gravity|percent|"
        r"speed|strength|humidity|level)\b",
        numbers={**ANY_AMOUNT, "clock": 0.6, "span": 0.5},
        words=r"\b(?:half|quarter|all|none|no)\b",
        surely=0.4,
    ),
    _kind(
        "name",
        rf"{_FIRST}who(?:m|se)?\b|\bnames? of\b|\bcalled\b|\b(?:last|first|full|sur)\s?names?\b|['’]s? names?\b|"
        r"\bsurname\b|\bwhose\b",
        words=_PERSON,
        surely=0.5,
    ),
    _kind(
        "whether",
        r"^\W*(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|must)\b",
    ),
)


def kind_of(question: str) -> Kind | None:
    """What a question asks for; None where anything may answer it."""
    return next((kind for kind in KINDS if kind.asks.search(question)), None)


def holds(kind: Kind, text: str) -> float:
    """How surely the text has one, from 0 to 1; names are not looked for."""
    found = [kind.numbers.get(str(number.lastgroup), 0.0) for number in NUMBERS.finditer(text)] if kind.numbers else []
    said = kind.surely if kind.words and kind.words.search(text) else 0.0
    return max([*found, said])
