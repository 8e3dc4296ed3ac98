"""What every Numba kernel is made of, as source text: intrinsics, exp and log1p, loops over classes or over samples.

`{…}` are filled in by `symnll.kernels.targets.numba`. The flags are chosen with care: EXACT leaves the order
of operations alone, without which the tricks that add and subtract the same number would be simplified away. SUMS
allow partial sums. Neither assumes anything about NaN or infinities: masks are input.
"""

INTRINSICS = '''
EXACT = {"contract", "nsz"}
INLINE = {"fastmath": EXACT, "forceinline": True}
LOOP = {"cache": True, "nogil": True, "error_model": "numpy", "fastmath": EXACT}
SUMS = {**LOOP, "fastmath": {"contract", "nsz", "reassoc"}}
CHUNK = 2048  # classes at a time, so that a chunk and its exponentials stay in the first-level cache
LANES = 64  # samples at a time where the classes are few
BLOCK = 32  # float64 numbers that are added up before compensation sets in


def _llvm(name, operands):
    """LLVM's own function: Numba knows no vectorisable maximum and no fused multiply-add."""

    def typed(context, *arguments):
        def code(codegen, builder, signature, values):
            kind = values[0].type
            function = ir.FunctionType(kind, [kind] * operands)
            return builder.call(builder.module.declare_intrinsic(name, [kind], function), values)

        return arguments[0](*arguments[:1] * operands), code

    return typed


@intrinsic
def maximum(context, a, b):
    """The larger one; NaN if one is."""
    return _llvm("llvm.maximum", 2)(context, a, b)


@intrinsic
def fma(context, a, b, c):
    """a·b + c, rounded once."""
    return _llvm("llvm.fma", 3)(context, a, b, c)


@intrinsic
def times_power_of_two(context, x, shifted):
    """x·2^n, where n stands in the lowest bits of `shifted`, by an addition to x's exponent."""
    double = x is types.float64

    def code(codegen, builder, signature, values):
        integer = ir.IntType(64 if double else 32)
        x_bits, n_bits = (builder.bitcast(value, integer) for value in values)
        moved = builder.shl(n_bits, integer(52 if double else 23))
        return builder.bitcast(builder.add(x_bits, moved), values[0].type)

    return x(x, x), code


@intrinsic
def exponent_and_fraction(context, x):
    """x = 2^k·f with f in [√½, √2), for normal x > 0: (k, f)."""

    def code(codegen, builder, signature, values):
        integer = ir.IntType(64)
        bits = builder.bitcast(values[0], integer)
        moved = builder.add(bits, integer(0x3FF0000000000000 - 0x3FE6A09E667F3BCD))
        k = builder.sub(builder.lshr(moved, integer(52)), integer(1023))
        f = builder.bitcast(builder.sub(bits, builder.shl(k, integer(52))), values[0].type)
        number = builder.sitofp(builder.trunc(k, ir.IntType(32)), values[0].type)
        return codegen.make_tuple(builder, signature.return_type, (number, f))

    return types.UniTuple(x, 2)(x), code
'''

EXP = '''

@njit(fastmath=EXACT, forceinline=True)
def exp_difference_{short}(a, b):
    """2^{exponent} · exp(a − b) for a ≤ b, off by less than {bound} units in the last place."""
    d = a - b
    back = a - d
    c = (a - (d + back)) + (back - b)
    c = c if d > {type}({floor}) else {type}(0.0)
    d = maximum(d, {type}({floor}))
    shifted = fma(d, {type}({inverse}), {type}({magic}))
    n = shifted - {type}({magic})
    h = fma(n, {type}({minus_high}), d)
    l = fma(n, {type}({minus_low}), c)
    r = h + l
{horner}
    return times_power_of_two(h + fma(r * r, q, l) + {type}(1.0), shifted)


@njit(fastmath=EXACT, forceinline=True)
def unscaled_{short}(x):
    """A stored exponential, or a sum of them, without the factor 2^{exponent}."""
    return types.float64(x) * {inverse_factor}


@njit(fastmath=EXACT, forceinline=True)
def coefficient_{short}(numerator, denominator, lost):
    """numerator / (denominator + lost) / 2^{exponent} as a sum of two numbers of the logits' dtype."""
{coefficient}
'''

COEFFICIENT_32 = """\
    quotient = numerator / denominator * {inverse_factor}
    high = types.float32(quotient)
    return high, types.float32(quotient - types.float64(high))"""

COEFFICIENT_64 = """\
    high = numerator / denominator
    low = (fma(-high, denominator, numerator) - high * lost) / denominator
    return high * {inverse_factor}, low * {inverse_factor}"""

SCALARS = '''

@njit(fastmath=EXACT, forceinline=True)
def log1p(x):
    """log(1 + x) for finite x ≥ 0, off by less than {bound} units in the last place."""
    u = 1.0 + x
    back = u - 1.0
    c = (1.0 - (u - back)) + (x - back)
    k, f = exponent_and_fraction(u)
    g = f - 1.0
    s = g / (2.0 + g)
    w = s * s
{horner}
    half = 0.5 * g * g
    correction = fma(k, {low}, c / u) - (half - s * fma(w, q, half))
    base = k * {high}
    total = base + g
    return total + ((base - total) + g + correction)


@njit(fastmath=EXACT, forceinline=True)
def wide(x):
    return types.float64(x)


@njit(fastmath=EXACT, forceinline=True)
def times(a, b):
    """a·b with 0·∞ = 0."""
    return 0.0 if (a == 0.0) | (b == 0.0) else a * b


@njit(fastmath=EXACT, forceinline=True)
def two_sum(a, b):
    """a + b rounded, and what the rounding lost."""
    total = a + b
    back = total - a
    return total, (a - (total - back)) + (b - back)


@njit(fastmath=EXACT, forceinline=True)
def lost_by_sum(a, b):
    return two_sum(a, b)[1]


@njit(**LOOP)
def largest_of(x):
    m = x[0]
    for k in range(x.size):
        m = maximum(m, x[k])
    return m


@njit(**LOOP)
def position_of(x, value):
    """The first class of that value. A block is counted, not searched: that makes vector instructions."""
    for start in range(0, x.size, 64):
        block = x[start : start + 64]
        found = 0
        for k in range(block.size):
            found += block[k] == value
        if found:
            for k in range(block.size):
                if block[k] == value:
                    return start + k
    return 0


@njit(**LOOP)
def exponentials(z, shift, out):
    for k in range(z.size):
        out[k] = exp_difference(z[k], shift)


@njit(**SUMS)
def sum_32(x):
    """Σ x in float64, where sums of float32 lose nothing that matters."""
    total = 0.0
    for k in range(x.size):
        total += types.float64(x[k])
    return total, 0.0


@njit(**SUMS)
def sum_of_block(x):
    total = 0.0
    for k in range(x.size):
        total += x[k]
    return total


@njit(**LOOP)
def sum_64(x):
    """Σ x in two parts, the rounded sum and what rounding lost; within BLOCK numbers a few roundings meet in each."""
    total = lost = 0.0
    for start in range(0, x.size, BLOCK):
        total, more = two_sum(total, sum_of_block(x[start : start + BLOCK]))
        lost += more
    return total, lost


@njit(**LOOP)
def sum_except(x, one, other):
    """The sum without the entries at two places, which may be the same or lie outside."""
    here, there = 0 <= one < x.size, 0 <= other < x.size
    a = x[one] if here else x[0]
    b = x[other] if there else x[0]
    if here:
        x[one] = 0
    if there:
        x[other] = 0
    result = sum_of(x)
    if there:
        x[other] = b
    if here:
        x[one] = a
    return result


@njit(**LOOP)
def multiply(x, high, low):
    """x·(high + low) in place."""
    for k in range(x.size):
        x[k] = fma(x[k], high, x[k] * low)
'''

LANE_LOOPS = '''

# The same where the classes are few: tiles of LANES samples, classes first, so that the loops run over samples.


@njit(**LOOP)
def read_tile(z, tile):
    """The samples of z as columns, the last one repeated."""
    for r in range(LANES):
        row = z[min(r, z.shape[0] - 1)]
        for k in range(row.size):
            tile[k, r] = row[k]


@njit(**LOOP)
def write_tile(tile, out):
    for r in range(out.shape[0]):
        row = out[r]
        for k in range(row.size):
            row[k] = tile[k, r]


@njit(**LOOP)
def largest_in_lanes(tile, m):
    first = tile[0]
    for r in range(LANES):
        m[r] = first[r]
    for k in range(1, tile.shape[0]):
        line = tile[k]
        for r in range(LANES):
            m[r] = maximum(m[r], line[r])


@njit(**LOOP)
def positions_in_lanes(tile, m, position):
    for k in range(tile.shape[0]):
        line, number = tile[k], np.int32(k)
        for r in range(LANES):
            position[r] = number if line[r] == m[r] else position[r]


@njit(**LOOP)
def exponentials_in_lanes(tile, shift, out):
    for k in range(tile.shape[0]):
        line, result = tile[k], out[k]
        for r in range(LANES):
            result[r] = exp_difference(line[r], shift[r])


@njit(**LOOP)
def sum_in_lanes_except(tile, one, other, total, lost):
    """Sums over the classes without two of them, with compensation."""
    for r in range(LANES):
        total[r] = 0.0
        lost[r] = 0.0
    for k in range(tile.shape[0]):
        line, number = tile[k], np.int32(k)
        for r in range(LANES):
            out = (one[r] == number) | (other[r] == number)
            x = types.float64(line[r])
            total[r], more = two_sum(total[r], 0.0 if out else x)
            lost[r] += more


@njit(**LOOP)
def multiply_lanes(tile, high, low):
    for k in range(tile.shape[0]):
        line = tile[k]
        for r in range(LANES):
            line[r] = fma(line[r], high[r], line[r] * low[r])


@njit(**LOOP)
def sum_in_lanes(tile, total, lost):
    for r in range(LANES):
        total[r] = 0.0
        lost[r] = 0.0
    for k in range(tile.shape[0]):
        line = tile[k]
        for r in range(LANES):
            total[r], more = two_sum(total[r], line[r])
            lost[r] += more
'''

DISPATCH = """

def exp_difference(a, b):
    raise NotImplementedError("Only compiled code calls this.")


@overload(exp_difference, jit_options=INLINE)
def _exp_difference(a, b):
    one = exp_difference_32 if a is types.float32 else exp_difference_64
    return lambda a, b: one(a, b)


def unscaled(x):
    raise NotImplementedError("Only compiled code calls this.")


@overload(unscaled, jit_options=INLINE)
def _unscaled(x):
    one = unscaled_32 if x is types.float32 else unscaled_64
    return lambda x: one(x)


def unscaled_sum(x, like):
    raise NotImplementedError("Only compiled code calls this.")


@overload(unscaled_sum, jit_options=INLINE)
def _unscaled_sum(x, like):
    one = unscaled_32 if like is types.float32 else unscaled_64
    return lambda x, like: one(x)


def coefficient(numerator, denominator, lost, like):
    raise NotImplementedError("Only compiled code calls this.")


@overload(coefficient, jit_options=INLINE)
def _coefficient(numerator, denominator, lost, like):
    one = coefficient_32 if like is types.float32 else coefficient_64
    return lambda numerator, denominator, lost, like: one(numerator, denominator, lost)


def sum_of(x):
    raise NotImplementedError("Only compiled code calls this.")


@overload(sum_of, jit_options={"forceinline": True})
def _sum_of(x):
    one = sum_32 if x.dtype is types.float32 else sum_64
    return lambda x: one(x)
"""
