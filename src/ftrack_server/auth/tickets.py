"""Addresses of pages that need no key: what a page shows, in a signed token (protocol: 2.10)."""

from __future__ import annotations

from dataclasses import dataclass

VALID_SECONDS = 360


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a token opens.

    Attributes:
        name: Which page.
        theme: ``light`` or ``dark``.
        entity_type: Type of what the page is about, empty for none.
        entity_key: Its primary key.
    """

    name: str
    theme: str
    entity_type: str = ""
    entity_key: tuple[str, ...] = ()

    def to_page(self) -> tuple[str, ...]:
        """Return it as the page of a claim."""
        return self.name, self.theme, self.entity_type, *self.entity_key

    @classmethod
    def of_page(cls, page: tuple[str, ...]) -> Ticket:
        """Return the ticket of a claim that was made of one."""
        name, theme, entity_type, *key = page
        return cls(name, theme, entity_type, tuple(key))
