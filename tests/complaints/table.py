"""All kinds, by the sections of the complaint."""

from __future__ import annotations

from complaints import answers, files, messages, texts
from complaints.kind import Kind

SECTIONS: dict[str, tuple[Kind, ...]] = {
    "Three honest answers instead of two": answers.KINDS,
    "Messages as people write them": messages.KINDS,
    "Any ordinary text": texts.KINDS,
    "Files that say what they do": files.KINDS,
}
