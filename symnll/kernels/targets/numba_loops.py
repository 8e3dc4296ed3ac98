"""More of what every Numba kernel is made of, as source text: log1p, loops over classes, loops over samples."""

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
def in_units(total, lost, unit, rest):
    """(total + lost)·(unit + rest)."""
    return fma(total, unit, lost * unit + total * rest)


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
def last_place_of(x, value):
    place = 0
    for k in range(x.size):
        place = k if x[k] == value else place
    return place


@njit(**LOOP)
def largest_and_place(x):
    """The largest entry, NaN if there is one, and a class where it is."""
    m, place = x[0], 0
    for start in range(0, x.size, PLACES):
        here = largest_of(span(x, start, min(PLACES, x.size - start)))
        if here > m or here != here:
            m, place = here, start
    return m, place + last_place_of(span(x, place, min(PLACES, x.size - place)), m)


@njit(**LOOP)
def exponentials(z, shift, magic, floor, out, ahead, kept):
    """exp(z − shift) / unit(shift). Meanwhile what stands `ahead` of z in memory is fetched, the next sample, and, if
    the results are `kept`, the place of its results."""
    if not is_moderate(shift):
        for k in range(z.size):
            out[k] = exp_difference(z[k], shift)
        return
    for start in range(0, z.size, PIECE):
        count = min(PIECE, z.size - start)
        for k in range(start + ahead, start + ahead + count, 64 // z.itemsize):
            will_read(z, k)
            if kept:
                will_write(out, k)
        exponential_parts(span(z, start, count), magic, floor, span(out, start, count))


@njit(**LOOP)
def exponential_parts(z, magic, floor, out):
    for k in range(z.size):
        out[k] = exp_part(z[k], magic, floor)


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
        total, more = two_sum(total, sum_of_block(span(x, start, min(BLOCK, x.size - start))))
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
def reductions_in_lanes(shift, magic, floor, unit, rest):
    """`reduction` for every sample; the result is how many of their shifts are too large for it."""
    for r in range(LANES):  # two loops, because LLVM gives up where too many arrays might overlap
        magic[r], floor[r], _, _ = reduction(shift[r])
    for r in range(LANES):
        _, _, unit[r], rest[r] = reduction(shift[r])
    large = 0
    for r in range(LANES):
        large += not is_moderate(shift[r])
    return large


@njit(**LOOP)
def exponentials_in_lanes(tile, shift, magic, floor, out, large):
    for k in range(tile.shape[0]):
        line, result = tile[k], out[k]
        for r in range(LANES):
            result[r] = exp_part(line[r], magic[r], floor[r])
        if large:
            for r in range(LANES):
                result[r] = result[r] if is_moderate(shift[r]) else exp_difference(line[r], shift[r])


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
