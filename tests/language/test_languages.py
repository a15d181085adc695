"""Which messages are not English."""

import pytest

from language.languages import foreign


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Erinnere mich morgen an den Zahnarzt", "German"),
        ("ajoute du pain à la liste pour demain", "French"),
        ("recuérdame comprar leche mañana por favor", "Spanish"),
        ("ricordami di comprare il latte domani", "Italian"),
        ("lembre-me de comprar leite amanhã", "Portuguese"),
        ("herinner me morgen aan de tandarts", "Dutch"),
        ("przypomnij mi jutro o dentyście", "Polish"),
        ("напомни мне завтра позвонить маме", "Russian"),
        ("明日の朝に牛乳を買う", "Japanese"),
        ("明天早上提醒我买牛奶", "Chinese"),
        ("내일 우유 사라고 알려줘", "Korean"),
        ("ذكرني غدا بالاتصال بأمي", "Arabic"),
    ],
)
def test_a_foreign_message_is_told_by_its_words_or_letters(text: str, language: str) -> None:
    assert foreign(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "buy Brot und Butter",
        "order tapas de la casa for two",
        "call Zoë",
        "milk",
        "déjà vu",
        "die hard on Friday",
        "42",
        "😀",
    ],
)
def test_english_with_foreign_words_stays_english(text: str) -> None:
    assert foreign(text) is None
