"""Regrets: what people say when the last thing shall not have been, with or without the word undo."""

from language.patterns import Wording

IT = r"(?:the same|that|it|this|them|those|these|everything|all|things?|all of (?:it|that))"
LAST = (
    r"(?:(?:the|my|your|that|this)(?: very)? )?(?:last|latest|previous|recent|most recent)(?: (?:thing|one|bit|"
    r"change|changes|"
    r"action|actions|step|edit|move|deletion|completion|update|command|operation|request|task|entry|mark|tick))?"
)
DONE = (
    r"(?:what (?:you|i|we) (?:just |have just |'ve just )?(?:did|done|changed)|the (?:change|changes|deletion|edit|"
    r"move|"
    r"completion|step|action)(?: you (?:just )?made)?)"
)
WHAT = rf"(?:{LAST}|{DONE}|{IT}(?: (?:one|change|action|step|thing|bit|edit|move|deletion))?)"
AS_IT_WAS = (
    r"(?:(?:to )?(?:how|the way|as|where|like|what|the state)(?: that)? (?:it|they|things?|that|everything) "
    r"(?:was|were|had been|used to be|has been|stood)(?: in)?(?: before| originally| a moment ago)?|(?:on|onto|in|"
    r"to) (?:my|the) list(?: again)?|to (?:before|"
    r"normal)|"
    r"the way it was)"
)
AGAIN = (
    r"(?:(?: again| please| pls| now| right away| quickly| asap| for me| one step| a step| ok(?:ay)?| will you|"
    r" would you| could you))*"
)
TAKE_BACK = (
    rf"(?:(?:undo|undoing|revert|reverting|reverse|reversing|roll ?back|rolling back|retract|rescind|restore|"
    rf"backtrack on|"
    rf"walk back|take back|put back|change back|bring back|call back)(?: {WHAT})?(?: {AS_IT_WAS})?|"
    rf"(?:undo|revert|reverse|roll ?back) (?:my|your|the) (?:last |latest )?(?:change|changes|action|thing|deletion|"
    rf"edit|move|one|mistake)|"
    rf"(?:undo|revert)(?: undo)+|"
    rf"(?:roll|rolling|take|taking|put|putting|change|changing|bring|bringing|set|turn|switch|move|get|give|walk|"
    rf"wind) {WHAT} back"
    rf"(?: {AS_IT_WAS})?|"
    rf"(?:put|leave|set|restore|return|make) {IT} {AS_IT_WAS}|"
    rf"(?:go|step|back up|backtrack|rewind)(?: back)?(?: one| a)?(?: step)?(?<!go)|(?:cancel|scratch|strike|scrap|"
    rf"ignore|forget|nix|disregard|dismiss) that|"
    rf"(?:cancel|scratch|ignore|forget|nix) (?:{DONE}|that {LAST}|{LAST} (?:change|action|step|edit|move|deletion|"
    rf"completion|update|command|operation|"
    rf"request))|"
    rf"(?:ctrl|control|cmd|command|strg) ?[+-]? ?z|no undo|un-?do(?:ne)? {IT}|{IT} undone|(?:have|get|see) {IT} "
    rf"(?:undone|reversed|reverted|taken back)|(?:(?:can|could|may|should) )?(?:that|it|this) be (?:undone|reversed|"
    rf"reverted|taken back|rolled back)|make {IT} not done(?: again)?|make {WHAT} (?:un-?happen|undone)|un-?(?:tick|"
    rf"check|mark|complete|delete) "
    rf"(?:{IT}|that one))"
)
MISTAKE = (
    r"(?:a|my|an|your|our)(?: own)?(?: silly| stupid| big| little)? (?:mistake|accident|error|slip|mis-?click|"
    r"mishap|fault|bad)"
)
REGRET = (
    rf"(?:(?:that|this|it)(?: (?:one|last one))?(?:'s| is| was|'d been| had been) (?:{MISTAKE}|wrong|not right|"
    rf"incorrect|by (?:mistake|accident)|accidental|"
    rf"too (?:soon|early|fast|hasty|quick)|premature|hasty|not (?:what i (?:meant|wanted|said|asked(?: for)?)|"
    rf"intended|correct)|"
    rf"unintended|unintentional)|"
    rf"(?:that|this|it) (?:wasn't|was not|isn't|is not) (?:right|correct|what i (?:meant|wanted|said|asked(?: for)?)|"
    rf"intended|(?:really |quite |"
    rf"actually )?(?:done|finished|complete|completed|ready)(?: yet)?)|"
    rf"(?:it|that|this)(?:'s| is) not (?:(?:really |quite |actually )?(?:done|finished|complete|completed|"
    rf"ready))(?: yet)?|"
    r"(?:it|that|this) (?:isn't|wasn't|is not|was not|hasn't been|didn't)(?: yet)?(?=[\s,.;!]+\S)|"
    rf"(?:i|we)(?:'ve| have)? (?:just )?(?:made|make) {MISTAKE}(?: there| here)?|"
    rf"(?:i|we) (?:spoke|jumped|acted|was|were)(?: a (?:bit|little)| way)? too (?:soon|early|fast|quick|quickly|"
    rf"hasty)(?: there)?|i jumped the gun|"
    rf"(?:(?:i|we) )?(?:didn't|did not|don't|do not|never) (?:mean|want|ask for|say|intend|wanted|meant)(?: for)? "
    rf"(?:that|it|this|to(?: do (?:that|it|this))?)(?: to happen)?|"
    rf"(?:i|i've|i have)(?: just)? (?:changed|change) my mind|i take (?:that|it) back|i was (?:wrong|mistaken)|(?:my|"
    rf"an?) (?:own )?(?:mistake|bad|error|fault)|"
    rf"by (?:mistake|accident)|not (?:so|that) fast|too (?:soon|early|fast)|wrong (?:button|move)|"
    rf"(?:on )?second thoughts?)"
)
MILD = (
    r"(?:oh|no|nope|nah|wait|hm+|oops|whoops|oopsie|uh|um|ah|argh|sorry(?: about that)?|apologies|pardon|"
    r"never ?mind(?: (?:that|it))?|hold on|hang on|please|pls|"
    r"actually|ugh|ok|okay|and|then|just|but|so|well|hey|yes|do|after all|can you|could you|would you(?: mind)?|"
    r"can we|could we|let's|lets|let us|"
    r"kindly|dear|damn|shoot|lol|haha|i(?:'d| would)? (?:want|need|like|love)(?: you)?(?: to)?|i(?:'d| would) rather|"
    r"go ahead and|quickly|my|the other way|instead|"
    r"if you (?:can|could|please|would)|thanks|thank you|better|man|yikes|again|there)"
)
BREAK = r"[\s,.;:!?–—-]+"
REGRETS = Wording(
    rf"^(?:(?:{MILD}|{REGRET})(?:{BREAK}|$))*(?P<order>{TAKE_BACK}{AGAIN})?(?:{BREAK}(?:{MILD}|{REGRET}|"
    rf"(?:and )?{TAKE_BACK}{AGAIN}))*[\s,.;:!?–—-]*$"
)
SAID = Wording(rf"(?:^|\b)(?:{REGRET})\b")
ALONE = Wording(r"\b(?:mistake|accident|error|wrong|mind|mean|want(?:ed)?|meant|take (?:that|it) back|right|correct)\b")
HARMLESS = Wording(
    rf"^(?:(?:{MILD}){BREAK})*(?:my (?:bad|mistake|fault)|not (?:so|that) fast|too \w+|i was (?:wrong|mistaken)|"
    rf"(?:on )?second thoughts?|"
    r"(?:it|that|this)(?:'s| is) not (?:\w+ )?(?:done|finished|complete|completed|ready)(?: yet)?)\W*$"
)
LONGEST = 160
ACTS = Wording(r"\b(?:undo|revert|reverse|roll|back|restore|put|take|change)")
MOST_ACTS = 6
"""Who says it more often than this says something else, and reading that takes long."""


def taken_back(text: str) -> bool:
    """True where nothing is said but that the last change shall be undone, or that it was wrong."""
    if len(text) > LONGEST or text.rstrip().endswith(":") or len(list(ACTS.finditer(text))) > MOST_ACTS:
        return False
    found = REGRETS.match(text.replace("’", "'"))
    if not found:
        return False
    return found["order"] is not None or (
        SAID.search(text) is not None and ALONE.search(text) is not None and HARMLESS.match(text) is None
    )
