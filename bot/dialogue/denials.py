"""What a patient says is not so: no pain, nothing urgent, no visit yet.

An intent is learnt from words, and "it doesn't hurt" has the words of pain. A denial counts only where the
rest of the message tells of no trouble: "no pain, but it is bleeding" stays what it was taken for.
"""

from __future__ import annotations

import re

_NO_TROUBLE = re.compile(
    r"""(?<!\w)(?:
    # English
      (?:no|without(?:\sany)?|not\sin(?:\sany)?|zero|(?:don['’]?t|do\snot|haven['’]?t)\s(?:have|feel|got)(?:\sany)?)
        \s(?:more\s|real\s|actual\s)?(?:pains?|aches?|toothache|swelling|bleeding|fever)
        (?!\W?(?:killer|relief|med|pill|tablet))(?:\sat\sall|\sanywhere|\sany\s?more|\snow)?
    | pain\W?free
    | (?:doesn['’]?t|dosn['’]?t|does\snot|do\snot|did(?:n['’]?t|\snot)|is(?:n['’]?t|\snot)|not|never)
        \s(?:really\s|actually\s|even\s)?(?:hurt(?:s|ing)?|aching|ache|sore|painful|bleeding|swollen)
        (?:\sme)?(?:\sat\sall|\sany\s?more)?
    | (?:nothing|none\sof\sit)\s(?:hurts|aches|is\shurting)
    | (?:the\s)?(?:pain|ache|toothache|bleeding|swelling)(?:['’]s|\sis|\shas)?(?:\sall)?
        \s(?:gone(?:\sdown|\saway)?|stopped|passed|over)
    | (?:nothing|not(?:\s(?:that|too|so|very))?|isn['’]?t|no)
        \s(?:urgent|an?\semergency|emergency|urgency|rush|hurry)
    # Italian
    | (?:non\s(?:ho|sento|c['’]è|ci\ssono|provo)\s(?:più\s|nessun\s?|alcun\s?|assolutamente\s|proprio\s)*
        |nessun\s|niente\s|zero\s|senza\s(?:alcun\s)?|né\s)
        (?:dolor[ei]|male(?!\w)|fastidio|gonfiore|febbre|sangue|sanguinamento)(?:\sai\sdenti|\saffatto
        |\sper\sniente)?
    | non\s(?:mi\s|le\s|gli\s|ci\s)?
        (?:(?:fa|fanno|faceva)(?:\s(?:più|affatto|per\sniente|mica))*\smale|duole|dolgono|sanguina)
    | (?:il\s)?(?:dolore|mal\sdi\sdenti|sangue|gonfiore)\s(?:mi\s)?(?:si\s)?(?:è|e['’])\s(?:già\s)?
        (?:passat|sparit|fermat|sgonfiat|andat)\w(?:\svia)?
    | (?:niente|nulla)\sdi\s(?:così\s|particolarmente\s)?urgente
    | non\s(?:è|e['’]|sarebbe)\s(?:una\scosa\s|così\s|affatto\s|un['’]?\s?)?(?:urgente|urgenza|emergenza)
    | (?:non\s(?:c['’]è|ho)|senza|nessuna)\s(?:alcuna\s|nessuna\s)?(?:fretta|urgenza)
    # Russian
    | (?:(?:ничего|нигде|зуб|зубы|совсем|вообще|уже|больше|мне|у\sменя)\s)*
        не\s(?:болит|болят|болело|больно|ноет|кровит|кровоточит|беспокоит)(?!\s(?:если|когда|только))
        (?:\s(?:совсем|вообще|больше|уже))?
    | (?:боли|болей|отёка|отека|температуры|крови|кровотечения)\s(?:у\sменя\s)?(?:больше\s|уже\s|совсем\s
        |вообще\s)?(?:нет|не\sбыло)
    | (?:нет|без|никакой|никаких)\s(?:никакой\s|никаких\s|острой\s|сильной\s)?
        (?:бол(?:и|ей)|температуры|крови|кровотечения|от[её]ка)
    | (?:зубная\s)?(?:боль|кровь|опухоль|отёк|отек)\s(?:уже\s|совсем\s)?
        (?:прошл|ушл|остановил|спал|прош[её]л)\w*
    | ничего\s(?:такого\s|особо\s)?срочного | не\s(?:очень\s|особо\s|так\s)?срочно | не\sгорит
    | (?:без|никакой)\s(?:спешки|срочности)
    )(?!\w)""",
    re.IGNORECASE | re.VERBOSE,
)
#: What is left of trouble, or of a condition ("it doesn't hurt unless I bite"), lets no denial count.
_TROUBLE = re.compile(
    r"""(?<!\w)(?:
      pain | hurt | ach(?:e|ing) | toothache | sore | swell | swoll | bleed | blood | brok | chip | crack
    | fell\b | fallen | came\s(?:off|out) | lost | loose | abscess | pus\b | infect | fever | urgent
    | emergenc | asap | throb | unless | only\s(?:when|if|with) | except | as\slong\sas\si
    | dolor | male\b | duol | gonfi | sangu | rott | scheggi | cadut | pers[oa]\b | stacc | ascess | infe[tz]
    | febbre | urgen | emergenz | tranne | sol(?:o|tanto)\s(?:se|quando) | a\smeno
    | бол(?:ь|и|ит|ят|ел|юч)\w* | но(?:ет|ют)\b | опух | от[её]к | флюс | кров | слом | откол | скол | выпал
    | шата | абсцес | гно | воспал | температур | срочн | только\s(?:когда|если) | кроме
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_NO_VISIT = re.compile(
    r"""(?<!\w)(?:
      (?:don['’]?t|do\snot|didn['’]?t|did\snot|haven['’]?t|have\snot|have\snever|never)\s
        (?:actually\s|even\s|yet\s|got\s|have\s|had\s|made\s|booked\s|currently\s)+
        (?:(?:an?|any|one|my|another)\s)*(?:appointments?|bookings?|visits?|anything\s(?:booked|yet)|one\syet)
    | (?:have|got|there(?:['’]s|\sis))\sno\s(?:\w+\s)?(?:appointments?|bookings?|visits?)
    | (?:haven['’]?t|have\snot|have\snever|never)\s(?:booked|made\san?\s(?:appointment|booking))
        (?:\s(?:anything|yet))*
    | non\s(?:ho|abbiamo|avevo|c['’]è)\s
        (?:ancora\s|mai\s|proprio\s|nessun\s?|nessuna\s|alcun\s?|alcuna\s|una?\s|fissato\s|preso\s|prenotato\s)*
        (?:appuntament[oi]|visit[ae]|prenotazion[ei])
    | non\sho\s(?:ancora\s|mai\s|proprio\s)*(?:prenotato|fissato|preso)(?:\s(?:ancora|niente|nulla))*
    | nessun\s?a?\s?(?:appuntamento|visita)
    | (?:у\sменя\s)?(?:ещ[её]\s|пока\s|вообще\s)*нет\s
        (?:ещ[её]\s|пока\s|у\sменя\s|никак(?:ой|их)\s|ни\sодной\s)*
        (?:запис(?:и|ей)|визит(?:а|ов)|при[её]м(?:а|ов))
    | (?:запис(?:и|ей)|визит(?:а|ов))\s(?:у\sменя\s)?(?:ещ[её]\s|пока\s)*нет
    | (?:я\s)?(?:ещ[её]\s|пока\s|никогда\s|никуда\s)*
        не\s(?:записан[аы]?|записывал(?:ся|ась)|записал(?:ся|ась))
    )(?!\w)""",
    re.IGNORECASE | re.VERBOSE,
)

Span = tuple[int, int]


def denied_trouble(text: str) -> tuple[Span, ...]:
    """Where pain or hurry is denied; () where it is not, or where the rest tells of trouble."""
    rest = _NO_TROUBLE.sub(" ", text)
    return () if _TROUBLE.search(rest) else tuple(match.span() for match in _NO_TROUBLE.finditer(text))


def without_denied_trouble(text: str) -> str:
    """What else is said."""
    return _NO_TROUBLE.sub(" ", text)


def denied_visit(text: str) -> tuple[Span, ...]:
    """Where somebody says that they have no visit: "I don't have any appointment yet"."""
    return tuple(match.span() for match in _NO_VISIT.finditer(text))
