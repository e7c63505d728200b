"""Loops over pixels as machine code, kept on the disk from one run to the next.

What is many small steps over many pixels costs numpy a call and a copy a step. Numba turns such
loops into one pass; it takes a third of a second to import and, on a machine's first run, some
seconds to compile. So only the modules ``omr.loops_*`` import this one, and whoever needs their
loops imports those inside the function that measures.

Never with ``fastmath``: a number must not depend on the order in which a compiler likes to add.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

from numba import njit, types
from numba.core.bytecode import FunctionIdentity
from numba.extending import intrinsic

P = ParamSpec("P")
R = TypeVar("R")

# Numba tells parts of one name and type apart by a number that it counts from 1 in each process.
# What two processes kept may so hold two parts of one name, say one that sorts and one that orders
# places, and a third that loads both runs either for both. Each process counts from elsewhere.
FunctionIdentity._unique_ids = itertools.count(int.from_bytes(os.urandom(6), "big"))  # noqa: SLF001

_KINDS = {
    "b1": types.boolean,
    "u1": types.uint8,
    "i2": types.int16,
    "i4": types.int32,
    "i8": types.int64,
    "f4": types.float32,
    "f8": types.float64,
}


def compiled(*arguments: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A function that numba compiles for just these arguments, when its module is imported.

    Args:
        arguments: Numpy's word for the kind, with a colon for each dimension of an array:
            ``"u1[:,:]"``. Arrays lie in C order; only ``"out f4[:]"`` may be written to.
    """
    signature = tuple(_type(argument) for argument in arguments)

    def decorated(work: Callable[P, R]) -> Callable[P, R]:
        return _compiled(work, signature)

    return decorated


def part(work: Callable[P, R]) -> Callable[P, R]:
    """A part of a compiled loop, which nobody else calls."""
    return cast("Callable[P, R]", njit(nogil=True, error_model="numpy")(work))


def _compiled(work: Callable[P, R], signature: tuple[types.Type, ...]) -> Callable[P, R]:
    # Python's own way with divisions asks about each divisor whether it is zero.
    keep: Any = njit(signature, cache=True, nogil=True, error_model="numpy")
    try:
        return cast("Callable[P, R]", keep(work))
    except (RuntimeError, OSError):  # nowhere to keep it: compiled anew in each process
        anew: Any = njit(signature, nogil=True, error_model="numpy")
        return cast("Callable[P, R]", anew(work))


def _type(argument: str) -> types.Type:
    words = argument.removeprefix("out ")
    kind, _bracket, shape = words.partition("[")
    if not shape:
        return _KINDS[kind]
    return types.Array(_KINDS[kind], shape.count(":"), "C", readonly=words == argument)


@intrinsic
def _fused(_typing: Any, _one: Any, _other: Any, _third: Any) -> Any:
    """``one * other + third``, rounded once: as the processor, and so numpy's products, do it."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.fma(*arguments)

    return types.float64(types.float64, types.float64, types.float64), generate


fused: Callable[[float, float, float], float] = cast("Any", _fused)
