"""What a scene is: what a lead and we write in turn, as it was authored, and how a line is said."""

import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """A text with gaps for the lead's `{name}` and our `{agent}`. A `slip` says the same with a fault Sophie finds."""

    text: str
    is_ours: bool = False
    slip: str | None = None

    def say(self, name: str, agent: str, *, badly: bool = False) -> str:
        text = self.slip if badly and self.slip else self.text
        return text.format(name=name, agent=agent)


@dataclass(frozen=True, slots=True)
class Scene:
    """Begins with the lead. So many lines are `seeded`; the others follow while one watches."""

    lines: tuple[Line, ...]
    seeded: int


def them(text: str) -> Line:
    return Line(text)


def us(text: str, slip: str | None = None) -> Line:
    return Line(text, is_ours=True, slip=slip)


def scene(*lines: Line, seeded: int) -> Scene:
    return Scene(lines, seeded)


def authored(scenes: Iterable[Scene]) -> re.Pattern[str]:
    """Matches what we say in these scenes, whoever it is said to: all else that leaves was written by a person."""
    ours = [line for scene in scenes for line in scene.lines if line.is_ours]
    texts = [text for line in ours for text in (line.text, line.slip) if text]
    return re.compile("|".join(re.sub(r"\\{(name|agent)\\}", ".+", re.escape(text)) for text in texts))


# What a lead answers to a person: it fits most things a sales inbox says.
REPLIES = (
    "Thanks, that helps. Let me think it over and I'll get back to you.",
    "Great, thank you. Could you send me that in writing as well?",
    "OK, sounds good to me. What happens next?",
    "Thanks for the quick reply! Can we talk about it tomorrow?",
    "Got it, thanks. I'll check with my partner tonight.",
    "Good to know. And is there anything you need from me?",
    "Hm, I'm not sure yet. Can you tell me a bit more?",
    "Yes, that works for me.",
)
