#!/usr/bin/env python3
"""Writes vectors.hpp: systems with known covariances, and what the metrics' definitions say of them in double precision.

    make_vectors.py           writes the file beside this script
    make_vectors.py --check   fails if the file is not what would be written

Plain Python, slow and direct: every cut of every system is valued, so that the library's searches have something to be wrong against.
"""
import math
import sys
from pathlib import Path

TARGET = Path(__file__).with_name("vectors.hpp")


# ---- linear algebra on lists of lists

def eye(n, scale=1.0):
    return [[scale if i == j else 0.0 for j in range(n)] for i in range(n)]


def diagonal(values):
    return [[v if i == j else 0.0 for j in range(len(values))] for i, v in enumerate(values)]


def product(a, b):
    columns = list(zip(*b))
    return [[math.fsum(x * y for x, y in zip(row, column)) for column in columns] for row in a]


def transpose(a):
    return [list(row) for row in zip(*a)]


def plus(a, b, scale=1.0):
    return [[x + scale * y for x, y in zip(r, s)] for r, s in zip(a, b)]


def part(a, rows, columns=None):
    columns = rows if columns is None else columns
    return [[a[i][j] for j in columns] for i in rows]


def cholesky(a):
    factor = []
    for i, row in enumerate(a):
        out = []
        for j in range(i):
            out.append((row[j] - sum(x * y for x, y in zip(out, factor[j]))) / factor[j][j])
        out.append(math.sqrt(row[i] - sum(x * x for x in out)))
        factor.append(out)
    return factor


def log_det(a):
    return 2.0 * math.fsum(math.log(row[-1]) for row in cholesky(a))


def solve(a, b):
    """a^-1 b for symmetric positive definite a."""
    factor = cholesky(a)
    n = len(a)
    columns = []
    for column in zip(*b):
        y = []
        for i in range(n):
            y.append((column[i] - sum(factor[i][k] * y[k] for k in range(i))) / factor[i][i])
        for i in reversed(range(n)):
            y[i] = (y[i] - sum(factor[k][i] * y[k] for k in range(i + 1, n))) / factor[i][i]
        columns.append(y)
    return transpose(columns)


def open_part(present, across, past):
    """Cov(Y | X)"""
    return plus(present, product(across, solve(past, transpose(across))), -1.0)


def stationary(a, noise):
    """The covariance of x[t] = a x[t-1] + e, Cov(e) = noise, by doubling."""
    covariance, power = noise, a
    for _ in range(40):
        covariance = plus(covariance, product(product(power, covariance), transpose(power)))
        power = product(power, power)
    return covariance


def autoregressive(a, noise=None):
    """Past, present and across of a stationary linear system."""
    covariance = stationary(a, noise or eye(len(a)))
    return covariance, covariance, product(a, covariance)


class Source:
    """Knuth's 64-bit congruential generator: the same numbers everywhere."""

    def __init__(self, seed):
        self.state = seed

    def uniform(self):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 11) / 2**53

    def normal(self):
        return math.sqrt(-2.0 * math.log(1.0 - self.uniform())) * math.cos(2.0 * math.pi * self.uniform())

    def matrix(self, rows, columns):
        return [[self.normal() for _ in range(columns)] for _ in range(rows)]


# ---- the definitions

def standardised(past, present, across, shrinkage):
    n = len(past)
    p = [math.sqrt(past[i][i]) for i in range(n)]
    q = [math.sqrt(present[i][i]) for i in range(n)]
    keep = 1.0 - shrinkage
    mixed = lambda m, u, v, own: [[(1.0 if own and i == j else keep * m[i][j] / (u[i] * v[j])) for j in range(n)] for i in range(n)]
    return mixed(past, p, p, True), mixed(present, q, q, True), mixed(across, q, p, False)


def flow(system, everything, members):
    past, present, across = system
    left = open_part(part(present, members), part(across, members), part(past, members))
    return log_det(left) - log_det(part(everything, members))


def phi(past, present, across, shrinkage=0.0, samples=None):
    live = [i for i in range(len(past)) if past[i][i] > 1e-12 and present[i][i] > 1e-12]
    if len(live) < 2:
        return dict(phi=0.0, raw=0.0, recurrent=0.0, floor=0.0, cut=0, unique=False, live=len(live))
    system = standardised(*(part(m, live) for m in (past, present, across)), shrinkage)
    everything = open_part(system[1], system[2], system[0])
    n = len(live)
    values = []
    weakest = math.inf
    for cut in range(1, 1 << (n - 1)):
        inside = [i for i in range(n) if cut >> i & 1]
        outside = [i for i in range(n) if not cut >> i & 1]
        inward, outward = flow(system, everything, inside), flow(system, everything, outside)
        weakest = min(weakest, inward, outward)
        values.append((0.25 * (inward + outward), cut))
    values.sort()
    raw, cut = values[0]
    side = bin(cut).count("1")
    links = side * (n - side)
    floor = (links + 2.0 * math.sqrt(links)) / (2.0 * samples) if samples else 0.0
    return dict(phi=max(0.0, raw) if raw > floor else 0.0, raw=raw, floor=floor, live=n,
                recurrent=max(0.0, 0.5 * weakest) if 0.5 * weakest > floor else 0.0,
                cut=sum(1 << live[i] for i in range(n) if cut >> i & 1),
                unique=len(values) == 1 or values[1][0] - raw > 1e-4)


def integration(covariance, sizes):
    n = len(covariance)
    scale = [math.sqrt(covariance[i][i]) for i in range(n)]
    r = [[covariance[i][j] / (scale[i] * scale[j]) for j in range(n)] for i in range(n)]
    modules, first = [], 0
    for size in sizes:
        modules.append(list(range(first, first + size)))
        first += size
    count = len(sizes)
    gather = lambda cut: [i for m in range(count) if cut >> m & 1 for i in modules[m]]
    entropy = lambda cut: log_det(part(r, gather(cut)))
    everything = (1 << count) - 1
    whole = entropy(everything)
    best = min((1.0 - math.exp(-(entropy(cut) + entropy(everything ^ cut) - whole) / min(len(gather(cut)), len(gather(everything ^ cut)))), cut)
               for cut in range(1, 1 << (count - 1)))
    total = 0.5 * (sum(entropy(1 << m) for m in range(count)) - whole)
    dual = 0.5 * (sum(entropy(everything ^ 1 << m) for m in range(count)) - (count - 1) * whole)
    return dict(share=max(0.0, best[0]), total=total, normalised=1.0 - math.exp(-2.0 * total / (n - max(sizes))), o=total - dual)


def agency(before, action, effect_before, effect_action, noise, before_action=None):
    """The covariance of (s, a, y) with y = effect_before s + effect_action a + e, and what follows from it."""
    s, a = len(before), len(action)
    across = before_action or [[0.0] * a for _ in range(s)]
    known = [before[i] + across[i] for i in range(s)] + [list(transpose(across)[i]) + action[i] for i in range(a)]
    weights = [effect_before[i] + effect_action[i] for i in range(len(noise))]
    after = product(weights, known)
    final = plus(product(after, transpose(weights)), noise)
    joint = [known[i] + [row[i] for row in after] for i in range(s + a)] + [after[i] + final[i] for i in range(len(noise))]
    without = open_part(final, [row[:s] for row in after], before)
    e0 = sum(without[i][i] for i in range(len(noise)))
    e1 = sum(noise[i][i] for i in range(len(noise)))
    own = product(product(effect_action, action), transpose(effect_action))
    own = sum(own[i][i] for i in range(len(noise)))
    return joint, (s, a, len(noise)), dict(share=max(0.0, 1.0 - e1 / e0), counterfactual=own / (own + e1) if own + e1 > 0 else 0.0)


# ---- the systems

def ring(n, r):
    """One way round."""
    return autoregressive([[r if j == (i - 1) % n else 0.0 for j in range(n)] for i in range(n)])


def two_way_ring(n, own, neighbour):
    return autoregressive([[own if i == j else neighbour if (i - j) % n in (1, n - 1) else 0.0 for j in range(n)] for i in range(n)])


def random_coupling(n, seed, strength):
    source = Source(seed)
    return [[strength * source.normal() / math.sqrt(n) for _ in range(n)] for _ in range(n)], source


def random_system(n, seed):
    a, source = random_coupling(n, seed, 0.6)
    mix = plus(eye(n), source.matrix(n, n), 0.3)
    return autoregressive(a, product(mix, transpose(mix)))


def blocks(first, second, seed, across):
    n = first + second
    a, _ = random_coupling(n, seed, 0.6)
    a = [[a[i][j] * (math.sqrt(2.0) if (i < first) == (j < first) else across) for j in range(n)] for i in range(n)]
    for i in range(n):  # every block is a strong ring
        start, size = (0, first) if i < first else (first, second)
        a[i][start + (i - start + 1) % size] += 0.45
        a[i] = [0.8 * x for x in a[i]]
    radius = max(sum(abs(x) for x in row) for row in a)
    return autoregressive([[0.9 * x / max(radius, 0.9) for x in row] for row in a])


def rescaled(system, scale):
    return tuple([[m[i][j] * scale[i] * scale[j] for j in range(len(m))] for i in range(len(m))] for m in system)


def permuted(system, order):
    return tuple(part(m, order) for m in system)


def with_dead_unit(system):
    return tuple([row + [0.0] for row in m] + [[0.0] * (len(m) + 1)] for m in system)


def phi_cases():
    nothing = [[0.0] * 3 for _ in range(3)]
    copies = lambda noise: ([[1.0 + (noise if i == j else 0.0) for j in range(4)] for i in range(4)],) * 2 + ([[0.9] * 4 for _ in range(4)],)
    weak = blocks(4, 4, 3, 0.3)
    scale = [1e-3, 30.0, 1.0, 4e2, 0.2, 5.0, 1e-2, 80.0]
    yield "white noise of different scales", rescaled(autoregressive([[0.0] * 4 for _ in range(4)]), scale[:4]), {}, 0.0
    yield "independent but predictable units", autoregressive(diagonal([0.9, 0.5, -0.7, 0.3, 0.8, 0.1])), {}, 0.0
    p, m = 1 / (1 - 0.6**2), 1 / (1 - 0.2**2)  # a = 0.4, c = 0.2
    s, g = (p + m) / 2, (0.6 * p + 0.2 * m) / 2
    yield "a symmetric pair", autoregressive([[0.4, 0.2], [0.2, 0.4]]), {}, 0.5 * math.log(s - g * g / s)
    yield "one unit drives the other", autoregressive([[0.5, 0.0], [0.6, 0.5]]), {}, None
    yield "shared noise, no coupling", autoregressive(eye(2, 0.6), [[1.0, 0.9], [0.9, 1.0]]), {}, 0.0
    yield "noisy copies of one unit", copies(1e-2), {}, None
    yield "exact copies of one unit", copies(0.0), dict(shrinkage=1e-3), None
    yield "two systems of three", blocks(3, 3, 5, 0.0), {}, 0.0
    yield "two systems of four, weakly coupled", weak, {}, None
    yield "the same in other units", rescaled(weak, scale), {}, None
    yield "the same in another order", permuted(weak, [5, 0, 7, 3, 1, 6, 4, 2]), {}, None
    yield "ring of 6, r = 0.8", ring(6, 0.8), {}, -0.5 * math.log(1 - 0.64)
    yield "ring of 12, r = 0.9", ring(12, 0.9), {}, -0.5 * math.log(1 - 0.81)
    yield "rotation, r = 0.7", autoregressive([[0.0, 0.7], [-0.7, 0.0]]), {}, -0.5 * math.log(1 - 0.49)
    for c in (0.05, 0.15, 0.25, 0.4):
        yield f"two-way ring of 8, c = {c}", two_way_ring(8, 0.15, c), {}, None
    yield "random, 6 units", random_system(6, 11), {}, None
    yield "random, 8 units", random_system(8, 12), {}, None
    yield "random, 10 units", random_system(10, 13), {}, None
    yield "random, 12 units", random_system(12, 14), {}, None
    yield "a chain of 5", autoregressive([[0.5 if i == j else 0.6 if j == i - 1 else 0.0 for j in range(5)] for i in range(5)]), {}, None
    a, _ = random_coupling(5, 15, 0.6)
    yield "unit 4 alone", autoregressive([[a[i][j] if (i < 4) == (j < 4) else 0.0 for j in range(5)] for i in range(5)]), {}, 0.0
    yield "all to all", autoregressive([[0.95 / 6] * 6 for _ in range(6)]), {}, None
    yield "random, shrunk by 0.1", random_system(6, 11), dict(shrinkage=0.1), None
    a, source = random_coupling(5, 16, 0.7)
    mix = source.matrix(5, 5)
    past = plus(product(mix, transpose(mix)), eye(5))
    yield "the variance grows", (past, plus(product(product(a, past), transpose(a)), eye(5)), product(a, past)), {}, None
    yield "two systems of 5 and 9", blocks(5, 9, 17, 0.3), {}, None
    yield "a dead unit in a ring", with_dead_unit(ring(3, 0.8)), {}, -0.5 * math.log(1 - 0.64)
    yield "nothing lives", (nothing, nothing, nothing), {}, 0.0
    yield "below what chance would show", two_way_ring(8, 0.15, 0.05), dict(samples=512.0), 0.0
    yield "above what chance would show", two_way_ring(8, 0.15, 0.05), dict(samples=4096.0), None


def integration_cases():
    correlated = lambda n, r: [[1.0 if i == j else r for j in range(n)] for i in range(n)]
    yield "unrelated", diagonal([1.0, 4.0, 1.0, 9.0, 1.0, 0.5]), (2, 3, 1)
    yield "nearly copies", [[1.0 + (0.02 if i == j else 0.0) for j in range(3)] for i in range(3)], (1, 1, 1)
    yield "four, correlated by 0.6", correlated(4, 0.6), (1, 1, 1, 1)
    yield "one stands alone", [[1.0, 0.9, 0.0], [0.9, 1.0, 0.0], [0.0, 0.0, 1.0]], (1, 1, 1)
    yield "the third is the sum of two and noise", [[1.0, 0.0, 1.0], [0.0, 1.0, 1.0], [1.0, 1.0, 3.0]], (1, 1, 1)
    mix = Source(21).matrix(9, 12)
    yield "random", product(mix, transpose(mix)), (4, 3, 2)
    yield "a chain", [[0.8 ** abs(i - j) for j in range(3)] for i in range(3)], (1, 1, 1)
    yield "a pair", correlated(2, 0.7), (1, 1)
    mix = Source(22).matrix(8, 10)
    yield "five modules", product(mix, transpose(mix)), (2, 1, 2, 1, 2)


def agency_cases():
    for r in (0.0, 0.3, 0.7, 1.0):
        f = [[0.5, 0.2, 0.0], [0.0, 0.4, 0.1], [0.3, 0.0, 0.6]]
        b = [[math.sqrt(r), 0.0], [0.0, math.sqrt(r)], [math.sqrt(r / 2), math.sqrt(r / 2)]]
        yield f"own share {r}", agency(eye(3, 2.0), eye(2), f, b, eye(3, 1.0 - r))
    w = 0.7
    yield "amplitudes mixed 0.7 to 0.3", agency(eye(2), eye(2), eye(2, 0.5), eye(2, w), eye(2, (1 - w)**2))
    k = [[0.9, 0.3], [-0.4, 0.8]]  # a = k s + dither
    action = plus(product(k, transpose(k)), eye(2), 0.01)
    yield "closed loop with a little dither", agency(eye(2), action, eye(2, 0.2), eye(2), eye(2, 0.1), transpose(k))
    yield "all is known before", agency(eye(2), eye(2), eye(2, 0.7), eye(2, 0.0), eye(2, 1e-14))
    yield "a hidden cause moves both", agency(eye(1), eye(1), [[0.0]], [[0.8]], [[0.36]])


def confidence_cases():
    yield "calibrated", math.log(4.0), 1.0
    yield "claims a quarter", math.log(16.0), 4.0
    yield "claims half", math.log(8.0), 2.0
    yield "claims no skill and has it", 0.0, 0.25
    yield "bluff", math.log(4.0), 4.0
    yield "no better than the mean", 0.0, 1.0
    yield "knows when it errs", 0.5 * (math.log(100.0) + math.log(1.0 / 0.49)), 1.0
    yield "mistakes when it errs", 0.5 * (math.log(100.0) + math.log(1.0 / 0.49)), 0.5 * (49.0 + 0.01 / 0.49)
    yield "honest and bad", -math.log(1.5), 1.0


# ---- writing them down

def number(x):
    text = f"{x:.9g}" if abs(x) > 1e-12 else "0"
    return (text if any(c in text for c in ".e") else text + ".0") + "f" if text != "0" else text


def exact(x):
    return f"{x:.9f}".rstrip("0").ljust(3, "0") if abs(x) > 1e-9 else "0.0"


def wrapped(items, indent="    "):
    lines, line = [], indent
    for item in items:
        if len(line) + len(item) + 2 > 138:
            lines.append(line.rstrip())
            line = indent
        line += item + ", "
    return "\n".join(lines + [line.rstrip()])


def packed(matrix):
    return [number(matrix[i][j]) for i in range(len(matrix)) for j in range(i + 1)]


def joined(past, present, across):
    n = len(past)
    return [[past[i][j] for j in range(n)] + [across[j][i] for j in range(n)] for i in range(n)] + [across[i] + present[i] for i in range(n)]


def written():
    out = ["// Systems whose covariances are known, and what the definitions say of them. Written by make_vectors.py: do not edit.",
           "#pragma once", "", "#include <cstdint>", "", "namespace vectors {", "",
           "struct phi_case {", "    const char* name;", "    std::uint32_t units;", "    float shrinkage;", "    float samples;",
           "    double phi;", "    double raw;", "    double recurrent;", "    double floor;", "    std::uint32_t cut;  // 0: several are as weak",
           "    std::uint32_t live;", "    const float* pairs;  // packed covariance of (past, present)", "};", ""]
    table, known = [], {}
    for i, (name, system, options, closed) in enumerate(phi_cases()):
        r = phi(*system, **options)
        if closed is not None and abs(r["phi"] - closed) > 1e-9:
            raise SystemExit(f"{name}: the definition says {r['phi']}, the closed form {closed}")
        numbers = wrapped(packed(joined(*system)))
        if numbers not in known:
            out += [f"inline constexpr float phi_pairs_{i}[] = {{", numbers, "};"]
        place = known.setdefault(numbers, i)
        cut = r["cut"] if r["unique"] and not name.startswith("ring") else 0
        table.append(f'    {{"{name}", {len(system[0])}, {number(options.get("shrinkage", 0.0))}, {number(options.get("samples", 0.0))}, {exact(r["phi"])}, '
                     f'{exact(r["raw"])},\n     {exact(r["recurrent"])}, {exact(r["floor"])}, {cut}, {r["live"]}, phi_pairs_{place}}},')
    out += ["", "inline constexpr phi_case phi_cases[] = {"] + table + ["};", "",
            "struct integration_case {", "    const char* name;", "    std::uint32_t sizes[5];", "    double share;", "    double total;",
            "    double normalised;", "    double o_information;", "    const float* pairs;", "};", ""]
    table = []
    for i, (name, covariance, sizes) in enumerate(integration_cases()):
        r = integration(covariance, sizes)
        out += [f"inline constexpr float integration_pairs_{i}[] = {{", wrapped(packed(covariance)), "};"]
        table.append(f'    {{"{name}", {{{", ".join(map(str, sizes))}}}, {exact(r["share"])}, {exact(r["total"])}, {exact(r["normalised"])}, '
                     f'{exact(r["o"])},\n     integration_pairs_{i}}},')
    out += ["", "inline constexpr integration_case integration_cases[] = {"] + table + ["};", "",
            "struct agency_case {", "    const char* name;", "    std::uint32_t before;", "    std::uint32_t action;", "    std::uint32_t after;",
            "    double share;", "    double counterfactual;", "    const float* pairs;  // packed covariance of (before, action, after)", "};", ""]
    table = []
    for i, (name, (joint, sizes, r)) in enumerate(agency_cases()):
        out += [f"inline constexpr float agency_pairs_{i}[] = {{", wrapped(packed(joint)), "};"]
        table.append(f'    {{"{name}", {sizes[0]}, {sizes[1]}, {sizes[2]}, {exact(r["share"])}, {exact(r["counterfactual"])}, agency_pairs_{i}}},')
    out += ["", "inline constexpr agency_case agency_cases[] = {"] + table + ["};", "",
            "struct confidence_case {", "    const char* name;", "    float log_ratio;", "    float z2;", "    double confidence;", "};", "",
            "inline constexpr confidence_case confidence_cases[] = {"]
    for name, log_ratio, z2 in confidence_cases():
        out.append(f'    {{"{name}", {number(log_ratio)}, {number(z2)}, {exact(max(0.0, 1.0 - math.exp(-(log_ratio - z2 + 1.0))))}}},')
    out += ["};", "", "}  // namespace vectors", ""]
    return "\n".join(out)


def main():
    text = written()
    if sys.argv[1:] == ["--check"]:
        if not TARGET.exists() or TARGET.read_text() != text:
            raise SystemExit(f"{TARGET.name} is not what {Path(__file__).name} writes")
        print(f"{TARGET.name} is up to date")
    elif sys.argv[1:]:
        raise SystemExit(__doc__)
    else:
        TARGET.write_text(text)


if __name__ == "__main__":
    main()
