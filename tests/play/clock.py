"""A clock that tests turn."""


class Clock:
    """Called, it says how many seconds have gone by."""

    def __init__(self) -> None:
        self._now = 1000.0

    def __call__(self) -> float:
        return self._now

    def forward(self, seconds: float) -> None:
        self._now += seconds
