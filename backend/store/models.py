"""Every table, where Tortoise looks for them."""

from backend.store.broadcasts import Broadcast, BroadcastText, BroadcastVillage
from backend.store.complaints import (
    Complaint,
    ComplaintPiece,
    ComplaintPieceKey,
    ComplaintReading,
    ComplaintRecipient,
    ComplaintReply,
    DeskKey,
    ReceiptGuess,
)
from backend.store.messages import Dialog, Effect, Gate, Owner, Send, UpdateSeen
from backend.store.moves import Handover, MoveReport
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
from backend.store.rules import RulePublication
from backend.store.services import (
    DoseLog,
    DueService,
    LifeEvent,
    ServiceRecord,
    Task,
    TopicChoice,
)
from backend.store.visits import TaskAnswer, Visit

__all__ = [
    "Account",
    "AuditEntry",
    "Broadcast",
    "BroadcastText",
    "BroadcastVillage",
    "Complaint",
    "ComplaintPiece",
    "ComplaintPieceKey",
    "ComplaintReading",
    "ComplaintRecipient",
    "ComplaintReply",
    "Consent",
    "Counter",
    "DeskKey",
    "Dialog",
    "DoseLog",
    "DueService",
    "Effect",
    "Gate",
    "Handover",
    "Household",
    "Invite",
    "LifeEvent",
    "MoveReport",
    "Owner",
    "Person",
    "ReceiptGuess",
    "Region",
    "RoleGrant",
    "RulePublication",
    "Send",
    "ServiceRecord",
    "Task",
    "TaskAnswer",
    "TopicChoice",
    "UpdateSeen",
    "Visit",
]
