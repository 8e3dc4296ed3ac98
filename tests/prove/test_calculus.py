"""Derivatives of losses, by abstract points, through matrices, and of unknown functions."""

from __future__ import annotations

import pytest
from sympy import Integer, evaluate, pi, tanh

from symnll.language import At, Eq, ForAll, Gt, Larger, Lt, Ne, family, real, vector
from tests.prove.forms import (
    B,
    D,
    K,
    P,
    S,
    W,
    X,
    Zs,
    a,
    b,
    data,
    delta,
    density,
    dv,
    ex,
    f,
    h,
    half,
    i,
    inv,
    j,
    jj,
    k,
    label,
    lam,
    lg,
    m,
    mu,
    one,
    p,
    proved,
    q,
    refuted,
    s,
    sg,
    sig,
    sm,
    sq,
    t,
    tau,
    th,
    u,
    u2,
    w,
    x,
    y,
    z,
)

th2, py = real("theta2"), vector("py", K)
smF = family(lambda n: sm(n), K)
Lp = -S(w[k] * lg(py[k]), k)
normalised = ForAll(Eq(S(density(k, th2), k), 1), th2)


def pk(n):
    """The softmax of W x + b."""
    return dv(ex(S(W[n, u] * X[u], u) + B[n]), S(ex(S(W[jj, u] * X[u], u) + B[jj]), jj))


def pN(n, m):
    """The softmax of W x, for sample n."""
    return dv(ex(S(W[m, u] * data[n, u], u)), S(ex(S(W[jj, u] * data[n, u], u)), jj))


with evaluate(False):
    TRUE = {
        "ch1": (Eq(S(At(D(Lp, py[j]), py, smF) * D(sm(j), z[i]), j), D(-S(w[k] * lg(sm(k)), k), z[i])),),
        "ch2": (Eq(At(D(Lp, py[j]), py, smF), -dv(w[j], sm(j))),),
        "ch3": (Eq(S((1 - delta(j, i)) * w[j] * sm(i), j), sm(i) * S(w[j], j) - sm(i) * w[i]),),
        "ch4": (Eq(D(D(lg(Zs), z[i]), z[j]), sm(i) * (delta(i, j) - sm(j))),),
        "mat1": (Eq(D(-lg(pk(t)), W[m, u2]), (pk(m) - delta(m, t)) * X[u2]),),
        "mat2": (Eq(D(-lg(pk(t)), B[m]), pk(m) - delta(m, t)),),
        "mat3": (Eq(D(-lg(pk(t)), X[u2]), S(pk(k) * W[k, u2], k) - W[t, u2]),),
        "mat4": (Eq(D(-S(lg(pN(s, label[s])), s), W[m, u2]), S((pN(s, m) - delta(m, label[s])) * data[s, u2], s)),),
        "gau1": (Eq(D(dv((x - mu) ** 2, 2 * sig**2) + lg(sig), sig), inv(sig) - dv((x - mu) ** 2, sig**3)),),
        "gau2": (Eq(D(dv((x - mu) ** 2, 2 * sig**2) + lg(sig), mu), dv(mu - x, sig**2)),),
        "gau3": (
            Eq(
                -lg(dv(one, sq(2 * pi) * sig) * ex(-dv((x - mu) ** 2, 2 * sig**2))),
                dv((x - mu) ** 2, 2 * sig**2) + lg(sig) + half * lg(2 * pi),
            ),
        ),
        "gau4": (
            Eq(
                -lg(inv(sq(2 * pi * sig**2)) * ex(-dv((x - mu) ** 2, 2 * sig**2))),
                half * lg(2 * pi) + half * lg(sig**2) + dv((x - mu) ** 2, 2 * sig**2),
            ),
        ),
        "gau5": (
            Eq(
                D(-lg(inv(sq(2 * pi * sig)) * ex(-dv((x - mu) ** 2, 2 * sig))), sig),
                inv(2 * sig) - dv((x - mu) ** 2, 2 * sig**2),
            ),
        ),
        "temp1": (
            Eq(
                D(-lg(dv(ex(z[t] / tau), S(ex(z[k] / tau), k))), z[m]),
                (dv(ex(z[m] / tau), S(ex(z[k] / tau), k)) - delta(m, t)) / tau,
            ),
        ),
        "temp2": (
            Eq(D(lg(S(ex(z[k] / tau), k)), tau), -dv(S(z[k] * ex(z[k] / tau), k), tau**2 * S(ex(z[k] / tau), k))),
        ),
        "temp3": (
            Eq(
                D(-lg(dv(ex(z[t] / tau), S(ex(z[k] / tau), k))), tau),
                dv(z[t] - dv(S(z[k] * ex(z[k] / tau), k), S(ex(z[k] / tau), k)), tau**2),
            ),
        ),
        "fun1": (Eq(D(f(h(x)), x), At(D(f(a), a), a, h(x)) * D(h(x), x)),),
        "fun2": (Eq(D(f(x) * h(x), x), D(f(x), x) * h(x) + f(x) * D(h(x), x)),),
        "fun3": (Eq(D(dv(f(x), h(x)), x), dv(D(f(x), x) * h(x) - f(x) * D(h(x), x), h(x) ** 2)), Ne(h(x), 0)),
        "fun4": (Eq(D(f(x) ** 3, x), 3 * f(x) ** 2 * D(f(x), x)),),
        "fun5": (Eq(D(ex(f(x)), x), ex(f(x)) * D(f(x), x)),),
        "fun7": (Eq(D(sg(f(x)), x), sg(f(x)) * (1 - sg(f(x))) * D(f(x), x)),),
        "fun8": (Eq(D(lg(f(x)), x), dv(D(f(x), x), f(x))), Gt(f(x), 0)),
        "fun9": (
            Eq(D(D(f(x) * h(x), x), x), D(f(x), x, x) * h(x) + 2 * D(f(x), x) * D(h(x), x) + f(x) * D(h(x), x, x)),
        ),
        "fun10": (Eq(D(f(2 * x), x), 2 * At(D(f(a), a), a, 2 * x)),),
        "fun12": (Eq(D(lg(S(ex(f(z[k])), k)), z[m]), dv(ex(f(z[m])), S(ex(f(z[k])), k)) * At(D(f(a), a), a, z[m])),),
        "sco1": (Eq(D(lg(density(i, th)), th), dv(D(density(i, th), th), density(i, th))),),
        "sco2": (Eq(D(lg(density(x, th)), th), dv(D(density(x, th), th), density(x, th))),),
        "sco3": (Eq(S(D(density(k, th), th), k), 0), normalised),
        "sco4": (Eq(S(density(k, th) * D(lg(density(k, th)), th), k), 0), normalised),
        "sco5": (Eq(D(S(density(k, th) * w[k], k), th), S(density(k, th) * D(lg(density(k, th)), th) * w[k], k)),),
        "sco6": (
            Eq(
                D(D(lg(density(x, th)), th), th),
                dv(D(density(x, th), th, th), density(x, th)) - D(lg(density(x, th)), th) ** 2,
            ),
        ),
        "sco7": (
            Eq(
                S(density(k, th) * D(lg(density(k, th)), th) ** 2, k),
                -S(density(k, th) * D(lg(density(k, th)), th, th), k),
            ),
            normalised,
        ),
        "sco8": (Eq(D(P(density(k, th), k), th), P(density(k, th), k) * S(D(lg(density(k, th)), th), k)),),
        "sco10": (Eq(D(density(x, th), th), density(x, th) * D(lg(density(x, th)), th)),),
        "sco11": (Eq(D(lg(P(density(k, th), k)), th), S(D(lg(density(k, th)), th), k)),),
        "pg": (Eq(D(S(sm(k) * w[k], k), z[i]), sm(i) * (w[i] - S(sm(k) * w[k], k))),),
        "pg2": (Eq(S(sm(k) * D(lg(sm(k)), z[i]), k), 0),),
        "fish": (Eq(S(sm(k) * D(lg(sm(k)), z[i]) * D(lg(sm(k)), z[j]), k), sm(i) * (delta(i, j) - sm(j))),),
        "fish2": (
            Eq(S(sm(k) * (delta(k, i) - sm(i)) * (delta(k, j) - sm(j)), k), delta(i, j) * sm(i) - sm(i) * sm(j)),
        ),
        "mse": (Eq(D(half * S((sm(k) - w[k]) ** 2, k), z[i]), sm(i) * (sm(i) - w[i] - S(sm(k) * (sm(k) - w[k]), k))),),
        "hinge": (Eq(D(Larger(Integer(0), 1 - x), x), -one), Lt(x, 1)),
        "nce": (Eq(-lg(dv(ex(x), ex(x) + S(ex(z[k]), k))), lg(1 + S(ex(z[k] - x), k))),),
        "nce2": (Eq(D(-lg(dv(ex(x), ex(x) + S(ex(z[k]), k))), x), dv(ex(x), ex(x) + S(ex(z[k]), k)) - 1),),
        "bt1": (Eq(dv(ex(a), ex(a) + ex(b)), sg(a - b)),),
        "bt2": (Eq(D(-lg(sg(a - b)), a), -sg(b - a)),),
        "bt3": (Eq(-lg(sg(x)), lg(1 + ex(-x))),),
        "sg1": (Eq(1 - sg(x), sg(-x)),),
        "sg2": (Eq(D(sg(x), x), sg(x) * sg(-x)),),
        "sg3": (Eq(D(lg(1 + ex(x)), x), sg(x)),),
        "sg4": (Eq(lg(dv(sg(x), 1 - sg(x))), x),),
        "tanh": (Eq(tanh(x, evaluate=False), 2 * sg(2 * x) - 1),),
        "sg5": (Eq(D(sg(x), x, x), sg(x) * (1 - sg(x)) * (1 - 2 * sg(x))),),
        "tanh2": (Eq(D(tanh(x, evaluate=False), x), 1 - tanh(x, evaluate=False) ** 2),),
        "mix": (Eq(D(lg(S(q[k] * ex(z[k]), k)), z[m]), dv(q[m] * ex(z[m]), S(q[k] * ex(z[k]), k))),),
        "kld": (Eq(D(S(p[k] * lg(dv(p[k], sm(k))), k), z[m]), sm(m) - p[m]),),
        "entgrad": (Eq(D(-S(sm(k) * lg(sm(k)), k), z[i]), -sm(i) * (lg(sm(i)) - S(sm(k) * lg(sm(k)), k))),),
        "reg": (Eq(D(half * lam * S(w[k] ** 2, k), w[m]), lam * w[m]),),
        "bce": (Eq(D(-(y * lg(sg(x)) + (1 - y) * lg(1 - sg(x))), x), sg(x) - y),),
        "bce2": (Eq(-(y * lg(sg(x)) + (1 - y) * lg(1 - sg(x))), lg(1 + ex(x)) - x * y),),
        "odds": (Eq(dv(sg(x), 1 - sg(x)), ex(x)),),
    }
    FALSE = {
        "an entry of the input as if it were of the weights": (
            Eq(D(-lg(pk(t)), X[u2]), S(pk(k) * W[k, u2], k) + W[t, u2]),
        ),
        "the bias as if there were no target": (Eq(D(-lg(pk(t)), B[m]), pk(m)),),
        "chain rule without the inner derivative": (Eq(D(f(h(x)), x), At(D(f(a), a), a, h(x))),),
        "chain rule at the wrong point": (Eq(D(f(h(x)), x), D(f(x), x) * D(h(x), x)),),
        "quotient rule with the sign turned": (
            Eq(D(dv(f(x), h(x)), x), dv(f(x) * D(h(x), x) - D(f(x), x) * h(x), h(x) ** 2)),
            Ne(h(x), 0),
        ),
        "the second derivative of a product": (Eq(D(f(x) * h(x), x, x), D(f(x), x, x) * h(x) + f(x) * D(h(x), x, x)),),
        "a score without its density": (Eq(D(lg(density(x, th)), th), D(density(x, th), th)),),
        "the other argument": (Eq(D(lg(density(x, th)), th), dv(D(density(x, th), x), density(x, th))),),
        "the mean score without normalisation": (Eq(S(density(k, th) * D(lg(density(k, th)), th), k), 0),),
        "the derivative of a product of densities": (Eq(D(P(density(k, th), k), th), S(D(lg(density(k, th)), th), k)),),
        "temperature, one power short": (
            Eq(D(lg(S(ex(z[k] / tau), k)), tau), -dv(S(z[k] * ex(z[k] / tau), k), tau * S(ex(z[k] / tau), k))),
        ),
        "variance for standard deviation": (Eq(D(dv((x - mu) ** 2, 2 * sig**2), sig), -dv((x - mu) ** 2, sig**2)),),
        "policy gradient without its baseline": (Eq(D(S(sm(k) * w[k], k), z[i]), sm(i) * w[i]),),
        "the Hessian without its diagonal": (Eq(D(D(lg(Zs), z[i]), z[j]), -sm(i) * sm(j)),),
        "through abstract points, diagonal only": (
            Eq(At(D(Lp, py[i]), py, smF) * D(sm(i), z[i]), D(-S(w[k] * lg(sm(k)), k), z[i])),
        ),
        "the sigmoid's second derivative": (Eq(D(sg(x), x, x), sg(x) * (1 - sg(x)) * (1 - sg(x))),),
        "mat1f": (Eq(D(-lg(pk(t)), W[m, u2]), (pk(m) - delta(m, t)) * X[u2] * X[u2]),),
        "gau6": (Eq(D(dv((x - mu) ** 2, 2 * sig**2) + lg(sig), sig), inv(sig) + dv((x - mu) ** 2, sig**3)),),
        "fun6": (Eq(D(f(x) * h(x), x), D(f(x), x) * h(x)),),
        "fun11": (Eq(D(f(2 * x), x), At(D(f(a), a), a, 2 * x)),),
        "sco9": (Eq(S(D(density(k, th), th), k), 0),),
    }


@pytest.mark.parametrize("name", TRUE)
def test_it_is_proved(name):
    assert proved(*TRUE[name])


@pytest.mark.parametrize("name", FALSE)
def test_its_false_neighbour_is_not(name):
    assert not proved(*FALSE[name])
    assert refuted(*FALSE[name])
