"""How often somebody may try a password before they have to wait."""

import math
import time
from dataclasses import dataclass, field

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from domain.refusals import Refusal, RefusalCode


@dataclass(frozen=True, slots=True)
class Attempts:
    """Counted by this process, over a window that moves: for one account, and from one network address for any.

    The second is wide, because an office or a proxy is one address too.
    """

    per_account: int = 10
    per_address: int = 100
    minutes: int = 15
    _limiter: MovingWindowRateLimiter = field(default_factory=lambda: MovingWindowRateLimiter(MemoryStorage()))

    def count(self, address: str, account: str | None = None) -> None:
        """One more attempt. Refuses what is too many, before anything is looked at."""
        self._hit(self.per_address, "address", address)
        if account:
            self._hit(self.per_account, "account", account)

    def _hit(self, most: int, kind: str, name: str) -> None:
        item = RateLimitItemPerMinute(most, self.minutes)
        if not self._limiter.hit(item, kind, name):
            opens = self._limiter.get_window_stats(item, kind, name).reset_time
            minutes = max(1, math.ceil((opens - time.time()) / 60))
            words = f"Too many attempts: try again in {minutes} minute{'s' if minutes > 1 else ''}."
            raise Refusal(RefusalCode.RATE_LIMITED, words)
