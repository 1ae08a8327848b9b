"""What the database refuses, in words: constraints a user can hit, and failures that are nobody's fault."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from domain.refusals import Refusal, RefusalCode
from domain.troubles import TimedOut, Trouble

_CONFLICTS = {
    "leads_phone_unique": ("A lead with this phone number exists already.", "phone"),
    "leads_email_unique": ("A lead with this e-mail address exists already.", "email"),
    "datasets_name_unique": ("There is a dataset with this name already: choose another.", "name"),
    "leads_pipeline_stage": ("This stage has just gone: choose another, or try again.", "pipelineStageId"),
    "pipeline_stages_name_unique": ("There is a stage with this name already: choose another.", "name"),
    "organizations_slug_unique": ("This slug is taken: choose another.", "slug"),
    "memberships_user_unique": ("This person is a member already.", "email"),
    "memberships_email_unique": ("Somebody with this address is a member already.", "email"),
    "staff_invitations_open_unique": ("This address was asked in already: revoke that invitation first.", "email"),
    "credentials_name_unique": ("There is a credential under this name already: store it again.", "name"),
    "customers_email_unique": ("A customer with this e-mail address exists already.", "email"),
    "campaigns_tag_unique": ("Another campaign has this tag: choose another, or put that campaign away.", "tag"),
    "message_templates_tag_unique": ("Another template has this tag: choose another, or put that one away.", "tag"),
    "campaign_policies_name_unique": ("There is a policy with this name already: choose another.", "name"),
    "prompt_templates_name_unique": ("There is a template with this name already: choose another.", "name"),
    "prompts_live_unique": ("Another prompt has just gone live in this place: try again.", "promptVersionId"),
    "replays_running_unique": ("This version is being replayed already: wait, or cancel that.", "promptVersionId"),
    "territories_name_unique": ("There is a territory with this name already: choose another.", "name"),
    "territory_areas_code_unique": ("Another territory has this already: read the territories anew.", None),
    "phone_numbers_number_unique": ("This number is registered already.", "number"),
}
_BAD_INPUTS = {
    "leads_reachable": ("A lead needs a phone number, an e-mail address or a LinkedIn address.", "phone"),
    "leads_datasets_most": ("A lead is in at most 100 datasets: take it out of another first.", "datasetIds"),
    "leads_email_form": ("This is not an e-mail address: write it like ann@example.com, in lower case.", "email"),
    "datasets_started": ("A dataset that was started keeps a lawful basis: name another instead.", "lawfulBasis"),
    "staff_invitations_email_form": ("This is not an e-mail address: write it like ann@example.com.", "email"),
    "customers_email_form": ("This is not an e-mail address: write it like ann@example.com.", "email"),
    "customers_membership_order": ("A membership ends after it has started.", "membershipEndsOn"),
    "organizations_slug_form": ("A slug has 2 to 63 lower-case letters, digits and hyphens.", "slug"),
}
_LOST = (
    OSError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # a connection that was ended while nobody used it
    asyncpg.PostgresConnectionError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
)


@contextmanager
def refusals_of_the_database() -> Iterator[None]:
    """Turns driver errors into refusals and troubles; what is left is a bug and passes through."""
    try:
        yield
    except asyncpg.IntegrityConstraintViolationError as error:
        refusal = _refusal(error.constraint_name or "")
        if not refusal:
            raise
        raise refusal from error
    except asyncpg.QueryCanceledError as error:
        raise TimedOut("The database took too long: ask for less at once.") from error
    except _LOST as error:
        raise Trouble("The database cannot be reached at the moment: try again.") from error


def _refusal(constraint: str) -> Refusal | None:
    name = re.sub(r"_\d{6}$", "", constraint)  # a shard of a distributed table adds its number
    if name in _CONFLICTS:
        return Refusal(RefusalCode.CONFLICT, *_CONFLICTS[name])
    if name in _BAD_INPUTS:
        return Refusal(RefusalCode.BAD_INPUT, *_BAD_INPUTS[name])
    return None
