"""What the assistant does for a patient: actions as rasa-sdk knows them."""

from bot.actions.without_sanic import put_off_rasas_server

put_off_rasas_server()
