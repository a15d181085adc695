"""Forms: words that change more than their ending, so that `went` is found by who asks where somebody goes."""

import re

from language.verbs import stem

WORD = re.compile(r"[a-z]+")
# A form that is as often another word (`rose`, `wound`, `lay`) stands in none.
_FAMILIES = """
become:became begin:began,begun bend:bent bite:bit,bitten bleed:bled blow:blew,blown break:broke,broken bring:brought
build:built burn:burnt buy:bought catch:caught choose:chose,chosen come:came creep:crept deal:dealt dig:dug
draw:drew,drawn dream:dreamt drink:drank,drunk drive:drove,driven eat:ate,eaten fall:fell,fallen feed:fed feel:felt
fight:fought find:found flee:fled fly:flew,flown forget:forgot,forgotten forgive:forgave,forgiven freeze:froze,frozen
get:got,gotten give:gave,given go:went,gone grow:grew,grown hang:hung hear:heard hide:hid,hidden hold:held keep:kept
kneel:knelt know:knew,known lay:laid lead:led learn:learnt leave:left lend:lent light:lit lose:lost make:made mean:meant
meet:met pay:paid ride:rode,ridden ring:rang,rung rise:risen run:ran say:said see:saw,seen seek:sought sell:sold
send:sent sew:sewn shake:shook,shaken shine:shone shoot:shot show:shown shrink:shrank,shrunk sing:sang,sung
sink:sank,sunk sit:sat sleep:slept slide:slid speak:spoke,spoken spell:spelt spend:spent spill:spilt spin:spun
stand:stood steal:stole,stolen stick:stuck sting:stung strike:struck swear:swore,sworn sweep:swept swim:swam,swum
swing:swung take:took,taken teach:taught tear:tore,torn tell:told think:thought throw:threw,thrown
understand:understood wake:woke,woken wear:wore,worn weave:wove,woven weep:wept win:won write:wrote,written
child:children foot:feet goose:geese half:halves knife:knives life:lives man:men mouse:mice person:people
shelf:shelves tooth:teeth wife:wives wolf:wolves woman:women
"""


def _families() -> dict[str, frozenset[str]]:
    """By the stem of each form, all forms."""
    known: dict[str, frozenset[str]] = {}
    for family in _FAMILIES.split():
        forms = frozenset(re.split("[:,]", family))
        for form in forms:
            known[stem(form)] = known.get(stem(form), frozenset()) | forms
    return known


FAMILIES = _families()


def other_forms(text: str) -> list[str]:
    """What else the words of a text are written as, where that is irregular, in alphabetical order."""
    words = set(WORD.findall(text.lower()))
    return sorted({form for word in words for form in FAMILIES.get(stem(word), ())} - words)
