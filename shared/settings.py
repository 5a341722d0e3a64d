"""Configuration from the environment: one table of name, default and help. Nothing else reads `os.environ`."""

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Setting:
    """One setting. A default of None means that it must be given."""

    name: str
    default: str | None
    help: str
    secret: bool = False


class SettingMissing(RuntimeError):
    """A setting without a default is not set."""


SETTINGS = {
    setting.name: setting
    for setting in (
        Setting(
            "LEADBUS_AMQP_URI",
            None,
            "RabbitMQ: amqp://user:password@host:port/vhost. AMQP_URI is read too.",
            secret=True,
        ),
        Setting(
            "LEADBUS_DATABASE_URL",
            None,
            "This room's own database: postgresql+psycopg://role:password@host:port/name.",
            secret=True,
        ),
        Setting("LEADBUS_DATABASE_POOL", "10", "Connections to the database per process."),
        Setting(
            "LEADBUS_COMPANY",
            "deploy/company",
            "Folder with the company's own rules, owners, campaigns and templates (YAML).",
        ),
        Setting("LEADBUS_CLOCK_FILE", "", "File with seconds by which business time runs ahead. Empty: real time."),
        Setting("LEADBUS_HEALTH_HOST", "127.0.0.1", "Address of a room's /healthz, /readyz and /metrics."),
        Setting("LEADBUS_HEALTH_PORT", "0", "Port of a room's /healthz, /readyz and /metrics. 0: not served."),
        Setting("LEADBUS_LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR."),
        Setting("LEADBUS_SECRET", None, "Key that signs links in messages. At least 32 characters.", secret=True),
        Setting(
            "LEADBUS_PUBLIC_URL",
            "http://127.0.0.1:8000",
            "The gateway's address as the world sees it; links in messages begin with it.",
        ),
        Setting(
            "LEADBUS_SMTP_URL",
            "smtp://127.0.0.1:1025",
            "Mail server: smtp://[user:password@]host:port, or smtps://.",
            secret=True,
        ),
        Setting(
            "LEADBUS_REPLY_ADDRESS",
            "",
            "Address whose mail reaches `leadbus mail`, such as leads@company.example: owners answer messages to it, "
            "as leads+<code>@company.example. Empty: they answer by links alone.",
        ),
        Setting(
            "LEADBUS_MAIL_CERTIFICATE",
            "",
            "PEM file with the certificate chain of the mail door. With it STARTTLS and logging in are offered.",
        ),
        Setting("LEADBUS_MAIL_KEY", "", "PEM file with the key of that certificate. Empty: it is in the same file."),
        Setting(
            "LEADBUS_PRINT_FOLDER",
            ".leadbus/print",
            "Hot folder of the fulfilment house: print jobs are dropped there.",
        ),
        Setting(
            "LEADBUS_SPOOL_DIR",
            ".leadbus/spool",
            "Where the gateway keeps inquiries while the broker is away. Must survive a restart.",
        ),
        Setting(
            "LEADBUS_SPOOL_MAX_BYTES", "1073741824", "Size at which the spool is full and the gateway answers 503."
        ),
        Setting("LEADBUS_KEYS_FILE", ".leadbus/keys.yml", "API keys, hashed. Written by `leadbus key`."),
        Setting(
            "LEADBUS_PUBLISH_DEADLINE_MS",
            "500",
            "How long an intake may wait for the broker before it goes to the spool.",
        ),
        Setting("LEADBUS_RPC_TIMEOUT_MS", "3000", "How long the gateway waits for a room's answer."),
        Setting("LEADBUS_INBOX_BATCH", "200", "Messages handled in one transaction at most."),
        Setting("LEADBUS_INBOX_WAIT_MS", "20", "How long the inbox waits for a batch to fill."),
        Setting(
            "LEADBUS_RETRY_SECONDS",
            "5,30,120,600,3600,21600",
            "Waits before a failing message is tried again; after the last it is parked.",
        ),
        Setting(
            "LEADBUS_EFFECT_LEASE_SECONDS",
            "120",
            "How long a claimed email, print job or delivery may run before its outcome counts as unknown.",
        ),
        Setting("LEADBUS_EFFECT_WORKERS", "8", "Emails, print jobs or deliveries in flight at once per process."),
        Setting(
            "LEADBUS_ALLOW_PRIVATE_WEBHOOKS",
            "0",
            "1 lets webhooks go to private and loopback addresses: for the demo and tests only.",
        ),
        Setting(
            "LEADBUS_PLATFORM_STAND_IN",
            "",
            "Base address asked instead of Meta and LinkedIn, as <base>/<host><path>: for the demo and tests only.",
        ),
        Setting(
            "LEADBUS_WEBHOOK_STAND_IN",
            "",
            "Base address that takes all webhooks instead, as <base>/<host><path>: for the demo and tests only.",
        ),
        Setting(
            "LEADBUS_SFTP_STAND_IN",
            "",
            "host:port that takes all files for owners' SFTP servers instead: for the demo and tests only.",
        ),
    )
}


def get(name: str) -> str:
    """The value of a declared setting. Raises SettingMissing, saying what it is for."""
    setting = SETTINGS[name]
    value = os.environ.get(name)
    if value is None and name == "LEADBUS_AMQP_URI":
        value = os.environ.get("AMQP_URI")
    if value is None:
        value = setting.default
    if value is None:
        raise SettingMissing(f"{name} is not set. {setting.help}")
    return value


def named_elsewhere(name: str) -> str:
    """A secret whose environment variable the company's own files or the key file name; empty when it is not set."""
    return os.environ.get(name, "")


def integer(name: str) -> int:
    """The value as a whole number. Raises ValueError that names the setting."""
    value = get(name)
    try:
        return int(value)
    except ValueError:
        raise ValueError(f"{name}={value!r} is not a whole number. {SETTINGS[name].help}") from None


def flag(name: str) -> bool:
    """Whether the value is 1, true, yes or on."""
    return get(name).lower() in ("1", "true", "yes", "on")


def seconds_list(name: str) -> tuple[float, ...]:
    """The value as numbers separated by commas. Raises ValueError that names the setting."""
    value = get(name)
    try:
        return tuple(float(part) for part in value.split(",") if part.strip())
    except ValueError:
        raise ValueError(f"{name}={value!r} is not a list of seconds. {SETTINGS[name].help}") from None
