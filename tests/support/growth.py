"""Measures how the cost of a call grows with its input, in processor time, whatever else the machine does."""

import time

TIMES = 16
"""How much larger the large input is than the small one."""
AT_MOST = 4 * TIMES
"""Linear work costs 16 times as much, quadratic work 256 times: a wide margin either way."""


def growth(call, small, large, *, rounds=3):
    """Return the processor time of `call(large)` over that of `call(small)`, each the least of `rounds`."""
    return _cost(call, large, rounds) / _cost(call, small, rounds)


def _cost(call, given, rounds):
    costs = []
    for _ in range(rounds):
        start = time.process_time()
        call(given)
        costs.append(time.process_time() - start)
    return max(min(costs), 1e-6)
