"""A phone in the browser, the diary beside it, and what the assistant understood."""
