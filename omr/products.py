"""Products of matrices that stay on one core (pure).

The BLAS under numpy gives a large product to every core of the machine. Pages are read side
by side already, so its threads would only take turns with theirs: 30 times slower (measured
on two cores).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

# OpenBLAS 0.3.31 was seen to start threads from 1 << 20 multiplications on.
_ON_ONE_CORE = 1 << 19


def product(left: Floats, right: Floats) -> Floats:
    """``left @ right``, (n, k) and (k, m), a few rows at a time."""
    rows = max(1, _ON_ONE_CORE // max(1, right.size))
    found = np.empty((left.shape[0], right.shape[1]), np.float32)
    for first in range(0, len(left), rows):
        np.matmul(left[first : first + rows], right, out=found[first : first + rows])
    return found
