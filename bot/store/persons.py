"""Persons by a keyed hash: who has a store's rows alone does not read in them who somebody is."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field

ENV_PEPPER = "VERBATIM_HASH_SECRET"


@dataclass(frozen=True, slots=True)
class PersonKey:
    """A key under which users are hashed from a time on, in seconds since 1970, with what is mixed into it from the environment (the
    pepper). BLAKE2b, https://www.rfc-editor.org/rfc/rfc7693."""

    number: int
    at: float
    _key: bytes = field(repr=False)

    @classmethod
    def of(cls, number: int, at: float, secret: bytes, pepper: str) -> PersonKey:
        """From a secret of 32 bytes, which the store keeps, and a pepper, which it does not."""
        return cls(number, at, hashlib.blake2b(pepper.encode(), key=secret).digest())

    @property
    def mark(self) -> bytes:
        """8 bytes by which the same secret with another pepper is told apart; no user's hash."""
        return hashlib.blake2b(b"mark", key=self._key, digest_size=8).digest()

    def is_marked(self, mark: bytes) -> bool:
        """Whether the key is that of a mark."""
        return hmac.compare_digest(self.mark, mark)

    def hash_of(self, user_id: int) -> bytes:
        """16 bytes."""
        return hashlib.blake2b(user_id.to_bytes(8, "big"), key=self._key, digest_size=16).digest()
