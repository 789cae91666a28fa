"""Chairside: the front desk of a practice on WhatsApp and Messenger."""

import os

# Before numpy is loaded: the matrices of one message are small, and on a busy machine threads that share them
# wait for one another fifty times as long as one alone works.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.1.0"
