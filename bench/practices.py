"""practice.yml for benches that need more openings than the demo has, or fewer."""

from collections.abc import Mapping

_PRACTICE = """
id: studio-demo
name: Studio Prova
phone: "+39 02 0000 0000"
address: Via dell'Esempio 12, 20121 Milano
privacy_link: https://example.org/privacy
emergency_number: "112"
time_zone: Europe/Rome
country: IT
languages: [it, en, ru]
holidays: true
horizon_days: {horizon_days}
visit_types:
  - id: new_patient_consult
    names: {{it: prima visita, en: first visit, ru: первичная консультация}}
    duration_minutes: {minutes}
practitioners:
{practitioners}
whatsapp:
  - phone_number_id: "100000000000001"
    app_secret: env:WHATSAPP_APP_SECRET
    verify_token: env:WHATSAPP_VERIFY_TOKEN
    access_token: env:WHATSAPP_ACCESS_TOKEN
messenger:
  - page_id: "200000000000001"
    app_secret: env:MESSENGER_APP_SECRET
    verify_token: env:MESSENGER_VERIFY_TOKEN
    access_token: env:MESSENGER_ACCESS_TOKEN
"""
_PRACTITIONER = """  - id: {id}
    name: dott. {name}
    visit_types: [new_patient_consult]
    hours: {hours}"""


def practice_of(hours: Mapping[str, str], *, minutes: int, horizon_days: int) -> str:
    """One kind of visit of so many minutes; `hours` in YAML's short form, by the practitioner's id."""
    return _PRACTICE.format(
        horizon_days=horizon_days,
        minutes=minutes,
        practitioners="\n".join(
            _PRACTITIONER.format(id=id, name=id.title(), hours=each) for id, each in hours.items()
        ),
    )
