"""How many requests one account or address may send in a minute."""

from __future__ import annotations

from time import time

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
