"""Tests of the rules alone: no server, no database, no clock."""

import pytest

pytest.register_assert_rewrite(f"{__name__}.refusing", f"{__name__}.exploring")
