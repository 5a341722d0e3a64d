"""What an event is, and the register of all of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, TypeVar, dataclass_transform

E = TypeVar("E", bound="Event")
V = TypeVar("V")


class Event:
    """Something that happened, as its owner tells it. Subclasses are declared with `@event(room, name)`."""

    room: ClassVar[str]
    name: ClassVar[str]
    contract_version: ClassVar[int]


#: Every declared event by (room, name); rooms fill it by importing their contract module.
REGISTER: dict[tuple[str, str], type[Event]] = {}


@dataclass_transform(kw_only_default=True, frozen_default=True)
def event(room: str, name: str, version: int = 1) -> Callable[[type[E]], type[E]]:
    """Declares an event contract: a frozen dataclass, registered under the exchange `<room>.events` and key `name`.

    Changes are additive (new fields have a default). A change that is not gets a new name.
    """

    def declare(declared: type[E]) -> type[E]:
        frozen = dataclass(frozen=True, kw_only=True)(declared)
        frozen.room, frozen.name, frozen.contract_version = room, name, version
        if (room, name) in REGISTER:
            raise TypeError(f"event {room}.{name} is declared twice")
        REGISTER[room, name] = frozen
        return frozen

    return declare


@dataclass_transform(kw_only_default=True, frozen_default=True)
def contract(declared: type[V]) -> type[V]:
    """Declares a value that is part of an event or a call."""
    return dataclass(frozen=True, kw_only=True)(declared)
