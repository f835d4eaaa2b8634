"""How many requests one account or address may send in a minute, and when refused ones may be sent again."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic, time

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter


class Pace:
    """Counts the requests of each account or address, in this process."""

    def __init__(self, per_minute: int) -> None:
        self.per_minute = per_minute
        self._most = RateLimitItemPerMinute(per_minute)
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    def is_too_fast(self, who: str) -> bool:
        """Count a request, and whether it is one too many."""
        return not self._limiter.hit(self._most, who)

    def seconds_left(self, who: str) -> int:
        """Seconds until the next request is taken."""
        return max(1, round(self._limiter.get_window_stats(self._most, who).reset_time - time()))


AT_ONCE = 64
"""How many requests that are refused in one second may be sent again in the same second."""


class Again:
    """Says in how many seconds to send a request again, so that not all that are refused at once come back at once."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._since = 0.0
        self._refused = 0

    def seconds(self) -> int:
        """Seconds until one more refused request should be sent again, 1 or more."""
        now = self._clock()
        if now - self._since >= 1:
            self._since, self._refused = now, 0
        self._refused += 1
        return 1 + (self._refused - 1) // AT_ONCE
