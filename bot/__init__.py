"""Chairside: the front desk of a practice on WhatsApp and Messenger."""

__version__ = "0.1.0"
