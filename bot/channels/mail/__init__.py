"""E-mail, one way: what the practice says to those whom no messenger reaches."""

from bot.channels.mail.channel import MailChannel

__all__ = ["MailChannel"]
