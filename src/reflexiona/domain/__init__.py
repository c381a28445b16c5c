"""The nouns of Reflexiona: what a person writes, what is read in it, what is answered.

Frozen values only. This package imports nothing but the standard library and does nothing: no disk, no clock, no model.
Domain ids (scenarios, courses) are Spanish and closed; their names and descriptions live in `corpus/escenarios.toml`.
"""

from __future__ import annotations

from reflexiona.domain.articles import (
    ALWAYS,
    Article,
    Condition,
    Course,
    Fragment,
    HelpLine,
    MessageTemplate,
    Option,
    Passage,
    Scenario,
    Source,
    StepTemplate,
)
from reflexiona.domain.terms import (
    NONE_SCENARIO,
    Band,
    Channel,
    Register,
    Tone,
    When,
)
from reflexiona.domain.turns import (
    Conversation,
    Draft,
    Evidence,
    Hit,
    Likelihood,
    ModelView,
    Reading,
    Reflection,
    Step,
    Turn,
    TurnRequest,
)

__all__ = [
    "ALWAYS",
    "NONE_SCENARIO",
    "Article",
    "Band",
    "Channel",
    "Condition",
    "Conversation",
    "Course",
    "Draft",
    "Evidence",
    "Fragment",
    "HelpLine",
    "Hit",
    "Likelihood",
    "MessageTemplate",
    "ModelView",
    "Option",
    "Passage",
    "Reading",
    "Reflection",
    "Register",
    "Scenario",
    "Source",
    "Step",
    "StepTemplate",
    "Tone",
    "Turn",
    "TurnRequest",
    "When",
]
