"""Which language a message is in, where it is clearly not English."""

import re

from language.verbs import begins_order

KANA, HAN = "\u3040-\u30ff", "\u4e00-\u9fff"
SCRIPTS = (
    ("Russian", "\u0400-\u04ff"),
    ("Greek", "\u0370-\u03ff"),
    ("Hebrew", "\u0590-\u05ff"),
    ("Arabic", "\u0600-\u06ff"),
    ("Hindi", "\u0900-\u097f"),
    ("Thai", "\u0e00-\u0e7f"),
    ("Korean", "\uac00-\ud7af\u1100-\u11ff"),
    ("Chinese", HAN),
)
_FREQUENT = {
    "German": """
        aber als am an auch auf aufgabe aufgaben aus bei bin bis bitte das dass dein dem den der die diese du
        ein eine einen einer er erinnere es füge für gestern habe haben heute hinzu ich ihr im in ist jeden kann
        kaufen kein lösche mach man mein meine meinen mich mir mit morgen muss nach nicht noch nur oder sie sind
        uhr um und uns von vor wann war was welche wenn wer wie wir wird wo zeig zu zum zur übermorgen
    """,
    "French": """
        acheter ai ajoute au aujourd'hui aux avec c'est ce ces cette chaque dans de demain des donne du elle en
        est et faire hier il j'ai je la le les leur lui ma mais me mes moi mon montre ne notes nous on ou où par
        pas pour qu'est quand que quel quelles qui rappelle sa se ses si son sont supprime sur ta tous tout tu
        tâche tâches un une vous à été être
    """,
    "Spanish": """
        a agrega ahora al añade borra comprar con cuando cuándo cómo de del dónde el ella en es esta este estoy
        está favor hacer hay hoy la las lista lo los mañana me mi mis muy más no nota para pero por porque que
        quiero qué recordarme recuérdame se ser si sin son su también tarea tareas tengo tiene todo todos un una
        y ya yo
    """,
    "Italian": """
        a aggiungi alle anche che chi ci come comprare con cosa da dal del della delle devo di domani dopo e
        elimina fare gli ha ho i il in io la le lista lo ma mi mia mie mio mostrami nel non nota note oggi per
        perché più qual quale quando questa questo ricordami se sono sua tutti un una uno è
    """,
    "Portuguese": """
        a adicione amanhã ao as até com como comprar da das de depois do dos e ela ele em então essa esta este
        eu favor fazer foi hoje isso já lembrar lembre mais mas me meu minha minhas muito na nas no nos não o os
        ou para pela pelo por porque qual quando que quero se sem ser seu sua são também tarefa tarefas tem
        tenho um uma você à é
    """,
    "Dutch": """
        aan als bij dan dat de deze die dit doen een en er gisteren graag heb heeft herinner het hij hoe ik in
        is je kan kopen maak maar maken me mij mijn moet morgen naar niet nog of om onze ook op over taak taken
        te toe toon tot uit van vandaag verwijder voeg voor waar wanneer was wat we wie wil worden zijn zo
    """,
    "Polish": """
        a ale bo być co czy dla do dodaj dzisiaj dziś gdzie i jak jest jestem jutro kiedy którą kupić mam mi
        mnie moje mój na nie o od po przed przez przypomnij się są ta tak to usuń w wczoraj we z za zadania
        zadanie że żeby
    """,
    "Swedish": """
        att av de den det du där efter eller en ett från för ha har hur i idag imorgon in inte jag kan köpa lägg
        man med mig min mina mitt mot måste nu när och om på påminn ring sig ska som så ta till upp uppgift vad
        var vi vill är över
    """,
    "Turkish": """
        ama bana bir bu bugün bunu da daha de değil dün ekle et evet gibi görev görevler göster hatırlat ile
        istiyorum için kadar ki mi mı nasıl ne neden saat sen sil süt var ve ya yarın yok şimdi
    """,
}
FREQUENT = {language: frozenset(words.split()) for language, words in _FREQUENT.items()}
ANY_FREQUENT = frozenset[str]().union(*FREQUENT.values())
_ENGLISH = """
a about add after all am an and any are as at be been before but buy by call can change could create day delete did do
does done don't due every find finish for friday from get give go had has have he help her hi him his how i i'd i'll i'm
i've if in is it its it's just last let list mail make mark me meet monday month move my need new next no not note notes
now of off on one or our out pay please plan put remind reminder remove saturday schedule see send set she should show
so some sunday take task tasks tell than thank thanks that that's the them then there these they this those thursday to
today tomorrow track tuesday undo until up us want was we wednesday week went were what what's when where which who will
with work would write yes yesterday you your
"""
ENGLISH = frozenset(_ENGLISH.split())
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
LOOKED_AT = 400


def foreign(text: str) -> str | None:
    """The language of a message that is not English; None for English, and where it is too little to tell."""
    text = text[:LOOKED_AT]
    if not text.isascii() and (language := _by_script(text)):
        return language
    words = [word.lower().replace("’", "'") for word in WORD.findall(text)]
    known = [word for word in words if word in ANY_FREQUENT]
    if len(known) < 2:
        return None
    counts = {language: sum(word in theirs for word in known) for language, theirs in FREQUENT.items()}
    likeliest = max(counts, key=lambda language: counts[language])
    english = sum(word in ENGLISH for word in words)
    enough = counts[likeliest] >= 2 and counts[likeliest] >= len(words) / 4
    is_order = begins_order(text) and words[0] not in FREQUENT[likeliest]
    return likeliest if enough and counts[likeliest] > english and not is_order else None


def _by_script(text: str) -> str | None:
    letters = [letter for letter in text if letter.isalpha()]
    if len(re.findall(f"[{KANA}]", text)) >= 2 and len(re.findall(f"[{KANA}{HAN}]", text)) > len(letters) / 2:
        return "Japanese"
    return next(
        (name for name, theirs in SCRIPTS if len(re.findall(f"[{theirs}]", text)) > len(letters) / 2),
        None,
    )
