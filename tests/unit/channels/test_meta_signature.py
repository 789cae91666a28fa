"""Only Meta gets in: signatures over raw bytes, and the answer to a subscription."""

import hmac
import json

import pytest
from multidict import CIMultiDict

from bot.channels.meta_webhook import answer_challenge, verify_signature
from bot.errors import SignatureMismatch

SECRET = "s3cret-of-the-app"
BODY = '{"entry": [], "name": "Zoë \\u00e9"}'.encode()


def signed(body: bytes = BODY, secret: str = SECRET, algorithm: str = "sha256") -> str:
    return f"{algorithm}=" + hmac.new(secret.encode(), body, algorithm).hexdigest()


def verify(headers: object, body: bytes = BODY) -> None:
    verify_signature(headers, body, secrets=["another", SECRET], whose="WhatsApp number 1")  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["X-Hub-Signature-256", "x-hub-signature-256", "X-HUB-SIGNATURE-256"])
def test_what_meta_signed_comes_in(name: str) -> None:
    verify({"Content-Type": "application/json", name: signed()})
    verify(CIMultiDict([(name, signed())]))


RESERIALISED = json.dumps(json.loads(BODY)).encode()


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        pytest.param({}, BODY, id="no signature"),
        pytest.param({"X-Hub-Signature-256": ""}, BODY, id="empty"),
        pytest.param({"X-Hub-Signature": signed(algorithm="sha1")}, BODY, id="SHA-1 only"),
        pytest.param(
            {"X-Hub-Signature-256": signed(algorithm="sha1")}, BODY, id="SHA-1 in the SHA-256 header"
        ),
        pytest.param({"X-Hub-Signature-256": signed(secret="other")}, BODY, id="another app's"),
        pytest.param({"X-Hub-Signature-256": signed()[:-1]}, BODY, id="truncated"),
        pytest.param({"X-Hub-Signature-256": signed() + "0"}, BODY, id="too long"),
        pytest.param({"X-Hub-Signature-256": signed().upper()}, BODY, id="all upper case"),
        pytest.param(
            {"X-Hub-Signature-256": "sha256=" + signed()[7:].upper()}, BODY, id="upper-case hexadecimal"
        ),
        pytest.param({"X-Hub-Signature-256": signed()[7:]}, BODY, id="no algorithm"),
        pytest.param({"X-Hub-Signature-256": f"{signed()}\n"}, BODY, id="a line too many"),
        pytest.param({"X-Hub-Signature-256": f"{signed()}, {signed()}"}, BODY, id="two in one header"),
        pytest.param({"X-Hub-Signature-256": "sha256=" + "é" * 64}, BODY, id="no ASCII"),
        pytest.param({"X-Hub-Signature-256": "sha256=" + "٣" * 64}, BODY, id="Arabic digits"),
        pytest.param({"X-Hub-Signature-256": signed()}, BODY + b" ", id="a byte more"),
        pytest.param({"X-Hub-Signature-256": signed()}, b"", id="no body"),
        pytest.param({"X-Hub-Signature-256": signed()}, RESERIALISED, id="the same JSON written anew"),
        pytest.param(
            CIMultiDict([("X-Hub-Signature-256", signed()), ("x-hub-signature-256", signed())]),
            BODY,
            id="two headers",
        ),
        pytest.param(
            CIMultiDict([("X-Hub-Signature-256", signed()), ("X-Hub-Signature-256", "sha256=0")]),
            BODY,
            id="a good and a bad header",
        ),
    ],
)
def test_nobody_else_does(headers: object, body: bytes) -> None:
    with pytest.raises(SignatureMismatch):
        verify(headers, body)


def test_a_mismatch_says_whose_secret_to_check_and_not_the_secret() -> None:
    with pytest.raises(SignatureMismatch) as mismatch:
        verify({"X-Hub-Signature-256": signed(secret="other")})

    assert str(mismatch.value) == (
        "X-Hub-Signature-256 does not match; check the app secret of WhatsApp number 1"
    )


def test_an_empty_body_can_be_signed_too() -> None:
    verify({"X-Hub-Signature-256": signed(b"")}, b"")


def ask(**changed: str) -> str | None:
    query = {"hub.mode": "subscribe", "hub.verify_token": "tòken", "hub.challenge": "1158201444"}
    return answer_challenge(
        query | {key.replace("_", ".", 1): text for key, text in changed.items()}, tokens=["tòken"]
    )


def test_metas_challenge_is_answered() -> None:
    assert ask() == "1158201444"
    assert ask(hub_challenge="aB3_-" * 12 + "1234") == "aB3_-" * 12 + "1234"


@pytest.mark.parametrize(
    "changed",
    [
        {"hub_mode": "unsubscribe"},
        {"hub_mode": ""},
        {"hub_verify_token": "token"},
        {"hub_verify_token": ""},
        {"hub_verify_token": "\udcff"},
        {"hub_challenge": ""},
        {"hub_challenge": "1" * 65},
        {"hub_challenge": "<script>alert(1)</script>"},
        {"hub_challenge": "1\n"},
        {"hub_challenge": "١٢٣"},
    ],
    ids=str,
)
def test_nothing_else_is_answered(changed: dict[str, str]) -> None:
    assert ask(**changed) is None


def test_a_query_without_parameters_is_not_answered() -> None:
    assert answer_challenge({}, tokens=["token"]) is None


def test_the_signature_is_the_one_of_rfc_4231() -> None:
    body, secret = b"what do ya want for nothing?", "Jefe"
    expected = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"

    assert signed(body, secret) == expected
    verify_signature({"X-Hub-Signature-256": expected}, body, secrets=[secret], whose="the test vector")
