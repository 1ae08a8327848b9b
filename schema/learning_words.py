"""The vocabularies of learning: lessons and prompts."""

from domain import lessons
from domain.prompts import measuring, sections, versions, words
from schema.words import word

word(
    lessons.LessonType,
    "What kind of lesson it is.",
    {
        lessons.LessonType.OBJECTION_HANDLING: "What to say when somebody objects: needs a trigger and what to say.",
        lessons.LessonType.DOS_DONTS: "What to do, or what not.",
        lessons.LessonType.EXAMPLE_GOOD: "An answer as it should be.",
        lessons.LessonType.EXAMPLE_BAD: "An answer as it should not be.",
        lessons.LessonType.BLACKLIST_WORD: "Words that no answer may have: plain code sees to it.",
        lessons.LessonType.NEVER_RULE: "What must never be; its words in quotation marks, and those that are not to be "
        "said, are kept out by plain code.",
        lessons.LessonType.BEST_PRACTICE: "What has proved itself.",
    },
)
word(
    lessons.LessonSource,
    "Where a lesson comes from.",
    {
        lessons.LessonSource.SOPHIE_SUGGESTION: "Sophie suggested it, and somebody approved.",
        lessons.LessonSource.USER_TAUGHT: "Somebody taught it.",
        lessons.LessonSource.IMPORTED: "It was brought along.",
    },
)
word(
    lessons.LessonStatus,
    "Whether a lesson applies.",
    {
        lessons.LessonStatus.ACTIVE: "It goes into prompts.",
        lessons.LessonStatus.TESTING: "It goes into versions that are tried on a share, and into no other.",
        lessons.LessonStatus.ARCHIVED: "It was put away: the next version is without it.",
    },
)
word(
    lessons.ConflictKind,
    "Why two lessons cannot both be kept.",
    {
        lessons.ConflictKind.REPEATS: "They say the same.",
        lessons.ConflictKind.CONTRADICTS: "For the same trigger they say something else.",
        lessons.ConflictKind.FORBIDS: "What one wants said the other forbids.",
    },
)
word(
    sections.SectionName,
    "A section of a prompt.",
    {
        sections.SectionName.CONTEXT: "Who writes, and to whom.",
        sections.SectionName.GOAL: "What a conversation should reach.",
        sections.SectionName.TONE: "How it is written.",
        sections.SectionName.KNOWLEDGE: "What may be told.",
        sections.SectionName.OBJECTIONS: "What people object, and what is said then.",
        sections.SectionName.BOUNDARIES: "What is never done.",
    },
)
word(
    sections.PartSource,
    "Where the words of a prompt come from.",
    {
        sections.PartSource.WIZARD: "From answers in the wizard.",
        sections.PartSource.TEMPLATE: "From a template.",
        sections.PartSource.MANUAL: "Somebody wrote them.",
        sections.PartSource.LESSON: "From a lesson.",
    },
)
word(
    versions.VersionChange,
    "What made a version.",
    {
        versions.VersionChange.CREATED: "The prompt was made.",
        versions.VersionChange.EDITED: "Somebody wrote other words.",
        versions.VersionChange.LESSONS_APPLIED: "Lessons came into it.",
        versions.VersionChange.LESSONS_REMOVED: "Lessons left it.",
    },
)
word(
    versions.VersionStatus,
    "Whether a version writes.",
    {
        versions.VersionStatus.DRAFT: "It never wrote.",
        versions.VersionStatus.TRIAL: "It writes in a share of the conversations.",
        versions.VersionStatus.LIVE: "It writes.",
        versions.VersionStatus.RETIRED: "It wrote once.",
    },
)
word(
    versions.AuthorType,
    "Who made a version.",
    {
        versions.AuthorType.USER: "A person, or a program of theirs.",
        versions.AuthorType.SOPHIE: "Sophie, from what somebody approved or taught.",
        versions.AuthorType.SYSTEM: "The product.",
    },
)
word(
    versions.DiffSign,
    "Where a line of two versions stands.",
    {
        versions.DiffSign.SAME: "In both.",
        versions.DiffSign.ADDED: "In the newer one alone.",
        versions.DiffSign.REMOVED: "In the older one alone.",
    },
)
word(
    words.CreatedFrom,
    "How a prompt came to be.",
    {
        words.CreatedFrom.WIZARD: "From answers in the wizard.",
        words.CreatedFrom.TEMPLATE: "From a template.",
        words.CreatedFrom.MANUAL: "Somebody wrote it.",
        words.CreatedFrom.COPIED: "From another prompt.",
    },
)
word(
    words.DeploymentVerb,
    "What was done about what is live.",
    {
        words.DeploymentVerb.DEPLOYED: "A version writes in all conversations of its place.",
        words.DeploymentVerb.TRIED: "A version writes in a share of them.",
        words.DeploymentVerb.ROLLED_BACK: "Somebody took a version back; the one before writes again.",
        words.DeploymentVerb.GUARDED: "The guard took a version back by itself.",
        words.DeploymentVerb.WITHDRAWN: "A trial was ended, or another prompt took the place.",
    },
)
word(
    measuring.ComparisonVerdict,
    "Whether a difference means anything.",
    {
        measuring.ComparisonVerdict.BETTER: "It does better, 95 times of 100.",
        measuring.ComparisonVerdict.WORSE: "It does worse, 95 times of 100.",
        measuring.ComparisonVerdict.NO_DIFFERENCE: "It may be chance.",
        measuring.ComparisonVerdict.INSUFFICIENT_DATA: "There are too few conversations to say.",
    },
)
