"""How prompts come to be, and what is done with their versions."""

from enum import StrEnum


class CreatedFrom(StrEnum):
    WIZARD = "WIZARD"
    TEMPLATE = "TEMPLATE"
    MANUAL = "MANUAL"
    COPIED = "COPIED"


class DeploymentVerb(StrEnum):
    """TRIED is on a share alone; WITHDRAWN is a trial that was ended; GUARDED was taken back by itself."""

    DEPLOYED = "DEPLOYED"
    TRIED = "TRIED"
    ROLLED_BACK = "ROLLED_BACK"
    GUARDED = "GUARDED"
    WITHDRAWN = "WITHDRAWN"
