"""What people tell of themselves beside a yes: "yes, I can't make it", "sì, posso", "да, заболела".

Why they cancel, or that the time suits them: it asks for nothing and takes nothing back. What puts the yes
off, ties it to something or adds to it begins in the same words, so a word of that kind spoils it.
"""

from __future__ import annotations

import re

_TELLS = re.compile(
    r"""\W{0,3}(?:
      (?:yes|yeah|yep|yup|yea|ok|okay|sure|fine|great|perfect|lovely|please|correct|right)\W{1,3}
        (?:(?:please|thanks|thank\syou|sorry|unfortunately|cancel\sit|cancel|book\sit)\W{1,3}){0,2}
        (?:(?:because|cause|as|cos)\s)?(?:i|i['’]?m|im|i['’]?ve|i['’]?ll|we|we['’]?re|we['’]?ll|my|something)
    | (?:s[iì]|ok|va\sbene|certo|perfetto|d['’]accordo|esatto|ottimo|benissimo)\W{1,3}
        (?:(?:grazie|purtroppo|mi\sdispiace|scusi|perch[eé])\W{1,3}){0,2}
        (?:sono|siamo|ho|abbiamo|devo|dobbiamo|posso|possiamo|lavoro|non\s(?:posso|riesco|ce\sla|sono|ci\ssono)
          |vengo|veniamo|ci\s(?:sono|sar[oò]|siamo|vediamo)|sto|st[oò]\smale|vado|parto|me\slo|lo\ssegno
          |avviso|mi\s(?:va|sono|segno|organizzo|accompagna)|arrivo|è\ssort\w+|sar[oò])
    | (?:да|ок|окей|хорошо|ладно|конечно|отлично|супер|верно)\W{1,3}
        (?:(?:спасибо|пожалуйста|к\sсожалению|извините)\W{1,3}){0,2}
        (?:я|мы|мне|нам|у\s(?:меня|нас)|не\s(?:смогу|сможем|могу|получ\w+|успе\w+|прид\w+)|заболел\w{0,2}|болею
          |уезжа\w+|улета\w+|работаю|свобод\w+|буду|будем|приду|прид[её]м|приеду|скажу|запишу|записала?|занят\w?
          |смогу|сможем|успе\w+)
    )(?!\w)""",
    re.IGNORECASE | re.VERBOSE,
)
_SPOILS = re.compile(
    r"""(?<!\w)(?:
      if | but | and | or | only | unless | until | when | before | after | though | although | however
    | maybe | perhaps | probably | possibly | might | may | should | could | would | think | guess
    | suppose | hope | wish | wonder\w* | let\syou\sknow | check | ask | see\sif | try | confirm
    | get\sback | text | write | message | call | decide | later | first | another | other | instead
    | also | too | as\swell | both | rather | prefer | want | need | like | change\w* | wrong
    | not\ssure | don['’]?t\sknow | depends? | kidding | joking | lol | half | two | se | ma | per[oò]
    | e | o | oppure | solo | soltanto | quando | prima | dopo | poi | finch[eé] | forse | magari
    | probabilmente | dovrei | potrei | vorrei | credo | penso | suppongo | spero | far?\ssapere
    | faccio\ssapere | controll\w+ | chied\w+ | ved(?:o|r[oò]) | prov(?:o|er[oò]) | conferm\w+
    | richiam\w+ | scriv\w+ | decid\w+ | altr\w+ | invece | anche | entramb\w+ | preferi\w+ | voglio
    | bisogno | cambi\w+ | sbagliat\w+ | non\ssono\ssicur\w | non\sso | dipende | scherz\w+ | ahah\w*
    | due | если | но | и | а | или | только | когда | пока | сначала | потом | позже | до | после
    | может | возможно | наверное | вероятно | бы | думаю | надеюсь | полагаю | сообщу | подумаю
    | провер\w+ | спрошу | уточн\w+ | посмотр\w+ | попроб\w+ | подтверж\w+ | перезвон\w+ | позвон\w+
    | напиш\w+ | реш\w+ | друг\w+ | ещ[её] | тоже | вместо | оба | обе | лучше | хочу | хотел\w*
    | нужн\w+ | надо | поменя\w+ | не\sуверен\w* | не\sзнаю | зависит | шучу | ахах\w* | дво\w+
    )(?!\w)""",
    re.IGNORECASE | re.VERBOSE,
)
#: Why somebody does not come: beside a yes to a time, no yes to it.
_KEEPS_AWAY = re.compile(
    r"""(?<!\w)(?:
      \w+n['’]t|cant|cannot|wont|not|no|unable|ill|sick|unwell|fever|busy|away|abroad|work\w*|booked|lost|broke\w*
    | non|malat\w|febbre|influenza|impegnat\w|occupat\w|lavor\w+|via|fuori|estero
    | не|нет|заболел\w*|боле\w+|больн\w+|температур\w+|занят\w*|работа\w+|уезжа\w+|улета\w+|уеха\w+
    )(?!\w)""",
    re.IGNORECASE | re.VERBOSE,
)
_CANNOT_COME = re.compile(
    r"\b(can['’]?t|cannot|won['’]?t|can not) (make|come|be)\b"
    r"|\bnon (posso|riesco|ce la f\w+)\b(?! (aspettare|credere))"
    r"|\bне (могу|смогу|сможем|прид\w+|получ\w+)\b(?! (дожда|жда|повер)\w+)",
    re.IGNORECASE,
)
_MOST = 120  # characters: more is a letter, which has to be read


def tells_of_oneself(said: str, *, calls_off: bool) -> bool:
    """`calls_off`: the yes is to a cancellation; else whoever cannot come has said no with it."""
    if len(said) > _MOST or "?" in said or (not calls_off and _KEEPS_AWAY.search(said)):
        return False
    return _TELLS.match(said) is not None and _SPOILS.search(said) is None


def cannot_come(said: str) -> bool:
    """ "Да, не могу", said to a time that waits for a yes."""
    return _CANNOT_COME.search(said) is not None
