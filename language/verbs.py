"""Verbs that things to do begin with, activities that habits are made of, and their forms."""

import re

from language.patterns import Wording

_TASKS = """
accompany acknowledge activate adapt adopt advertise advise amend analyse analyze annotate announce answer apologize
appeal apply appoint approve archive arrange ask assemble assess assign attend audit authenticate authorize automate
back backup bake bathe begin bind blend bless boil book borrow brainstorm bribe bring broil browse brush build buy
calculate calibrate call cancel catalogue celebrate certify change charge chase check choose chop circulate clarify
clean clear close coach collate collect combine compare compile complete compose configure confirm congratulate
connect consult contact continue convert convince cook coordinate copy correct crochet crop cultivate cut dash
deactivate debug decide decline decorate defrost delegate deliver demonstrate deploy deposit descale design detach
determine develop diagnose dig digitize disable disassemble disconnect discuss disinfect dismantle dispose distribute
dive divide do document donate double-check download draft drain draw drive drop dry dye edit educate email empty
enable encourage enrol enroll ensure enter escort establish estimate evaluate examine exchange exercise explain
explore export extend fasten fax feed fertilize fetch figure file fill finalise finalize find finish fit fix fold
follow follow-up format freshen frost fulfil furnish generate get give go grab grate greet grind groom grow hang help
hem hide hire hoover identify implement import improve inflate inform inquire insert inspect inspire install insulate
integrate introduce invest investigate invite invoice iron iterate join justify keep knit launch launder learn leave
lend let level lift list locate look lubricate mail maintain make manage marinate measure meditate meet mend mentor
merge message migrate mix moderate modify monitor mount mow negotiate nominate notify obtain offer onboard operate
order organise organize outline overhaul oversee pack paint park pause pawn pay perform persuade
phone telephone pick pickle
plan plant play polish post pour practice practise prepare prescribe present prevent print procure produce promise
promote proofread propose prove provide publish pull purchase push put quit quote raise read rearrange reassemble
rebook rebuild recharge reclaim recommend reconcile recover recruit recycle redecorate redeem redo reduce refactor
refill refinance refresh refund register regrout rehearse reheat reimburse reinstall release relocate remind remodel
remove rename renew renovate rent reopen reorder repaint repair repatch repeat rephrase replace reply report repot
represent request research reserve reset resign resolve respond restart restock restore resubmit retrieve return
reupholster reupload review revise rewire rewrite ring roll rotate run sand sanitize save scan schedule scrub secure
see select sell send separate serve set settle sew share sharpen shop shorten shovel shred shut sign simmer simplify
sit sketch skype smooth solve sort squeeze start sterilize stir stitch stop strengthen stretch study submit subscribe
substitute suggest summon supervise survey swap sweep swim synchronise synchronize tackle take talk taste teach tell
tend test text thank thaw thicken throw tidy tie tighten track train transcribe transfer translate transplant travel
trim try turn tweet unblock unclog uninstall unload unlock unpack unpin unplug unsubscribe untangle unwrap update
upgrade upload urge vacuum validate varnish verify visit volunteer wait wake walk warn wash watch water wean wear
weave weed whisk winterize wipe withdraw work wrap write zoom
"""
_ACTIVITIES = """
bike climb code cook cycle dance do drink drive draw eat exercise fast floss garden go hike jog journal lift
meditate paint play practice practise pray read ride row run sing skate ski sleep smoke stretch study swim take
train walk weigh work write
"""
_IRREGULAR = """
ate:eat bought:buy brought:bring built:build cut:cut did:do done:do drank:drink drew:draw drove:drive fed:feed
found:find gave:give got:get hung:hang left:leave made:make met:meet paid:pay put:put ran:run rang:ring read:read
rode:ride ridden:ride sang:sing swum:swim saw:see sent:send set:set skied:ski slept:sleep sold:sell swam:swim
swept:sweep taught:teach threw:throw told:tell took:take went:go wrote:write biked:bike cycled:cycle danced:dance
exercised:exercise hiked:hike practiced:practice practised:practise skated:skate smoked:smoke
studied:study tidied:tidy replied:reply
"""
_PARTICIPLES = """
begun:begin bound:bind chosen:choose dealt:deal drawn:draw driven:drive drunk:drink eaten:eat forgotten:forget
frozen:freeze given:give gone:go gotten:get grown:grow heard:hear held:hold hidden:hide hit:hit hurt:hurt kept:keep
known:know laid:lay lent:lend lit:light lost:lose mown:mow proven:prove ridden:ride rung:ring seen:see sewn:sew
shaken:shake shown:show shut:shut spent:spend spoken:speak sung:sing swum:swim taken:take thought:think thrown:throw
torn:tear understood:understand woken:wake worn:wear won:win written:write
"""
# Verbs that are as often nouns: they begin something to do where an article or a pronoun follows.
_OR_NOUNS = """
access address aim air alarm bag balance bandage bleach block board bolt bottle box bracket breed bridge budget button
calm camp cap care cash cater chalk channel charter claim clamp clip coat comb comfort commission conduct cool cover
credit cross crown cure cushion date debate demo dent detail diet dish dress drill duct dust fan fence film finance
fine fire flag flash flip floor flush foam form forward frame freeze fuel fund glue grade grease grill guard hammer
hand handle harvest heat hose host hunt ice index insure interview jam junk label land lap lawn leash light link load
loan lock log loop lube market mask mat match milk mind mirror mulch nail name nurse nut oil ore page panel parcel
pass patch peel peg pen pet photo picture pin pipe plaster plate plug point pool pot power press price prime process
program project prune pump question quiz rack rake rank rate record reference rescue rinse rip risk roast rock roof
rope route salt sample sauce saw screen screw seal seed service shade shape shelf shell shine shoe shoot sieve skim
slice snap soak solder spice sponsor spot spray spread stack staff stain stake stamp staple steam stem step stick
stock store strap strip style suit supply support surface sweeten switch tape target tax tile tip toast top touch tour
towel trace trade trail trash treat trial trip tune turf type value veil vent view voice wage wallpaper warm wax weigh
weld winter wire witness wood zip
"""
# Verbs of requests to us rather than of things to do; like those they begin a clause.
_ORDERS = """
accept add adjust chat count create cross deal delete dismiss drink dust eat erase forget have hold jot journal label
listen log mark mop move need note open postpone prioritise prioritize rake receive record remember reschedule resume
revert scrap search shave shift show skip snooze spend summarise summarize sync tag tick understand undo untag use
want
"""
TASKS = frozenset(_TASKS.split())
OR_NOUNS = frozenset(_OR_NOUNS.split())
ACTIVITIES = frozenset(_ACTIVITIES.split())
BEGINNING = TASKS | frozenset(_ORDERS.split()) | ACTIVITIES
IRREGULAR = dict(pair.split(":") for pair in _IRREGULAR.split())
PARTICIPLES = dict(pair.split(":") for pair in _PARTICIPLES.split())


ARTICLE = Wording(
    r"(?:the|my|our|a|an|his|her|their|your|this|that|these|those|all|it|them|up|out|off|in|down|over|back|away)\b"
)
FIRST = re.compile(r"[a-z-]+")


def begins_order(text: str) -> bool:
    """True where the text begins with a verb of something to do: `oil the door`, not `oil and vinegar`."""
    first = FIRST.match(text.lower())
    if first is None:
        return False
    return first[0] in TASKS or (first[0] in OR_NOUNS and ARTICLE.match(text[first.end() :].lstrip()) is not None)


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


def lemma_of_participle(word: str) -> str | None:
    """`written` → `write`; also for verbs that are as often nouns: `mailed` → `mail`."""
    word = word.lower()
    if (known := PARTICIPLES.get(word) or lemma_of_past(word)) or not word.endswith("ed"):
        return known
    stem = word[:-2]
    tries = (stem, f"{stem}e", stem[:-1] if stem[-2:-1] == stem[-1:] else stem, f"{stem[:-1]}y")
    return next((verb for verb in tries if verb in OR_NOUNS), None)


def base_of(gerund: str) -> str:
    """`moving` → `move`, `putting` → `put`; the word itself where no verb known here is in it."""
    bare = gerund.lower().removesuffix("ing")
    tries = (bare, f"{bare}e", bare[:-1] if bare[-2:-1] == bare[-1:] else bare)
    return next((verb for verb in tries if verb in BEGINNING or verb in OR_NOUNS), gerund)


def past_of(verb: str) -> str:
    """A past form that `lemma_of_past` leads back from: `ran`, `planed`."""
    irregular = {lemma: past for past, lemma in IRREGULAR.items()}
    return irregular.get(verb, f"{verb}d" if verb.endswith("e") else f"{verb}ed")


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
