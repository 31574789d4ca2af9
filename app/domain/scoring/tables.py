"""Tables of numbers, and how close two of them must be to be taken for equal."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]
Indices = NDArray[np.intp]

TOLERANCE = 1e-9
"""On a scale of 100, far below anything shown and far above what arithmetic in doubles loses."""
