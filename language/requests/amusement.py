"""Amusement: jokes, poems and stories that are asked of us, in whatever words; we have none."""

from language.patterns import Wording

KINDS = (
    r"(?:jokes?|riddles?|puns?|limericks?|haikus?|gags?|one-?liners?|fun facts?|funny (?:stor(?:y|ies)|thing|things|"
    r"one)|knock[- ]knock(?: jokes?)?|"
    r"something (?:funny|amusing|hilarious|witty)|anything (?:funny|amusing)|tongue[- ]twisters?|bedtime stor(?:y|"
    r"ies)|trivia(?: question)?)"
)
ASKS = (
    r"(?:(?:please|pls|plz|hey|ok|okay|so|now|then|and|i need (?:a laugh|cheering up|some fun)|i'm bored|lighten "
    r"the mood|for fun|well|oh|hi|yo|sup|go on(?: then)?|go ahead(?: and)?|come on|just|do|"
    r"maybe|quick|"
    r"can|could|would|will|may|might|do|did|have|has|are|is|should|shall|you|u|i|we|me|us|to|for|"
    r"i'd|i'm|let's|lets|let|how about|what about|what's|whats|what is|time for|"
    r"like|love|want|wanna|need|use|fancy|feel like|mind|be|able|willing|up for|in the mood for|"
    r"tell|telling|give|giving|hear|hearing|know|knowing|heard|got|get|getting|had|having|share|crack|make(?: up|"
    r" me laugh with)?|making|do|say|read|hit|throw|write|"
    r"come up with|think of|find|show|sing|entertain|amuse|cheer(?: me| us)? up|surprise|spare|offer|drop|invent|"
    r"there|here|"
    r"with|at|out|by chance|perhaps|possibly|some|any|an?|one|another|the|your|my|best|good|great|funny|silly|little|"
    r"short|bad|dad|philosophical|"
    r"clever|nice|decent|favou?rite|quick|really|more|of)\b[\s,.!]*)*"
)
WISH = Wording(
    rf"^{ASKS}(?:(?:[\w'-]+ )?{KINDS})\b(?:(?: that is| that's| which is)?[\s,:–-]+(?:about|on|involving|with|"
    rf"featuring|regarding|concerning|for|of|from|to)\b[^.!?]{{0,60}})?"
    r"(?:[\s,.!?]+(?:please|pls|plz|thanks|thank you|if you (?:please|can|could|will|would|have one|know one|"
    r"don't mind)|will you|would you|could you|can you|for me|now|"
    r"then|today|instead|ok|okay|i'm bored|to cheer me up|lol|haha))*[\s.!?]*$"
)
# The person's own, or about their things: "finish the joke for my speech", "write a joke on my list".
OWN = Wording(
    r"\b(?:task|tasks|to-?do|list|note|notes|remind|reminder|habit|calendar|speech|card|wedding|meeting|by (?:mon|"
    r"tues|wednes|thurs|fri|satur|sun)day|"
    r"tomorrow|today at|tonight at|deadline)\b|\bmy (?!best|favou?rite)"
)
LONGEST = 140


def entertained(text: str) -> bool:
    """True where a joke, a riddle or the like is wished for and nothing else."""
    return len(text) <= LONGEST and WISH.match(text) is not None and OWN.search(text) is None
