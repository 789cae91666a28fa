"""What somebody may write instead of a name or a message. `canary()` tells the witness that words ran."""

HOSTILE_WORDS = (
    "<script>canary()</script>",
    "<SCRIPT SRC=//elsewhere.example/x.js></SCRIPT>",
    "</script><script>canary()</script>",
    "</textarea><script>canary()</script>",
    "</title><script>canary()</script>",
    "<img src=x onerror=canary()>",
    "<img src=x onerror='canary()'//",
    '"><img src=x onerror=canary()>',
    "'><img src=x onerror=canary()>",
    "<svg onload=canary()>",
    "<svg><script>canary()</script></svg>",
    "<svg><animate onbegin=canary() attributeName=x dur=1s>",
    "<svg><use href=\"data:image/svg+xml,<svg id='x' onload='canary()'/>#x\"/></svg>",
    "<math><mtext></mtext><mglyph><style><img src=x onerror=canary()></style></mglyph></math>",
    "<body onload=canary()>",
    "<iframe src=javascript:canary()></iframe>",
    '<iframe srcdoc="<script>parent.canary()</script>"></iframe>',
    "<object data=javascript:canary()></object>",
    "<embed src=javascript:canary()>",
    "<a href=javascript:canary()>click</a>",
    "<a href='data:text/html,<script>canary()</script>'>click</a>",
    "<form action=javascript:canary()><button>go</button></form>",
    "<input autofocus onfocus=canary()>",
    "<details open ontoggle=canary()>x</details>",
    "<video><source onerror=canary()></video>",
    "<audio src=x onerror=canary()>",
    "<marquee onstart=canary()>x</marquee>",
    "<div style=\"background:url('javascript:canary()')\">x</div>",
    "<style>@import 'javascript:canary()';*{display:none}</style>",
    "<link rel=stylesheet href=//elsewhere.example/x.css>",
    "<meta http-equiv=refresh content='0;url=javascript:canary()'>",
    "<base href=//elsewhere.example/>",
    "<template><script>canary()</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=canary()>'></noscript>",
    "<!--><img src=x onerror=canary()>-->",
    "<![CDATA[<script>canary()</script>]]>",
    "javascript:canary()",
    "{{constructor.constructor('canary()')()}}",
    "${canary()}",
    "{canary} {n} {who} {time}",
    "&lt;script&gt;canary()&lt;/script&gt;",
    "\\u003cscript\\u003ecanary()\\u003c/script\\u003e",
    "';canary();//",
    "\"-canary()-\"",
    "*<b onmouseover=canary()>bold</b>* _<i>it</i>_ ~<s>s</s>~",
    "__proto__",
    "\u202etxet desrever\u202c <script>canary()</script>",
    "\u2028canary()\u2029",
)  # fmt: skip

#: Ways out of where words may stand: text, attributes, scripts, comments, styles, templates.
_BEFORE = (
    *("", '">', "'>", "`>", "</script>", "</textarea>", "</title>", "</style>", "-->", "]]>", "\n\n"),
    *("</bdi></button>", "\u202e", "\u2066", "%3E", "&quot;&gt;", "*_~", "\\", "'+", "${", "{{", "/ "),
)
#: Ways of running: `{run}` is what must never run.
_VECTORS = (
    "<script>{run}</script>",
    "<img src=x onerror={run}>",
    "<svg onload={run}>",
    "<svg><script href=data:,{run} /></svg>",
    "<iframe srcdoc='<script>parent.{run}</script>'>",
    "<details open ontoggle={run}>",
    "<input autofocus onfocus={run}>",
    "<video src=x onerror={run}></video>",
    "<a href=javascript:{run}>x</a>",
    "<form><button formaction=javascript:{run}>x",
    "<math href=javascript:{run}>x</math>",
    "<style>@keyframes x{{}}</style><b style=animation-name:x onanimationstart={run}>",
    "<body onpageshow={run}>",
    "<object data='javascript:{run}'>",
    "<template shadowrootmode=open><script>{run}</script></template>",
    "javascript:{run}//",
)
#: The same in other clothes.
_DISGUISES = (
    lambda text: text,
    lambda text: text.upper().replace("CANARY()", "canary()"),
    lambda text: text.replace("<", "<\t").replace("=", " = "),
    lambda text: text.replace(" ", "/"),
    lambda text: text.replace("<", "\uff1c").replace(">", "\uff1e"),
    lambda text: text.replace("<", "\\u003c"),
    lambda text: "".join(f"&#{ord(letter)};" for letter in text[:9]) + text[9:],
    lambda text: text.replace("canary", "can\u200bary"),
    lambda text: text + text,
)


def hostile_corpus(size: int = 300) -> tuple[str, ...]:
    """Every way out with every way of running, each in other clothes: the same ones every time."""
    pairs = [(before, vector) for before in _BEFORE for vector in _VECTORS]
    corpus = [
        _DISGUISES[place % len(_DISGUISES)](before + vector.format(run="canary()"))
        for place, (before, vector) in enumerate(pairs)
    ]
    return tuple(dict.fromkeys(corpus))[:size]
