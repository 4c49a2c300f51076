"""A sheet as setting up sees it: how it is read with some settings, and what may be done with it."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from msgspec import Struct

from sync.models import Leads, Stage, Table
from sync.reading.columns import Column
from sync.reading.customers import lists_customers
from sync.setup.settings_file import Setup


class Understood(Struct, frozen=True):
    """A sheet as it is read with some settings."""

    leads: Leads
    columns: tuple[Column, ...]

    @property
    def sells(self) -> bool:
        """Whether it is a list of customers."""
        headers = [column.header for column in self.columns]
        return any(lead.is_customer for lead in self.leads.leads) or lists_customers(headers, self.leads.mapped)


class Sheets(Protocol):
    """What setting up may do with a sheet."""

    @property
    def now(self) -> datetime:
        """The time; aware."""

    def understand(self, setup: Setup, table: Table) -> Understood:
        """How the table is read with these settings. Raises `ConfigError` where no row names the columns."""

    def stage_of(self, text: str) -> Stage | None:
        """The stage that somebody means by this word."""
