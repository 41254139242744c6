"""Every table, where Tortoise looks for them."""

from backend.store.messages import Dialog, Effect, Gate, Owner, Send, UpdateSeen
from backend.store.people import (
    Account,
    AuditEntry,
    Consent,
    Counter,
    Household,
    Invite,
    Person,
    Region,
    RoleGrant,
)
from backend.store.services import (
    DoseLog,
    DueService,
    LifeEvent,
    ServiceRecord,
    Task,
    TopicChoice,
)

__all__ = [
    "Account",
    "AuditEntry",
    "Consent",
    "Counter",
    "Dialog",
    "DoseLog",
    "DueService",
    "Effect",
    "Gate",
    "Household",
    "Invite",
    "LifeEvent",
    "Owner",
    "Person",
    "Region",
    "RoleGrant",
    "Send",
    "ServiceRecord",
    "Task",
    "TopicChoice",
    "UpdateSeen",
]
