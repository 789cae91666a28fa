"""Every string of our pages, in one table: English, Italian, Russian.

`{name}` in a string is filled in by the page. A key that a page asks for and that is not here stops it.
"""

from collections.abc import Mapping

from aiohttp import web

LANGUAGES = {"en": "English", "it": "Italiano", "ru": "Русский"}

_TABLE: dict[str, tuple[str, str, str]] = {
    # Both pages
    "inbox": ("Inbox", "Posta", "Входящие"),
    "sandbox": ("Sandbox", "Prova", "Песочница"),
    "language": ("Language", "Lingua", "Язык"),
    "offline": (
        "Connection lost. Trying again …",
        "Connessione persa. Nuovo tentativo …",
        "Связь потеряна. Пробуем снова …",
    ),
    "close": ("Close", "Chiudi", "Закрыть"),
    "back": ("Back", "Indietro", "Назад"),
    # Signing in
    "sign_in": ("Sign in", "Accedi", "Вход"),
    "sign_in_lead": (
        "This link opens the inbox once, on this computer.",
        "Questo link apre la posta una sola volta, su questo computer.",
        "Эта ссылка откроет входящие один раз, на этом компьютере.",
    ),
    "sign_in_name": ("Your name, for colleagues", "Il Suo nome, per i colleghi", "Ваше имя для коллег"),
    "sign_in_name_hint": ("Reception", "Segreteria", "Регистратура"),
    "sign_in_button": ("Open the inbox", "Apri la posta", "Открыть входящие"),
    "sign_in_void": (
        "This link has been used or replaced.",
        "Questo link è già stato usato o sostituito.",
        "Эта ссылка уже использована или заменена.",
    ),
    "sign_in_need": (
        "The inbox opens with a one-time link. It is written in the terminal where Chairside runs.",
        "La posta si apre con un link monouso, scritto nel terminale in cui gira Chairside.",
        "Входящие открываются по одноразовой ссылке. Она написана в терминале, где запущен Chairside.",
    ),
    "sign_in_new": (
        "Write a new link to the terminal",
        "Scrivi un nuovo link nel terminale",
        "Написать новую ссылку в терминал",
    ),
    "sign_in_written": (
        "Done. Look in the terminal where Chairside runs.",
        "Fatto. Guardi nel terminale in cui gira Chairside.",
        "Готово. Посмотрите в терминал, где запущен Chairside.",
    ),
    "sign_in_elsewhere": (
        "From here the inbox opens over https only. Without it, only on the computer where Chairside runs.",
        "Da qui la posta si apre solo con https. Senza, solo sul computer in cui gira Chairside.",
        "Отсюда входящие открываются только по https. Без него – только там, где запущен Chairside.",
    ),
    "sign_in_failed": (
        "That did not work. Try again.",
        "Non ha funzionato. Riprovi.",
        "Не получилось. Попробуйте ещё раз.",
    ),
    "your_name": ("Your name", "Il Suo nome", "Ваше имя"),
    "password": ("Password", "Password", "Пароль"),
    "password_new": ("Choose a password", "Scelga una password", "Придумайте пароль"),
    "password_hint": (
        "At least 12 characters. A short sentence that only you know is good.",
        "Almeno 12 caratteri. Va bene una breve frase che conosce solo Lei.",
        "Не меньше 12 знаков. Подойдёт короткая фраза, которую знаете только вы.",
    ),
    "code": ("6-digit code", "Codice di 6 cifre", "Код из 6 цифр"),
    "code_wanted": (
        "Also ask me for a code from my phone",
        "Chiedimi anche un codice dal telefono",
        "Спрашивать ещё и код из телефона",
    ),
    "code_setup": (
        "Scan this with an authenticator app, then type the code that it shows.",
        "Lo inquadri con un'app di autenticazione, poi scriva il codice che mostra.",
        "Отсканируйте в приложении-аутентификаторе и введите код, который оно покажет.",
    ),
    "code_qr": ("QR code for the app", "Codice QR per l'app", "QR-код для приложения"),
    "code_secret": ("Key, to type by hand", "Chiave da scrivere a mano", "Ключ для ввода вручную"),
    "continue": ("Continue", "Continua", "Продолжить"),
    "first_lead": (
        "You are the first one here. This link works once; you will be the administrator.",
        "Lei è la prima persona qui. Il link vale una volta sola; sarà amministratore.",
        "Вы здесь первый человек. Ссылка действует один раз; вы станете администратором.",
    ),
    "choose_lead": (
        "Choose a password; then you sign in with your name. This link works once.",
        "Scelga una password; poi accederà con il Suo nome. Il link vale una volta sola.",
        "Придумайте пароль; потом вы будете входить по имени. Ссылка действует один раз.",
    ),
    "sign_in_wrong": (
        "Name or password is not right.",
        "Nome o password non corretti.",
        "Имя или пароль не подходят.",
    ),
    "sign_in_code_needed": (
        "Type the code from your app.",
        "Scriva il codice della Sua app.",
        "Введите код из приложения.",
    ),
    "sign_in_wrong_code": (
        "This code is not right, or has been used. Wait for the next one.",
        "Il codice non è corretto o è già stato usato. Aspetti il prossimo.",
        "Код не подходит или уже использован. Дождитесь следующего.",
    ),
    "sign_in_code_missing": (
        "Your role needs a code from your phone. Ask for a new link: chairside staff reset",
        "Il Suo ruolo richiede un codice dal telefono. Chieda un nuovo link: chairside staff reset",
        "Для вашей роли нужен код из телефона. Попросите новую ссылку: chairside staff reset",
    ),
    "sign_in_wait": (
        "Too many tries. Try again in {n} min.",
        "Troppi tentativi. Riprovi tra {n} min.",
        "Слишком много попыток. Попробуйте через {n} мин.",
    ),
    "sign_in_nameless": ("Write your name first.", "Scriva prima il Suo nome.", "Сначала напишите имя."),
    "sign_in_taken": ("This name is taken.", "Questo nome è già usato.", "Это имя уже занято."),
    "sign_in_weak_short": (
        "The password needs at least 12 characters.",
        "La password deve avere almeno 12 caratteri.",
        "В пароле должно быть не меньше 12 знаков.",
    ),
    "sign_in_weak_long": (
        "The password may have 128 characters at most.",
        "La password può avere al massimo 128 caratteri.",
        "В пароле может быть не больше 128 знаков.",
    ),
    "sign_in_weak_common": (
        "Many people use this password. Choose another.",
        "Questa password la usano in molti. Ne scelga un'altra.",
        "Этот пароль слишком известен. Выберите другой.",
    ),
    "sign_in_weak_known": (
        "The password is made of your name or the practice's. Choose another.",
        "La password è fatta del Suo nome o di quello dello studio. Ne scelga un'altra.",
        "Пароль состоит из вашего имени или названия клиники. Выберите другой.",
    ),
    "not_allowed": (
        "Your role does not allow this.",
        "Il Suo ruolo non lo permette.",
        "Ваша роль этого не позволяет.",
    ),
    "sign_out": ("Sign out", "Esci", "Выйти"),
    "signed_out": ("You have been signed out.", "La sessione è terminata.", "Сеанс завершён."),
    # The list
    "waiting": ("Waiting for you", "In attesa", "Ждут вас"),
    "with_staff": ("With a person", "Con una persona", "У сотрудника"),
    "with_assistant": ("Back with the assistant", "Di nuovo con l'assistente", "Снова у помощника"),
    "nobody_waits": ("Nobody is waiting", "Nessuno in attesa", "Никто не ждёт"),
    "nobody_waits_lead": (
        "The assistant is answering. When a patient needs a person, the conversation appears here at once.",
        "Risponde l'assistente. Se un paziente ha bisogno di una persona, la conversazione appare qui.",
        "Отвечает помощник. Когда пациенту понадобится человек, разговор сразу появится здесь.",
    ),
    "choose_one": ("Choose a conversation", "Scelga una conversazione", "Выберите разговор"),
    "urgent": ("Urgent", "Urgente", "Срочно"),
    "unread": ("{n} unread", "{n} da leggere", "непрочитанных: {n}"),
    "you": ("You", "Lei", "Вы"),
    "just_now": ("now", "ora", "сейчас"),
    # Why a conversation was handed over; the words of OpenHandoff
    "reason_asked": ("Asked for a person", "Chiede una persona", "Просит человека"),
    "reason_misunderstood": ("Not understood", "Non capito", "Не понято"),
    "reason_emergency": ("Possible emergency", "Possibile emergenza", "Возможна неотложная помощь"),
    "reason_complaint": ("Complaint", "Reclamo", "Жалоба"),
    "reason_error": ("Technical problem", "Problema tecnico", "Техническая ошибка"),
    "reason_media": ("Photo or voice message", "Foto o messaggio vocale", "Фото или голосовое"),
    "reason_no_openings": ("No suitable time", "Nessun orario adatto", "Нет подходящего времени"),
    "reason_reschedule_visit": (
        "Wants to move a visit",
        "Vuole spostare una visita",
        "Хочет перенести визит",
    ),
    "reason_cancel_visit": ("Wants to cancel a visit", "Vuole disdire una visita", "Хочет отменить визит"),
    "reason_my_appointments": (
        "Asks about their visits",
        "Chiede dei suoi appuntamenti",
        "Спрашивает о записи",
    ),
    "reason_practitioner": ("Asks for a dentist", "Chiede di un dottore", "Просит врача"),
    "reason_clinical_question": ("Question for the dentist", "Domanda per il dentista", "Вопрос врачу"),
    "reason_invoices": ("Invoice or receipt", "Fattura o ricevuta", "Чек или счёт"),
    "reason_running_late": ("Is running late", "È in ritardo", "Опаздывает"),
    "reason_my_data": ("Asks about their data", "Chiede dei suoi dati", "Спрашивает о своих данных"),
    "reason_book_visit": ("Wants to book", "Vuole prenotare", "Хочет записаться"),
    "reason_urgent_pain": (
        "In pain, wants to come soon",
        "Ha dolore, vuole venire presto",
        "Боль, хочет прийти скорее",
    ),
    "reason_undeliverable": ("Messages do not arrive", "I messaggi non arrivano", "Сообщения не доходят"),
    "reason_taken": ("Taken by staff", "Presa dallo studio", "Взято сотрудником"),
    "reason_other": ("Needs a person", "Serve una persona", "Нужен человек"),
    # A conversation
    "owner_queue": (
        "Waiting for a person. The assistant is silent.",
        "In attesa di una persona. L'assistente tace.",
        "Ждёт человека. Помощник молчит.",
    ),
    "owner_you": (
        "You are answering. The assistant is silent.",
        "Risponde Lei. L'assistente tace.",
        "Отвечаете вы. Помощник молчит.",
    ),
    "owner_other": (
        "{who} is answering.",
        "Risponde {who}.",
        "Отвечает {who}.",
    ),
    "owner_bot": (
        "The assistant is answering.",
        "Risponde l'assistente.",
        "Отвечает помощник.",
    ),
    "take": ("Take", "Prendi", "Взять"),
    "give_back": ("Give back to the assistant", "Ridai all'assistente", "Вернуть помощнику"),
    "give_back_short": ("Give back", "Ridai", "Вернуть"),
    "details": ("What the assistant knows", "Cosa sa l'assistente", "Что знает помощник"),
    "details_none": ("Nothing yet.", "Ancora nulla.", "Пока ничего."),
    "writes_in": ("Writes in", "Scrive in", "Пишет"),
    "channel": ("Channel", "Canale", "Канал"),
    "reason": ("Why", "Motivo", "Причина"),
    "since": ("Waiting since", "In attesa da", "Ждёт с"),
    "write_here": ("Write to the patient", "Scriva al paziente", "Напишите пациенту"),
    "write_hint": (
        "Enter sends, Shift+Enter starts a new line",
        "Invio spedisce, Maiusc+Invio va a capo",
        "Enter отправляет, Shift+Enter – новая строка",
    ),
    "write_takes": (
        "Your answer takes the conversation over.",
        "Rispondendo prende Lei la conversazione.",
        "Ответив, вы возьмёте разговор себе.",
    ),
    "window_closed": (
        "More than 24 hours since the patient last wrote: the channel lets nobody write freely now.",
        "Il paziente non scrive da più di 24 ore: ora il canale non permette messaggi liberi.",
        "Пациент не писал больше 24 часов: канал сейчас не пропускает свободные сообщения.",
    ),
    "window_ends": (
        "Free to write until {time}",
        "Si può scrivere fino a: {time}",
        "Можно писать до {time}",
    ),
    "send": ("Send", "Invia", "Отправить"),
    "send_anyway": ("Send all the same", "Invia comunque", "Всё равно отправить"),
    "newer": (
        "The patient has written again meanwhile. Read it first.",
        "Nel frattempo il paziente ha scritto ancora. Legga prima.",
        "Пациент тем временем написал ещё. Сначала прочитайте.",
    ),
    "retry": ("Try again", "Riprova", "Повторить"),
    "taken": (
        "{who} has taken this conversation.",
        "{who} ha già preso la conversazione.",
        "Разговор уже взял(а) {who}.",
    ),
    "failed": (
        "That did not work. Try again.",
        "Non ha funzionato. Riprovi.",
        "Не получилось. Попробуйте ещё раз.",
    ),
    "gone": (
        "This conversation is not here.",
        "Questa conversazione non c'è.",
        "Такого разговора здесь нет.",
    ),
    "new_messages": ("New messages", "Nuovi messaggi", "Новые сообщения"),
    "today": ("Today", "Oggi", "Сегодня"),
    "yesterday": ("Yesterday", "Ieri", "Вчера"),
    "assistant": ("Assistant", "Assistente", "Помощник"),
    "patient": ("Patient", "Paziente", "Пациент"),
    "state_queued": ("Waiting to be sent", "In coda", "В очереди"),
    "state_sending": ("Sending", "Invio in corso", "Отправляется"),
    "state_sent": ("Sent", "Inviato", "Отправлено"),
    "state_delivered": ("Delivered", "Consegnato", "Доставлено"),
    "state_read": ("Read", "Letto", "Прочитано"),
    "state_failed": ("Not delivered", "Non consegnato", "Не доставлено"),
    "state_uncertain": ("Not known whether it arrived", "Non si sa se è arrivato", "Неизвестно, дошло ли"),
    "kind_image": ("Photo", "Foto", "Фото"),
    "kind_audio": ("Voice message", "Messaggio vocale", "Голосовое сообщение"),
    "kind_video": ("Video", "Video", "Видео"),
    "kind_document": ("Document", "Documento", "Документ"),
    "kind_sticker": ("Sticker", "Adesivo", "Стикер"),
    "kind_location": ("Location", "Posizione", "Местоположение"),
    "kind_contacts": ("Contact card", "Contatto", "Контакт"),
    "kind_reaction": ("Reaction", "Reazione", "Реакция"),
    "kind_unsupported": (
        "Message that cannot be shown",
        "Messaggio non visualizzabile",
        "Сообщение нельзя показать",
    ),
    "language_en": ("English", "Inglese", "По-английски"),
    "language_it": ("Italian", "Italiano", "По-итальянски"),
    "language_ru": ("Russian", "Russo", "По-русски"),
    # What the assistant knows; slots that have no entry here are shown under their own name
    "slot_patient_name": ("Name", "Nome", "Имя"),
    "slot_phone": ("Phone", "Telefono", "Телефон"),
    "slot_birth_date": ("Date of birth", "Data di nascita", "Дата рождения"),
    "slot_visit_type": ("Visit", "Visita", "Приём"),
    "slot_practitioner": ("With", "Con", "Врач"),
    "slot_opening_words": ("When", "Quando", "Когда"),
    "slot_practitioner_name": ("With", "Con", "Врач"),
    # The sandbox
    "phone": ("Phone", "Telefono", "Телефон"),
    "diary": ("Diary", "Agenda", "Расписание"),
    "understood": ("What the assistant understood", "Cosa ha capito l'assistente", "Что понял помощник"),
    "understood_short": ("Understood", "Capito", "Понято"),
    "understood_none": (
        "Write something on the phone: here you will see how each message is read, step by step.",
        "Scriva qualcosa al telefono: qui vedrà come viene letto ogni messaggio, passo per passo.",
        "Напишите что-нибудь в телефоне: здесь видно, как прочитано каждое сообщение, шаг за шагом.",
    ),
    "flow": ("Flow", "Percorso", "Сценарий"),
    "flow_none": (
        "After the first message the flow is drawn here, and its current step lit.",
        "Dopo il primo messaggio qui appare il percorso, con il passo attuale illuminato.",
        "После первого сообщения здесь появится сценарий, а текущий шаг подсветится.",
    ),
    "flow_at": ("Now: {step}", "Adesso: {step}", "Сейчас: {step}"),
    "flow_over": ("Finished", "Concluso", "Завершён"),
    "flow_interrupted": ("interrupted", "interrotto", "прерван"),
    "flow_stack": ("What is under way", "Che cosa è in corso", "Что сейчас идёт"),
    "flow_drawing": ("Drawing of the flow", "Disegno del percorso", "Рисунок сценария"),
    "boards": ("Diary or flow", "Agenda o percorso", "Расписание или сценарий"),
    "phone_empty": (
        "You are the patient. Write as you would to your dentist.",
        "Lei è il paziente. Scriva come scriverebbe al Suo dentista.",
        "Вы – пациент. Пишите так, как написали бы своему стоматологу.",
    ),
    "phone_encrypted": (
        "Sandbox: nothing leaves this computer.",
        "Prova: nulla lascia questo computer.",
        "Песочница: ничто не покидает этот компьютер.",
    ),
    "online": ("online", "online", "в сети"),
    "typing": ("typing …", "sta scrivendo …", "печатает …"),
    "message": ("Message", "Messaggio", "Сообщение"),
    "send_photo": ("Send a photo", "Invia una foto", "Отправить фото"),
    "send_voice": ("Send a voice message", "Invia un messaggio vocale", "Отправить голосовое"),
    "booked": ("Booked", "Prenotato", "Записан"),
    "held": ("Held for a patient", "Tenuto per un paziente", "Придержано"),
    "held_short": ("Held", "Tenuto", "Держим"),
    "done": ("Past or closed", "Concluso", "Завершён"),
    "working_hours": ("Working hours", "Orario di lavoro", "Рабочее время"),
    "earlier": ("Earlier", "Prima", "Раньше"),
    "later": ("Later", "Dopo", "Позже"),
    "intent": ("Intent", "Intento", "Намерение"),
    "no_intent": ("none found", "nessuno", "не найдено"),
    "entities": ("Found", "Trovato", "Найдено"),
    "dialogue": ("Dialogue", "Dialogo", "Диалог"),
    "actions": ("Done", "Fatto", "Сделано"),
    "commands": ("Commands", "Comandi", "Команды"),
    "red_flag": ("Red flag", "Segnale d'allarme", "Тревожный признак"),
    "is_typing_for": ("You write as", "Scrive come", "Вы пишете как"),
}


def wording(language: str) -> Mapping[str, str]:
    """Every string in one language."""
    column = list(LANGUAGES).index(language)
    return {key: row[column] for key, row in _TABLE.items()}


def preferred_language(request: web.Request, *, default: str = "en") -> str:
    """The first of the browser's languages that we have; `?language=` goes before them."""
    asked = [request.query.get("language", "")]
    ranked = []
    for place, part in enumerate(request.headers.get("Accept-Language", "").split(",")):
        tag, _, weight = part.strip().partition(";q=")
        try:
            ranked.append((-float(weight or 1), place, tag))
        except ValueError:
            continue
    asked += [tag for _, _, tag in sorted(ranked)]
    ours = (tag.split("-")[0].lower() for tag in asked)
    return next((tag for tag in ours if tag in LANGUAGES), default)
