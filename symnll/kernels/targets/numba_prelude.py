"""What every Numba kernel is made of, as source text: intrinsics, exp, and which of two functions a dtype has.

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
BLOCK = 128  # float64 numbers that are added up before compensation sets in
PIECE = 256  # classes whose successors are fetched from memory at a time, while these are computed with
PLACES = 512  # classes among which the largest is looked for at a time


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
def span(context, x, start, count):
    """`count` numbers of a contiguous array, in whatever shape, from a place that is counted through all of it.

    The view does not count as a reference, so that taking one costs nothing; the array has to outlive it."""
    kind = types.Array(x.dtype, 1, "C")

    def code(codegen, builder, signature, values):
        array = codegen.make_array(signature.args[0])(codegen, builder, values[0])
        view = codegen.make_array(kind)(codegen, builder)
        place, number = (codegen.cast(builder, v, t, types.intp) for v, t in zip(values[1:], signature.args[1:]))
        size = codegen.get_constant(types.intp, codegen.get_abi_sizeof(codegen.get_data_type(x.dtype)))
        view.data, view.itemsize, view.nitems = builder.gep(array.data, [place]), size, number
        view.shape, view.strides = cgutils.pack_array(builder, [number]), cgutils.pack_array(builder, [size])
        view.meminfo, view.parent = view.meminfo.type(None), view.parent.type(None)
        return view._getvalue()

    return kind(x, start, count), code


def _prefetch(writing):
    def typed(context, x, k):
        def code(codegen, builder, signature, values):
            array = codegen.make_array(signature.args[0])(codegen, builder, values[0])
            small, byte = ir.IntType(32), ir.IntType(8).as_pointer()
            kind = ir.FunctionType(ir.VoidType(), [byte, small, small, small])
            function = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
            place = builder.bitcast(builder.gep(array.data, [values[1]]), byte)
            builder.call(function, [place, small(writing), small(2), small(1)])  # to the second-level cache; data
            return codegen.get_dummy_value()

        return types.void(x, k), code

    return typed


@intrinsic
def will_read(context, x, k):
    """x[k] is fetched from memory, since it will be read soon. There need not be such an entry."""
    return _prefetch(0)(context, x, k)


@intrinsic
def will_write(context, x, k):
    """The same for an entry that will be written."""
    return _prefetch(1)(context, x, k)


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
def exp_part_{short}(a, magic, floor):
    """exp(a − b) / unit(b), a ≤ b, off by less than {part_bound} units in the last place; see `reduction`."""
    a = floor if floor > a else a
    shifted = fma(a, {type}({inverse}), magic)
    n = shifted - magic
    r = fma(n, {type}({minus_second}), fma(n, {type}({minus_first}), a))
    square = r * r
{even}
{odd}
    return times_power_of_two(fma(square, fma(odd, r, even), r) + {type}(1.0), shifted)


@njit(fastmath=EXACT, forceinline=True)
def reduction_{short}(b):
    """What exp_part needs to know of b, the largest logit: what rounds, the floor, and unit(b) in two parts.

    unit(b) = 2^−{exponent} · exp(m log 2 − b); where |b| is too large for exp_part it is 2^−{exponent}."""
    m = fma(b, {type}({inverse}), {type}({plain_magic})) - {type}({plain_magic})
    unit, rest = exp_of_remainder(types.float64(m), types.float64(b))
    unit, rest = (unit, rest) if abs(b) <= {type}({limit}) else (1.0, 0.0)
    return {type}({magic}) - m, b + {type}({floor}), unit * {inverse_factor}, rest * {inverse_factor}


@njit(fastmath=EXACT, forceinline=True)
def is_moderate_{short}(b):
    """Whether exp_part may be taken for this largest logit."""
    return abs(b) <= {type}({limit})


@njit(fastmath=EXACT, forceinline=True)
def unscaled_{short}(x):
    """What exp_difference gives without the factor 2^{exponent}."""
    return types.float64(x) * {inverse_factor}


@njit(fastmath=EXACT, forceinline=True)
def coefficient_{short}(numerator, denominator, lost, unit, rest):
    """numerator / (denominator + lost) · (unit + rest) as a sum of two numbers of the logits' dtype."""
{coefficient}
'''

REMAINDER = '''
@njit(fastmath=EXACT, forceinline=True)
def exp_of_remainder(m, b):
    """exp(m log 2 − b) for an integer m near b / log 2, in two parts, off by less than {bound} units of the first."""
    h, l = fma(m, {first}, -b), m * {second}
    r = h + l
    back = r - h
    rest = (h - (r - back)) + (l - back)
{horner}
    tail = fma(r * r, q, rest)
    y = r + tail
    back = y - r
    lost = (r - (y - back)) + (tail - back)
    high = 1.0 + y
    return high, (1.0 - high) + y + lost
'''

COEFFICIENT_32 = """\
    quotient = numerator / denominator * unit
    high = types.float32(quotient)
    return high, types.float32(quotient - types.float64(high))"""

COEFFICIENT_64 = """\
    quotient = numerator / denominator
    more = (fma(-quotient, denominator, numerator) - quotient * lost) / denominator
    high = quotient * unit
    return high, fma(quotient, unit, -high) + quotient * rest + more * unit"""

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


def exp_part(a, magic, floor):
    raise NotImplementedError("Only compiled code calls this.")


@overload(exp_part, jit_options=INLINE)
def _exp_part(a, magic, floor):
    one = exp_part_32 if a is types.float32 else exp_part_64
    return lambda a, magic, floor: one(a, magic, floor)


def reduction(b):
    raise NotImplementedError("Only compiled code calls this.")


@overload(reduction, jit_options=INLINE)
def _reduction(b):
    one = reduction_32 if b is types.float32 else reduction_64
    return lambda b: one(b)


def is_moderate(b):
    raise NotImplementedError("Only compiled code calls this.")


@overload(is_moderate, jit_options=INLINE)
def _is_moderate(b):
    one = is_moderate_32 if b is types.float32 else is_moderate_64
    return lambda b: one(b)


def coefficient(numerator, denominator, lost, unit, rest, like):
    raise NotImplementedError("Only compiled code calls this.")


@overload(coefficient, jit_options=INLINE)
def _coefficient(numerator, denominator, lost, unit, rest, like):
    one = coefficient_32 if like is types.float32 else coefficient_64
    return lambda numerator, denominator, lost, unit, rest, like: one(numerator, denominator, lost, unit, rest)


def sum_of(x):
    raise NotImplementedError("Only compiled code calls this.")


@overload(sum_of, jit_options={"forceinline": True})
def _sum_of(x):
    one = sum_32 if x.dtype is types.float32 else sum_64
    return lambda x: one(x)
"""
