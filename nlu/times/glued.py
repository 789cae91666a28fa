"""Parts what is written in one: "thursdayafternoon", "xdomani", "3pmfriday", "10-11-12 marzo"."""

from dataclasses import replace

from nlu.times.folding import Token
from nlu.times.vocabulary import Vocabulary

_GLUED = 8  # letters of two words of time in one
_AFTER_DIGITS = ("st", "nd", "rd", "th", "am", "pm")


def listed(tokens: list[Token], words: Vocabulary) -> list[Token]:
    """ "10-11-12 marzo" are three days."""
    for place in range(len(tokens) - 5):
        run = tokens[place : place + 6]
        days = all(t.text.isdecimal() and len(t.text) <= 2 for t in run[:5:2])
        if days and run[1].text == run[3].text == "-" and run[5].text in words.month_names:
            for sign in (place + 1, place + 3):
                tokens[sign] = replace(tokens[sign], text="/")
    return tokens


def _may_be_two(word: str, words: Vocabulary) -> bool:
    return (len(word) >= _GLUED and word not in words.phrases) or _is_for(word, words)


def _is_for(word: str, words: Vocabulary) -> bool:
    if word[0] != "x" or words.language != "it":
        return False
    return word[1:] in words.days or word[1:] in ("le", "il", "la")


def unglued(tokens: list[Token], words: Vocabulary) -> list[Token]:
    """ "thursdayafternoon", "prossimasettimana", "xdomani"."""
    if not any(_may_be_two(token.text, words) for token in tokens):
        return tokens
    parted: list[Token] = []
    for token in tokens:
        cut = None
        if _is_for(token.text, words):  # "xvenerdì", "xle"
            parted.append(replace(token, text="per", end=token.start + 1))
            parted.append(Token(token.text[1:], token.start + 1, token.end, glued=False))
            continue
        known = token.text in words.phrases or token.text in words.never_mended  # "Giovanni"
        if len(token.text) >= _GLUED and token.text.isalpha() and not known:
            cuts = range(4, len(token.text) - 3)
            cut = next(
                (
                    n
                    for n in cuts
                    if token.text[:n] in words.days
                    and (token.text[n:] in words.days or token.text[n:] in words.leading)
                ),
                None,
            )
        if cut is not None and words.mend(token.text, beside_number=False) is not None:
            cut = None  # "dopodomni" is no "dopo" and something else
        if cut is None or token.end - token.start != len(token.text):
            parted.append(token)
            continue
        middle = token.start + cut
        parted.append(replace(token, text=token.text[:cut], end=middle))
        parted.append(Token(token.text[cut:], middle, token.end, glued=False))
    return parted


def unglued_after_digits(tokens: list[Token], words: Vocabulary) -> list[Token]:
    """ "19thmarch", "3pmfriday", "elevenish"."""
    for place in range(len(tokens) - 1, -1, -1):
        token = tokens[place]
        if token.text[-3:] == "ish" and token.text[:-3] in words.hours_in_words:  # "elevenish"
            middle = token.end - 3
            about = Token("ish", middle, token.end, glued=True)
            tokens[place : place + 1] = replace(token, text=token.text[:-3], end=middle), about
        elif place and token.glued and token.text[2:] in words.days and tokens[place - 1].text.isdecimal():
            if token.text[:2] not in _AFTER_DIGITS or token.end - token.start != len(token.text):
                continue
            middle = token.start + 2
            rest = Token(token.text[2:], middle, token.end, glued=False)
            tokens[place : place + 1] = replace(token, text=token.text[:2], end=middle), rest
    return tokens
