"""The words that pleas are made of: many words that mean the same here are one sign."""

import re
from difflib import SequenceMatcher

_MEANINGS = {
    "TEXT": """text texts texting txt txts txting txtin txtn txtng textin message messages messaging mesage mesages
        messagin msg msgs msging sms smses contact contacting contacts conact contac spam spamming whatsapp whatsapps
        whatsapping write writing communication communications correspondence""",
    "TEXTED": "texted contacted messaged spammed bothered called emailed disturbed harassed",
    "CALL": "call calls calling phone phoning ring ringing email emails emailing",
    "NAG": """bother bothering harass harassing hassle hassling pester pestering annoy annoying bug bugging disturb
        disturbing""",
    "SEND": "send sending sendin",
    "STUFF": """stuff offers promos promotions ads adverts rubbish crap shit junk notifications alerts updates reminders
        newsletters marketing anything""",
    "STOP": "stop stopp stpo sotp tsop stp stoop quit cease desist refrain stopping",
    "NOT": "dont never not dnt",
    "CANT": "cant cannot couldnt wont wouldnt didnt doesnt havent hadnt isnt wasnt arent",
    "ME": "me us",
    "THIS": "this these those it",
    "AGAIN": "again anymore longer more further",
    "LIST": "list lists database system books records mailings crm group campaign",
    "REMOVE": "remove remov rmove remvoe delete erase unlist deregister exclude",
    "OWN": "number name details info information data mobile cell",
}
_SIGNS = {word: sign for sign, words in _MEANINGS.items() for word in words.split()}
_ADDING_NOTHING = """please just ever really the your any all of with from such future now kindly to so guys ok okay hi
    hello hey sorry thanks thank thx mate sir immediately asap already everyone everything always constant constantly
    automated unwanted unsolicited promotional random stupid damn bloody fucking mailing on in at here cheers x today
    both even dare keep"""
_NEUTRAL = frozenset(_ADDING_NOTHING.split())
_PHRASES = {r"\bno longer\b": "dont", r"\bun ?su(?:b|bs) ?scribe\b": "unsubscribe"}
_ALMOST = 0.85  # so much alike, a word is "unsubscribe" misspelt


def signs_of(clause: str) -> str:
    """What a clause says in signs, and in words where they mean nothing else; without what adds nothing."""
    for phrase, word in _PHRASES.items():
        clause = re.sub(phrase, word, clause)
    return " ".join(_sign(word) for word in clause.split() if word not in _NEUTRAL)


def _sign(word: str) -> str:
    calm = re.sub(r"(.)\1{2,}", r"\1", word)  # "stoooop"
    if calm == "unsub" or (calm.startswith("u") and SequenceMatcher(None, calm, "unsubscribe").ratio() >= _ALMOST):
        return "UNSUB"
    return _SIGNS.get(calm, calm)
