"""Refreshing: when a social connection is due for new tokens, how often that is tried, and why it fails (S4.4)."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from domain.credentials import CredentialKind, CredentialProvider


class RefreshFailure(StrEnum):
    UNREACHABLE = "UNREACHABLE"
    UNCLEAR = "UNCLEAR"
    APP_REFUSED = "APP_REFUSED"
    LACKS_TOKEN = "LACKS_TOKEN"
    UNOPENABLE = "UNOPENABLE"
    REFUSED = "REFUSED"


# What each network wants to see: a refresh token, or the access token while it is good.
TOKEN_OF = {
    CredentialProvider.TWITTER: "refresh_token",
    CredentialProvider.LINKEDIN: "refresh_token",
    CredentialProvider.FACEBOOK: "access_token",
    CredentialProvider.INSTAGRAM: "access_token",
}

# For so long nobody else takes up what one has claimed; also the pause before the second attempt. Every further pause
# is twice as long, up to an hour.
LEASE = timedelta(minutes=2)
LONGEST_PAUSE = timedelta(hours=1)
_LEFT = 5  # a fifth of its life: 24 minutes of X's two hours, twelve days of the others' sixty


def refresh_due(since: datetime, expires_at: datetime) -> datetime:
    """When a connection of this life is to be refreshed: not within a lease of its beginning, unless it ends sooner."""
    return min(max(expires_at - (expires_at - since) / _LEFT, since + LEASE), expires_at)


def plan_refresh(
    kind: CredentialKind,
    provider: CredentialProvider,
    names: Collection[str],
    since: datetime,
    expires_at: datetime | None,
) -> tuple[datetime | None, RefreshFailure | None]:
    """When what holds secrets of these names is due, or why it never will be. What does not expire needs neither."""
    if kind is not CredentialKind.SOCIAL or expires_at is None:
        return None, None
    if TOKEN_OF[provider] not in names:
        return None, RefreshFailure.LACKS_TOKEN
    return refresh_due(since, expires_at), None
