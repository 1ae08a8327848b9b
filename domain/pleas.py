"""Pleas to be left alone, in anybody's own words.

Words that mean the same here are read as one sign (TEXT, STOP, NOT, ME …), those that add nothing are passed over, and
rules look at what is left of a clause. Where it is doubtful a plea is found: who is wrongly left alone can come back.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from domain.plea_words import signs_of

# Who tells what somebody does, or does not, asks nobody to.
_TOLD = r"\b(?:you|they|he|she|we|i|people|who|which|usually|normally|really|if) $"
_WHY = r"\bwhy(?: \w+)? $"
_SAYING = "want|ask|asked|told|tell|say|said|mean|meant|think|need|have|you|i|THIS|ME|would|should"
_OPPOSITE = rf"\b(?<!why )(?:NOT|CANT)(?: (?:{_SAYING}))* $"
_SPOKEN_OF = (
    rf"{_OPPOSITE}|\b(?:did|when|if|once|until|that|why did|why do) (?:you|they) $|\b(?:i|ill|we|well|they|he|she|id) $"
)
_FOR_NOW = r"\b(?:before|until|till|unless|while|during|yet|early|late|at night|at work)\b"
_OTHERWISE = (
    r"\b(?<!dont )(?<!ever )(?<!stop )(?:text|message|whatsapp|sms|email) (?:me|us|is|only|instead|works|would)\b"
    r"|\b(?:text|message|whatsapp|sms)(?:$| /)"
)
_NEVER = "(?!)"


@dataclass(frozen=True, slots=True)
class _Rule:
    """`unless` stands before what matches, in signs; `veto` anywhere in its clause, `besides` in the text: in words."""

    name: str
    pattern: str
    unless: str = _NEVER
    veto: str = _NEVER
    besides: str = _NEVER


_BETWEEN = r"(?: (?:ME|SEND|TEXT|CALL|NAG|THIS|AGAIN|get|getting|receive|receiving|doing|being|and|or))*"
_WANTED = r"(?:want|wanted|wish|wanna|need|care|consent|agree|interested|asked|ask|sign up|signed up|subscribe)"
_GETTING = (
    r"(?: (?:be|being|get|getting|receive|receiving|have|hear|hearing|you|for|ME|AGAIN|SEND|THIS|CALL|NAG|and|or))*"
)
_STUFF = r"STUFF(?! (?:else|special|fancy|big|too))"
_WHOM = r"(?:ME|(?:my|THIS|our) (?:\w+ )?(?:OWN|no))"
_ASKING = "can|could|would|will|must|should|need|needs|have|want|told|asked|telling|asking|said|say|OWN|make"
_THREAT = r"\b(?:report\w*|sue|suing|block\w*|lawyers?|solicitors?|police|ico|fcc|legal|court|harassment|complain\w*)\b"
_RULES = (
    _Rule("stop texting", rf"\bSTOP{_BETWEEN} (?:TEXT|NAG|SEND|STUFF)\b", _SPOKEN_OF),
    _Rule("stop calling", rf"\bSTOP{_BETWEEN} CALL\b", _SPOKEN_OF, _FOR_NOW, _OTHERWISE),
    _Rule(
        "would you stop",
        rf"\b(?:{_ASKING})(?: (?:you|THIS|i|them|said))* STOP(?: (?:THIS|doing THIS|AGAIN))?$",
        r"\b(?:NOT|CANT) (?:you )?$",
    ),
    _Rule("would you stop", r"\b(?:interested|TEXT|NAG|ME|harassment) STOP$"),
    _Rule("would you stop", r"^no STOP$|^STOP (?:or|you|i|NOT)\b|\bSTOP asking(?: ME)?$"),
    _Rule(
        "how to stop",
        r"\bhow (?:do|can|could|would) (?:i|we|you) (?:STOP|end|cancel) (?:TEXT|THIS(?: TEXT)?$|get|receiv)",
    ),
    _Rule(
        "don't text",
        r"\bNOT(?: (?:you|be|want|CALL|or|AGAIN|NAG))* (?:TEXT|NAG)(?: (?:or|and) \w+)*(?: back)?"
        r" (?:ME|AGAIN|THIS OWN|my OWN|my CALL)\b|\bNOT reply(?: ME)? AGAIN\b",
        rf"{_TOLD}(?<!told you )(?<!asked you )(?<!said you )|{_WHY}|\bfor $",
        _FOR_NOW,
    ),
    _Rule("don't text", r"^NOT TEXT(?: LIST)?$|\bNOT (?:TEXT|CALL|NAG) LIST\b|^dnc\b"),
    _Rule("don't call", r"\bNOT(?: (?:you|NAG))* CALL(?: ME)?(?: AGAIN|$)", f"{_TOLD}|{_WHY}", _FOR_NOW, _OTHERWISE),
    _Rule(
        "don't send",
        r"\bNOT(?: (?:you|NAG|AGAIN))* SEND(?: (?:ME|AGAIN|THIS))*(?: (?:TEXT|STUFF|AGAIN)|(?<=THIS)$)",
        f"{_TOLD}|{_WHY}",
        _FOR_NOW,
    ),
    _Rule(
        "want no more",
        rf"\b(?:NOT|CANT) {_WANTED}{_GETTING} (?:TEXT|TEXTED|CALL AGAIN|NAG(?! you)|{_STUFF})\b",
        r"\b(?:why|you|they|if|he|she) $",
        rf"{_FOR_NOW}|\bmiss\b|\banything\b(?! from you)",
    ),
    _Rule("want no more", r"\b(?:NOT|CANT) (?:sign up|signed up|ask|asked|consent)(?: for)? THIS$"),
    _Rule("want no more", rf"\bNOT {_WANTED}(?: (?:you|be))* (?:hear|hearing)(?: (?:AGAIN|you|back|anything))*$"),
    _Rule(
        "rather not",
        r"\b(?:rather|prefer|appreciate|appreciated|grateful|better|glad|happy|nice|mind)(?: \w+){0,3} (?:NOT|CANT)"
        r"(?: be)? (?:TEXT|TEXTED|SEND|NAG)\b",
    ),
    _Rule(
        "no more texts",
        r"\b(?:no AGAIN|enough|sick|tired|fed up|end|cancel)(?: (?:THIS|ME|being))* (?:TEXT|TEXTED)\b",
        _TOLD,
    ),
    _Rule("no more texts", r"\bno AGAIN (?:SEND )?(?:STUFF|CALL)\b", r"\b(?:are|is|have|got) $"),
    _Rule(
        "take me off",
        rf"\b(?:take|get|strike|cross|drop|want|keep|leave|scratch) {_WHOM} (?:off|out)(?: (?:THIS|you))?"
        r"(?: (?:\w+ )?LIST\b|$)",
        r"\b(?:NOT|CANT|did you) $",
    ),
    _Rule(
        "take me off",
        r"\b(?:off|out|NOT be|NOT) (?:\w+ )?LIST\b(?! price)",
        r"\b(?:price|discount|\d+|its|is|now) $",
    ),
    _Rule("remove me", rf"\b(?:REMOVE|block) {_WHOM}\b", r"\b(?:NOT|CANT|did you|why)(?: \w+)? $", r"\bplates?\b"),
    _Rule("remove me", r"\binterested REMOVE ME$|^REMOVE(?: TEXT)?(?: LIST)?$|\b(?:lose|loose|forget) my OWN\b"),
    _Rule(
        "remove me",
        r"\b(?:want|like|can i|could i|need|wish|ask|asked)(?: ME| OWN)? be (?:removed|deleted|taken off|taken out)\b",
    ),
    _Rule("blocked", r"^(?:you )?(?:are )?(?:blocked|reported|reported as TEXT)$"),
    _Rule("opt out", r"\bopt(?:ing|ed)?(?: ME)? out(?: (?:TEXT|STUFF|THIS|LIST|AGAIN)\b|$)|\bopt ME out\b", _OPPOSITE),
    _Rule("opt out", r"^(?:\w+ )?cancel(?: my| THIS)?(?: TEXT)? subscription$"),
    _Rule("consent withdrawn", r"\b(?:revok|withdr|rescind)\w*(?: \w+)? (?:consent|permission)\b"),
    _Rule(
        "consent withdrawn",
        r"\b(?:no|NOT|CANT|without)(?: \w+){0,3} (?:consent|permission)(?: \w+)? (?:TEXT|CALL|SEND|be)\b",
    ),
    _Rule(
        "leave me alone",
        r"\bleave ME (?:alone|be|peace)\b|\blet ME be$|\b(?:fuck|piss|bugger|sod|eff|f) off\b",
        _OPPOSITE,
    ),
    _Rule("leave me alone", r"^(?:go away|get lost|jog)$"),
    _Rule(
        "or else",
        r"\b(?:if|next time|should) (?:you|i) (?:TEXT|CALL|SEND|get)(?: \w+){0,3} (?:AGAIN|another)\b",
        besides=rf"^(?!.*{_THREAT})",
    ),
)
# What machines write below their own texts is no plea to us.
_INSTRUCTION = re.compile(
    r"\b(?:reply|text|send|respond|answer)(?: with| back)? (?:stop|end|unsubscribe|quit|cancel|opt ?out|help|info)"
    r" (?:to|for)(?: \w+){0,3}? (?:opt ?out|unsubscribe|stop|end|cancel|help|quit|info)\b(?: of \w+)?"
)
_STOP_ALONE = re.compile("(?:(?:STOP|stopall)(?: THIS| AGAIN| and)*(?: |$))+")
_KEYWORDS = frozenset(("STOP", "UNSUB", "cancel", "end", "revoke", "arret", "stopall"))


def find_plea(clauses: Sequence[str]) -> str | None:
    """The name of the first rule that finds one; clauses as `plain_words` makes them."""
    own = [_INSTRUCTION.sub(" ", clause) for clause in clauses]
    return next(_pleas([(clause, signs_of(clause)) for clause in own]), None)


def _pleas(read: Sequence[tuple[str, str]]) -> Iterator[str]:
    """First whether a keyword stands there with courtesies alone, or "stop" does in a clause of its own."""
    whole, words = " / ".join(clause for clause, _ in read), " ".join(signs for _, signs in read).split()
    if words and _KEYWORDS.issuperset(words):
        yield "keyword, politely"
    for clause, signs in read:
        if _STOP_ALONE.fullmatch(signs) or clause.endswith("please stop"):
            yield "stop, besides"
        if "UNSUB" in signs and not re.search(r"\b(?:NOT|CANT|why|was going)(?: \w+){0,3} UNSUB", signs):
            yield "unsubscribe"
        yield from (rule.name for rule in _RULES if _finds(rule, signs, clause) and not re.search(rule.besides, whole))


def _finds(rule: _Rule, signs: str, clause: str) -> bool:
    if re.search(rule.veto, clause):
        return False
    return any(not re.search(rule.unless, signs[: found.start()]) for found in re.finditer(rule.pattern, signs))
