"""Verbs that things to do begin with, activities that habits are made of, and their forms."""

import re

_TASKS = """
answer apologize apply arrange ask assemble attend back backup bake bring book borrow brush build buy call cancel
change charge check choose clean clear close collect compare complete confirm contact cook copy cut decide decorate
deliver deposit design discuss donate download draft drive drop email empty exchange feed figure fetch file fill
find finish fix fold follow format get give go grab hang help hire hoover inspect install invite invoice iron join
learn leave look mail make measure meet mend message mow order organise organize pack paint pay phone pick plan
plant play post practice practise prepare print publish purchase put read rebook refill register renew rent repair
replace reply repot request research reserve return review ring sand scan schedule see sell send settle set sew
share shop shovel sign skype sort start stop study submit subscribe swap sweep take talk teach tell test text throw
tidy train transfer translate try turn tweet unpack unsubscribe update upgrade upload vacuum visit wait walk wash
watch water weed wipe withdraw work wrap write zoom do run swim meditate exercise stretch
"""
_ACTIVITIES = """
bike climb code cook cycle dance do drink drive draw eat exercise fast floss garden go hike jog journal lift
meditate paint play practice practise pray read ride row run sing skate ski sleep smoke stretch study swim take
train walk weigh work write
"""
_IRREGULAR = """
ate:eat bought:buy brought:bring built:build cut:cut did:do done:do drank:drink drew:draw drove:drive fed:feed
found:find gave:give got:get hung:hang left:leave made:make met:meet paid:pay put:put ran:run rang:ring read:read
rode:ride sang:sing saw:see sent:send set:set skied:ski slept:sleep sold:sell swam:swim swept:sweep taught:teach
threw:throw told:tell took:take went:go wrote:write biked:bike cycled:cycle danced:dance exercised:exercise
hiked:hike practiced:practice practised:practise skated:skate smoked:smoke studied:study tidied:tidy replied:reply
"""
TASKS = frozenset(_TASKS.split())
ACTIVITIES = frozenset(_ACTIVITIES.split())
IRREGULAR = dict(pair.split(":") for pair in _IRREGULAR.split())


def lemma_of_past(word: str) -> str | None:
    """`ran` → `run`, `planned` → `plan`; None where the word is no past form of a verb known here."""
    word = word.lower()
    if word in IRREGULAR:
        return IRREGULAR[word]
    if not word.endswith("ed"):
        return None
    stem = word[:-2]
    tries = (stem, f"{stem}e", stem[:-1] if re.search(r"([b-df-hj-np-tv-z])\1$", stem) else stem, f"{stem[:-1]}y")
    return next((verb for verb in tries if verb in TASKS or verb in ACTIVITIES), None)


def stem(word: str) -> str:
    """A rough common form for comparing words: `running`, `runs` and `ran` all give `run`."""
    word = word.lower().removesuffix("'s").removesuffix("’s")
    if word in IRREGULAR:
        return IRREGULAR[word]
    for ending, keep in (("ing", 3), ("ied", 3), ("ies", 2), ("ed", 3), ("es", 3), ("s", 3)):
        if word.endswith(ending) and len(word) - len(ending) >= keep and not word.endswith("ss"):
            return _trimmed(word[: -len(ending)] + ("y" if ending in ("ied", "ies") else ""))
    return _trimmed(word)


def _trimmed(word: str) -> str:
    """Without a doubled last consonant or a mute e, so that `planned`, `plan`, `agree` and `agreed` meet."""
    if re.search(r"([bdgmnprt])\1$", word):
        return word[:-1]
    return word.rstrip("e") if len(word) > 3 else word
