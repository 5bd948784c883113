"""Which ids a run has already met, in 32 bytes an id: a run of a million items must not remember a million strings."""

from array import array

FIRST_SLOTS = 1 << 10
FULLEST = 0.6
"""Share of slots in use at which the table doubles: linear probing stays short below it (Knuth, TAOCP 3, 6.4)."""
HALF = 16
"""Hexadecimal digits in 64 bits."""


class IdSet:
    """A set of 128-bit ids given as 32 hexadecimal digits, by open addressing; nothing is ever removed."""

    def __init__(self) -> None:
        self._slots = FIRST_SLOTS
        self._low = array("Q", bytes(8 * self._slots))
        self._high = array("Q", bytes(8 * self._slots))
        self._count = 0
        self._apart: set[int] = set()

    def __len__(self) -> int:
        return self._count + len(self._apart)

    def add(self, hexadecimal: str) -> bool:
        """Take an id in; return whether it is new. Raises ValueError when it is not hexadecimal."""
        high, low = int(hexadecimal[:HALF], 16), int(hexadecimal[HALF:], 16)
        if not low:  # zero marks a free slot; one id in 10¹⁹ ends with 64 zero bits
            new = high not in self._apart
            self._apart.add(high)
            return new
        new = self._place(high, low)
        if new and self._count >= FULLEST * self._slots:
            self._grow()
        return new

    def _place(self, high: int, low: int) -> bool:
        mask, lows, highs = self._slots - 1, self._low, self._high
        at = low & mask
        while lows[at]:
            if lows[at] == low and highs[at] == high:
                return False
            at = (at + 1) & mask
        lows[at], highs[at] = low, high
        self._count += 1
        return True

    def _grow(self) -> None:
        lows, highs = self._low, self._high
        self._slots *= 2
        self._low = array("Q", bytes(8 * self._slots))
        self._high = array("Q", bytes(8 * self._slots))
        self._count = 0
        for low, high in zip(lows, highs, strict=True):
            if low:
                self._place(high, low)
