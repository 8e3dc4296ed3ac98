"""What the cores call, and how a batch is cut into blocks for them. Plain NumPy; copied into the generated module.

A core sees one block of samples as an array of shape (K, B): classes first. In memory either axis may be the
contiguous one: rows as they are where K is large, transposed where K is small, so that every loop is long.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

BLOCK = 1 << 19  # bytes of a block: it and one or two like it stay in the cache
FEW = 48  # up to so many classes a block is transposed
MANY = 500  # from so many classes on a loop over one row costs no more than its entries
MOST = 8192  # samples of a block
MODERATE, MODERATE_DOUBLE = 40, 340
TINY, TINY_DOUBLE = 1e-30, 1e-280  # sums below are computed from the square roots
VERY_MANY = 4096  # classes, from which pairs are added in float32 first
SMALL = 512  # entries of a block whose sums are taken in extended precision
ROOMS = 6  # arrays that a core may write into


class NotFinite(Exception):
    """A sample's largest logit is infinite or NaN: its limit is looked up, see `at_the_limit`."""


def shift_of(z: Array, tau: Any = 1) -> Array:
    """0 where it does: z − 0 is exact. Otherwise the largest logit of each sample.

    0 does where all logits lie between −40 and 40 (340 in float64), or where each sample's largest lies between 0 and
    that: no sum or ratio overflows, and exponentials are subnormal only where the results are.
    """
    bound = MODERATE if z.dtype.itemsize == 4 else MODERATE_DOUBLE
    if tau == 1 and (FEW < len(z) < MANY or z.size <= SMALL):  # two extrema of the block are found sooner here
        if np.minimum.reduce(z, axis=None) >= -bound and np.maximum.reduce(z, axis=None) <= bound:
            return np.zeros((1, 1), z.dtype)
    shift = np.maximum.reduce(z, axis=0, keepdims=True)
    if tau == 1 and np.maximum.reduce(shift, axis=None) <= bound:
        if np.minimum.reduce(shift, axis=None) >= 0 or np.minimum.reduce(z, axis=None) >= -bound:
            return np.zeros((1, 1), z.dtype)
    if not np.isfinite(shift).all():
        raise NotFinite
    return shift


def nearer(near: Array, far: Array) -> Array:
    """Of two forms of the same number the first where it is at most 60, and else the second."""
    if np.maximum.reduce(near, axis=None, initial=0) <= 60:
        return near
    return np.where(near <= 60, near, far)


def total(x: Array) -> Array:
    """Sum over the classes (1, B): of float32 in float64, else in pairs, so that few roundings meet in one entry.

    Of very many classes in float32 three rounds of pairs come first, because adding float32 to float64 is slow.
    """
    if x.dtype.itemsize == 4:
        for _ in range(3 if len(x) >= VERY_MANY else 0):
            x = pairs(x)
        return np.add.reduce(x, axis=0, dtype=np.float64, keepdims=True)
    if x.size <= SMALL:  # one call instead of many
        return np.add.reduce(x, axis=0, dtype=np.longdouble, keepdims=True).astype(x.dtype)
    if len(x) == 1:
        return x.copy()
    while len(x) > 1:
        x = pairs(x)
    return x


def pairs(x: Array) -> Array:
    """Half as many entries with the same sum over the classes."""
    half = len(x) // 2
    sums = x[:half] + x[half : 2 * half]
    if len(x) > 2 * half:
        sums[0] += x[-1]
    return sums


def like(x: Array, row: Array) -> Array:
    """The numbers in the precision of the array."""
    return row.astype(x.dtype, copy=False)


def exponential_at(z: Array, shift: Array, at: Array, tau: Any = 1) -> Array:
    """exp((z − shift)/tau) of one entry a sample; of float32 in float64."""
    d = np.subtract(entries(z, at), shift, dtype=np.float64 if z.dtype.itemsize < 8 else z.dtype)
    return np.exp(d if tau == 1 else d / tau)


def entries(x: Array, at: Array) -> Array:
    """One entry a sample."""
    return x[at] if x.shape[1] == 1 else x[at, np.arange(x.shape[1])][np.newaxis]


def sum_except(x: Array, at: Array) -> Array:
    """Sum over the classes without the entry `at`. The array must be ours: it is changed and put right again."""
    place = at if x.shape[1] == 1 else (at, np.arange(x.shape[1]))
    kept = x[place]
    x[place] = 0
    result = total(x)
    x[place] = kept
    return result


def sum_others(e: Array, z: Array, shift: Array, at: Array, tau: Any = 1) -> Array:
    """Sum of e = exp((z − shift)/tau) without the entry `at`, to the last digits also where e itself is subnormal."""
    result = sum_except(e, at)
    tiny = TINY if e.dtype.itemsize == 4 else TINY_DOUBLE
    if tau == 1 and len(z) > 1 and np.minimum.reduce(result, axis=None, initial=1) < tiny:
        few = np.flatnonzero(result[0] < tiny)
        result[0, few] = _sum_tiny(z[:, few], shift if shift.size == 1 else shift[:, few], at[few])
    return result


def _sum_tiny(z: Array, shift: Array, at: Array) -> Array:
    """Sum of exp(z − shift) without the entry `at`: each the square of exp((z − shift)/2), which is far from 0."""
    z = z.astype(np.promote_types(z.dtype, np.float64))
    z[at, np.arange(z.shape[1])] = -np.inf
    d = z - shift
    back = d - z
    error = np.fmax((z - (d - back)) + (-shift - back), -1)  # of d; NaN at −∞
    half = np.exp(d / 2) * 2.0**200
    return np.add.reduce(half * half * (1 + error), axis=0) * 2.0**-400


def weighted_sum(a: Array, b: Array, room: Array) -> Array:
    """Sum of a·b over the classes, with 0·∞ = 0: a class of weight 0 counts for nothing, masked or not."""
    result = total(np.multiply(a, b, out=room))
    if np.isnan(result).any():
        room[(a == 0) | (b == 0)] = 0
        result = total(room)
    return result


def times(a: Array, b: Array, out: Array | None = None) -> Array:
    """a·b with 0·∞ = 0."""
    product = np.multiply(a, b, out=out)
    if np.isnan(np.add.reduce(product, axis=None)):
        product[(a == 0) | (b == 0)] = 0
    return product


def replace_at(x: Array, at: Array, value: Array) -> Array:
    """x with the value as its entry `at`. The array must be ours: it is changed."""
    x[at if x.shape[1] == 1 else (at, np.arange(x.shape[1]))] = value[0]
    return x


def largest(z: Array) -> Array:
    """The class of the largest logit; any class if that is NaN."""
    if len(z) <= FEW and z.shape[1] >= 256 and z.flags.c_contiguous:
        first = (z == np.maximum.reduce(z, axis=0)).astype(np.float32)
        counted = np.stack([np.ones(len(z), np.float32), np.arange(len(z), dtype=np.float32)]) @ first
        if (counted[0] == 1).all():  # no ties: the index is a sum, several times quicker than argmax across rows
            return counted[1].astype(np.intp)
    return np.argmax(z, axis=0)


def exponentials(z: Array, shift: Array, out: Array, one: Array, two: Array, tau: Any = 1) -> Array:
    """exp((z − shift)/tau); where tau is 1, as accurate as if the difference had not been rounded.

    exp turns the rounding error of d = z − shift, at most ulp(d)/2, into a relative error of up to |d| ulp/2. The error
    itself is a floating-point number, which Knuth's two-sum finds; times exp d it is added.
    """
    if tau == 1 and shift.size == 1 and shift[0, 0] == 0:
        return np.exp(z, out=out)
    d = np.subtract(z, shift, out=out)
    if tau != 1:
        return np.exp(np.divide(d, tau, out=d), out=out)
    np.subtract(d, z, out=one)
    np.subtract(d, one, out=two)
    np.subtract(z, two, out=two)
    np.subtract(-shift, one, out=one)
    np.add(two, one, out=two)
    if not d.size or np.minimum.reduce(d, axis=None) == -np.inf:
        np.fmax(two, -1, out=two)  # the error of −∞ reads NaN; what it is multiplied with is 0
    np.exp(d, out=out)
    np.multiply(two, out, out=two)
    return np.add(out, two, out=out)


def at_the_limit(core: Any, logits: list[Array], given: list[Any], pivot: bool, work: Any) -> tuple[Array, ...]:
    """A core's results where a largest logit is infinite or NaN: the limits, and NaN where there is none.

    With one +∞ the sample tends to that class alone: the same as 0 there and −∞ elsewhere. With several +∞ it depends,
    for those classes, on how they grow. A NaN says nothing, and neither does −∞ at every one of several classes.
    """
    usable: list[Array] = []
    shape = logits[0].shape
    lost, ties = np.zeros(shape[1], bool), np.zeros(shape, bool)
    for z in logits:
        infinite = z == np.inf
        count = np.add.reduce(infinite, axis=0)
        top = np.maximum.reduce(z, axis=0)
        lost |= np.isnan(top) | ((top == -np.inf) & (len(z) > 1))
        ties |= infinite & (count > 1)
        if len(logits) > 1 and not usable:  # which of the classes of p lie where q has none?
            lost |= count > 1
        z = np.where(count > 0, np.where(infinite, z.dtype.type(0), z.dtype.type(-np.inf)), z)
        usable.append(np.where(np.isfinite(np.maximum.reduce(z, axis=0)), z, z.dtype.type(0)))
    results = core(*usable, *given, *([largest(usable[0])] if pivot else []), work)
    results = results if isinstance(results, tuple) else (results,)
    tied = ties.any(axis=0)
    for result in results:
        if len(result) == 1 < shape[0]:  # inf for every way of growing; 0 where nothing but 0 weighs the ties
            open_ = np.isfinite(result[0]) & ((result[0] != 0) | (len(logits) > 1))
            result[0, lost | (tied & open_)] = np.nan
        else:
            result[:, lost] = np.nan
            result[ties] = np.nan
    return results


compiled: Any = None  # may do a whole batch instead, and says whether it did: symnll.kernels puts it here


class Batch:
    """Samples in blocks: `logits` are one or two arrays (N, K), computed in the precision `working`.

    `scale` (N,) multiplies every result, `divisor` divides the derivatives, and samples in `dropped` give 0.
    """

    def __init__(self, working: Any, *logits: Array) -> None:
        self.working, self.logits = working, logits
        self.scale: Array | None = None
        self.dropped: Array | None = None
        self.divisor: Any = None

    def run(
        self,
        core: Any,
        given: tuple[Any, ...] = (),
        pivot: bool = False,
        losses: Any = None,
        slopes: tuple[Any, ...] = (),
    ) -> None:
        """Fill `losses` (N,) and every one of `slopes` (N, K), in the order of the core's results.

        `given` are the core's other arguments: (N,) indices, (N, K) arrays, numbers, or functions of a slice of samples
        that return such a block (K, B).
        """
        if compiled is not None and compiled(self, core, given, losses, slopes):
            return
        samples, classes = self.logits[0].shape
        few = classes <= FEW
        step = min(samples, MOST, max(1, BLOCK // (classes * self.working.itemsize)))
        shape = (classes, step) if few else (step, classes)
        rooms = list(np.empty((ROOMS, *shape), self.working))
        direct = bool(slopes) and not few and slopes[0].dtype == self.working and slopes[0].flags.c_contiguous
        for start in range(0, samples, step or 1):
            at = slice(start, min(start + step, samples))
            count = at.stop - start
            work = rooms if few else [room.T for room in rooms]
            if count < step:
                work = [room[:, :count] for room in work]
            if direct:
                work[0] = slopes[0][at].T
            logits = [self._block(z[at], few) for z in self.logits]
            block = [self._given(x, at, few) for x in given]
            try:
                results = core(*logits, *block, *([largest(logits[0])] if pivot else []), work)
            except NotFinite:
                results = at_the_limit(core, logits, block, pivot, work)
            self._store(
                results if isinstance(results, tuple) else (results,), at, losses, slopes, work[0] if direct else None
            )

    def _block(self, x: Array, few: bool) -> Array:
        """A block (B, K) as (K, B) in the working precision, the samples contiguous if there are few classes."""
        if few:
            return np.array(x.T, self.working, order="C")
        return np.ascontiguousarray(x, self.working).T

    def _given(self, x: Any, at: slice, few: bool) -> Any:
        if callable(x):
            return x(at)
        if not isinstance(x, np.ndarray) or x.ndim == 0:
            return x
        return x[at] if x.ndim == 1 else self._block(x[at], few)

    def _store(
        self, results: tuple[Array, ...], at: slice, losses: Any, slopes: tuple[Any, ...], direct: Array | None
    ) -> None:
        scale = None if self.scale is None else self.scale[at]
        dropped = None if self.dropped is None else self.dropped[at]
        if losses is not None:
            loss = results[0][0]
            losses[at] = loss if scale is None else loss * scale
            if dropped is not None:
                losses[at][dropped] = 0
        for slope, result in zip(slopes, results[losses is not None :], strict=True):
            if scale is not None:
                result *= scale
            if self.divisor is not None:
                result /= self.divisor
            if dropped is not None:
                result[:, dropped] = 0
            if result is not direct:
                np.copyto(slope[at].T, result, casting="unsafe")
