from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from omr.thresholds import Thresholds


@example(0.0, 0.5)
@example(0.5, 0.5)
@example(0.5, 1.0)
@example(0.5, 1.5)
@given(st.floats(), st.floats())
def test_thresholds_out_of_order_are_refused(marginal: float, definite: float) -> None:
    if 0 < marginal < definite <= 1:
        assert Thresholds(marginal=marginal, definite=definite).marginal == marginal
    else:
        with pytest.raises(ValueError, match="marginal"):
            Thresholds(marginal=marginal, definite=definite)


def test_thresholds_can_be_kept_as_json_and_come_back_the_same() -> None:
    kept = json.loads(json.dumps(Thresholds().as_dict()))

    assert Thresholds(**kept) == Thresholds()
