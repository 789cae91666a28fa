import pytest

pytest.register_assert_rewrite("tests.contracts.practice_system", "tests.contracts.actions")
