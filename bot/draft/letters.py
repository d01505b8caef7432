"""Names in the letters of ids: Latin with its marks taken off, Greek and Cyrillic letter by letter. Pure."""

from __future__ import annotations

import unicodedata

# What normalisation leaves whole, each with what stands for it; by the common romanisations for names, not by any one standard.
_LETTERS = dict(
    pair.split(":")
    for pair in """
    æ:ae œ:oe ø:o ß:ss ð:d þ:th đ:d ħ:h ı:i ł:l ŋ:ng ŧ:t ə:a ĸ:k
    α:a β:v γ:g δ:d ε:e ζ:z η:i θ:th ι:i κ:k λ:l μ:m ν:n ξ:x ο:o π:p ρ:r σ:s ς:s τ:t υ:y φ:f χ:ch ψ:ps ω:o
    а:a б:b в:v г:g д:d е:e ж:zh з:z и:i й:y к:k л:l м:m н:n о:o п:p р:r с:s т:t у:u ф:f х:kh ц:ts ч:ch ш:sh щ:shch ъ: ы:y ь:
    э:e ю:yu я:ya ђ:dj є:ye ѕ:dz і:i ј:j љ:lj њ:nj ћ:c џ:dz ґ:g қ:q ң:ng ү:u ұ:u һ:h ө:o ә:a ғ:gh
    """.split()
)
_KEPT = "й"  # a letter of its own, not an и with a mark


def in_ascii(text: str) -> str:
    """The text in small letters of ASCII; of what has none of its own, nothing is left."""
    found = []
    for letter in unicodedata.normalize("NFC", text.lower()):
        parts = letter if letter in _KEPT else unicodedata.normalize("NFKD", letter)
        found += [_LETTERS.get(part, part) for part in parts]
    return "".join(found).encode("ascii", "ignore").decode()
