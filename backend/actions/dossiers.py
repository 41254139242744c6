"""A person's copy of her own data, as a page to read or as data for a computer."""

import json
from dataclasses import dataclass
from datetime import datetime

from backend.actions import mydata
from backend.files.dossiers import DossierWords, render

__all__ = ["FORMS", "Dossier", "DossierWords", "take_along"]

FORMS = ("html", "json")


@dataclass(frozen=True, slots=True)
class Dossier:
    """A file to hand over."""

    name: str
    content: bytes


async def take_along(person_id: int, form: str, *, words: DossierWords, now: datetime) -> Dossier:
    """Everything kept of a person as a file; `form` is one of FORMS."""
    data = await mydata.export(person_id, now=now)
    name = f"suixing-{now:%Y-%m-%d}.{form}"
    if form == "json":
        return Dossier(name, json.dumps(data, ensure_ascii=False, indent=2).encode())
    return Dossier(name, render(data, words).encode())
