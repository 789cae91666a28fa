"""What `chairside practice-system new` copies: an adapter, the stand-in that it is tested on, and the tests.

The software is an invented one with a small JSON interface, in which `example` and `Example` stand for the
name of the new adapter. That it keeps every promise is shown like that of any other
(tests/unit/workshop/test_new_adapter.py).
"""
