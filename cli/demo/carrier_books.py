"""What the loopback carrier knows: the texts it took, whom it refuses, and the mishaps it is told to have."""

from collections import deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import Enum, auto

from cli.demo.carrier_refusals import Failure, failure, find_refusal
from cli.demo.carrier_texts import CarrierText


class Silence(Enum):
    """Ways to take a text and not say so."""

    HANG = auto()
    DROP = auto()


def utc_now() -> datetime:
    return datetime.now(UTC)


class CarrierBooks:
    """`accepted` are texts sent through the carrier, `heard` those of the other side; both oldest first.

    `numbers` are the senders it knows (empty: all), `opted_out` the recipients it refuses; both as on the wire.
    """

    def __init__(self, account_sid: str, auth_token: str, clock: Callable[[], datetime] = utc_now) -> None:
        self.account_sid = account_sid
        self.auth_token = auth_token
        self.clock = clock
        self.accepted: list[CarrierText] = []
        self.heard: list[CarrierText] = []
        self.numbers: set[str] = set()
        self.opted_out: set[str] = set()
        self.create_count = 0  # every create that arrived with the right credentials, accepted or not
        self.body_prefix = ""  # what a trial account puts before every body
        self._mishaps: deque[Failure | Silence] = deque()
        self._undelivered_codes: deque[int] = deque()

    def fail_next(self, http_status: int | None = None, code: int | None = None, times: int = 1) -> None:
        """The next creates are answered with this HTTP status or Twilio error code, and not accepted."""
        self._mishaps.extend([failure(http_status, code)] * times)

    def hang_next(self, times: int = 1) -> None:
        """The next creates are accepted and never answered."""
        self._mishaps.extend([Silence.HANG] * times)

    def drop_next(self, times: int = 1) -> None:
        """The next creates are accepted and their connection is cut instead of an answer."""
        self._mishaps.extend([Silence.DROP] * times)

    def undeliver_next(self, code: int, times: int = 1) -> None:
        """The next accepted texts are reported undelivered with this error code."""
        self._undelivered_codes.extend([code] * times)

    def next_mishap(self) -> Failure | Silence | None:
        return self._mishaps.popleft() if self._mishaps else None

    def find_refusal(self, form: Mapping[str, str]) -> Failure | None:
        return find_refusal(form, self.numbers, self.opted_out)

    def accept(self, form: Mapping[str, str]) -> CarrierText:
        service_sid = form.get("MessagingServiceSid")
        text = CarrierText(
            account_sid=self.account_sid,
            sender=form.get("From", ""),
            recipient=form["To"],
            body=self.body_prefix + form["Body"],
            created_at=self.clock(),
            status="accepted" if service_sid else "queued",
            status_callback=form.get("StatusCallback", ""),
            validity_seconds=int(form["ValidityPeriod"]) if "ValidityPeriod" in form else None,
            service_sid=service_sid,
            undelivered_code=self._undelivered_codes.popleft() if self._undelivered_codes else None,
        )
        self.accepted.append(text)
        return text

    def newest_first(self) -> list[CarrierText]:
        return sorted([*self.heard, *self.accepted], key=lambda text: text.created_at, reverse=True)
