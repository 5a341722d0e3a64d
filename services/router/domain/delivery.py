"""Ways by which leads reach an owner: what each needs to be told by the company's file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar, Literal

from services.router.domain.mapping import Mapped
from shared.secret import Secret

Way = Literal["webhook", "email", "adf", "star", "rest", "salesforce", "hubspot", "csv", "digest"]
#: How often leads that go together are sent.
Every = Literal["hour", "day"]
#: What is told of a lead, beside reminders, which always go by email: the hand-over, a further response, a trial.
Told = Literal["lead", "response", "test"]


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One way by which leads reach an owner."""

    way: ClassVar[Way]
    tells: ClassVar[frozenset[Told]] = frozenset({"lead", "test"})
    #: Whether the far side is watched: broken off when it fails, disabled when it fails for days.
    is_watched: ClassVar[bool] = True
    #: At most so many a minute; as many as come when None.
    per_minute: int | None = None

    @property
    def goes_to(self) -> str:
        """Where it goes, for people to read; never a secret."""
        raise NotImplementedError

    @property
    def urls(self) -> tuple[str, ...]:
        """Web addresses that are called, each to be checked."""
        return ()


@dataclass(frozen=True, kw_only=True)
class Posted(Delivery):
    """What is sent by HTTP to one address."""

    url: str
    #: Value of the header Authorization, where the far side asks for one.
    authorization: Secret | None = None

    @property
    def goes_to(self) -> str:
        return self.url.partition("?")[0]

    @property
    def urls(self) -> tuple[str, ...]:
        return (self.url,)


@dataclass(frozen=True, kw_only=True)
class Webhook(Posted):
    """The owner's system takes leads as signed HTTP requests."""

    way: ClassVar[Way] = "webhook"
    tells: ClassVar[frozenset[Told]] = frozenset({"lead", "response", "test"})
    #: `whsec_…`; the first one signs alone, the others (while a key is being changed) sign beside it.
    secrets: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Mailbox(Delivery):
    """The owner takes leads by email: as a lead sheet for people, or as bare ADF for a CRM's inbox."""

    way: ClassVar[Way] = "email"
    tells: ClassVar[frozenset[Told]] = frozenset({"lead", "response", "test"})
    is_watched: ClassVar[bool] = False
    address: str
    form: Literal["sheet", "adf"] = "sheet"

    @property
    def goes_to(self) -> str:
        return self.address


@dataclass(frozen=True, kw_only=True)
class AdfPost(Posted):
    """The owner's system takes ADF by HTTP."""

    way: ClassVar[Way] = "adf"


@dataclass(frozen=True, kw_only=True)
class Star(Posted):
    """The owner's system takes STAR's ProcessSalesLead by HTTP."""

    way: ClassVar[Way] = "star"


@dataclass(frozen=True, kw_only=True)
class Rest(Posted):
    """The owner's system takes JSON in a shape of its own."""

    way: ClassVar[Way] = "rest"
    method: Literal["POST", "PUT"] = "POST"
    fields: Mapping[str, Mapped] = field(default_factory=dict)
    #: Further headers; each is a secret kept elsewhere.
    headers: Mapping[str, Secret] = field(default_factory=dict)
    #: Where in its answer the far side's own id stands, like data.id.
    id_at: str | None = None
    #: Codes, beside those from 200 to 299, that mean that it has the lead already.
    duplicate: frozenset[int] = frozenset({409})


@dataclass(frozen=True)
class Meaning:
    """What a status of the far side means here: one of our actions, and what it asks for."""

    action: str
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Crm(Delivery):
    """The owner's CRM, which tells back how its users got on."""

    tells: ClassVar[frozenset[Told]] = frozenset({"lead", "response", "test"})
    url: str
    secret: Secret
    #: Fields beside those that we fill anyway.
    fields: Mapping[str, Mapped] = field(default_factory=dict)
    #: Their word → what it means here.
    status: Mapping[str, Meaning] = field(default_factory=dict)
    #: How often their words are asked for.
    pulled_every: timedelta = timedelta(minutes=15)

    @property
    def goes_to(self) -> str:
        return self.url

    @property
    def urls(self) -> tuple[str, ...]:
        return (self.url,)


@dataclass(frozen=True, kw_only=True)
class Salesforce(Crm):
    """Leads of a Salesforce organisation."""

    way: ClassVar[Way] = "salesforce"
    client: str
    #: The field that holds our id of the lead; it makes sending it twice harmless.
    external_id: str = "Leadbus_Id__c"
    version: str = "62.0"


@dataclass(frozen=True, kw_only=True)
class HubSpot(Crm):
    """Contacts of a HubSpot account."""

    way: ClassVar[Way] = "hubspot"
    #: The property of a contact that says how it stands.
    status_property: str = "hs_lead_status"


@dataclass(frozen=True, kw_only=True)
class Batched(Delivery):
    """Leads that go together in one CSV, every hour or every day."""

    tells: ClassVar[frozenset[Told]] = frozenset({"lead", "test"})
    every: Every = "hour"
    columns: Mapping[str, Mapped] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class CsvBySftp(Batched):
    """The owner fetches CSV files from their own SFTP server, where we put them."""

    way: ClassVar[Way] = "csv"
    host: str
    port: int = 22
    user: str
    folder: str = "."
    #: The server's public key, as in known_hosts: "ssh-ed25519 AAAA…".
    host_key: str
    #: A password, or a private key in PEM.
    secret: Secret

    @property
    def goes_to(self) -> str:
        return f"sftp://{self.user}@{self.host}:{self.port}/{self.folder.strip('/')}"


@dataclass(frozen=True, kw_only=True)
class CsvByMail(Batched):
    """The owner gets the leads of an hour or a day as one CSV by email."""

    way: ClassVar[Way] = "digest"
    is_watched: ClassVar[bool] = False
    address: str

    @property
    def goes_to(self) -> str:
        return self.address
