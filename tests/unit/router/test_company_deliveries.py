"""Every way is read from the company's file, and each mistake in it is named where it stands."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from services.router.company_deliveries import read_deliveries
from services.router.domain.delivery import CsvByMail, CsvBySftp, HubSpot, Rest, Salesforce
from shared.company_file import CompanyError, Entry

HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEm0"


@pytest.fixture(autouse=True)
def as_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADBUS_ALLOW_PRIVATE_WEBHOOKS", "0")


def read(ways: str) -> Any:
    entry = Entry("owners.yml: owners hawkeye", {"deliveries": yaml.safe_load(ways)})
    return read_deliveries(entry, Path("/company"))


def test_every_way_is_read() -> None:
    salesforce, hubspot, rest, sftp = read(
        f"""
        - salesforce: https://dealer.my.salesforce.com
          client: abc
          secret: {{env: S}}
          status: {{Working: contacted, Lost: {{action: lost, reason: price}}, won: won}}
          pull: 30 minutes
        - hubspot: https://api.hubapi.com
          secret: {{file: hubspot.token}}
          per_minute: 100
        - rest: https://api.dealer.example/leads
          fields: {{a.b: contact.name, c: {{value: 7}}, d: {{from: answers.acres, default: none, longest: 10}}}}
        - csv: sftp://leads@files.dealer.example:2222/in/new
          host_key: {HOST_KEY} comment
          secret: {{env: S}}
          every: day
        """
    )
    assert isinstance(salesforce, Salesforce)
    assert salesforce.status["Lost"].fields == {"reason": "price"}
    assert salesforce.pulled_every.total_seconds() == 1800
    assert isinstance(hubspot, HubSpot)
    assert (hubspot.per_minute, str(hubspot.secret)) == (100, "the file /company/hubspot.token")
    assert isinstance(rest, Rest)
    assert rest.fields["d"].value({"answers": {"acres": "a lot more than ten"}}) == "a lot more"
    assert isinstance(sftp, CsvBySftp)
    assert (sftp.host, sftp.port, sftp.user, sftp.folder) == ("files.dealer.example", 2222, "leads", "in/new")
    assert (sftp.every, sftp.host_key) == ("day", HOST_KEY)
    (digest,) = read("- {csv: 'mailto:office@dealer.example'}")
    assert isinstance(digest, CsvByMail)
    assert (digest.address, digest.every, "phone" in digest.columns) == ("office@dealer.example", "hour", True)


@pytest.mark.parametrize(
    ("ways", "said"),
    [
        ("- {fax: 555}", "deliveries 1: way: one of webhook, email, adf"),
        ("- {adf: https://a.example/x, authorisation: {env: A}}", "did you mean 'authorization'?"),
        ("- {adf: https://a.example/x}\n- {adf: https://b.example/x}", "an owner has one adf at most"),
        ("- {adf: https://a.example/x, authorization: Bearer 123}", "must name where it is kept"),
        ("- {adf: http://a.example/x}", "only https on port 443 or 8443 is called"),
        ("- {adf: https://a.example:22/x}", "only https on port 443 or 8443 is called"),
        ("- {rest: https://a.example/x}", "fields: this is needed"),
        ("- {rest: https://a.example/x, fields: {n: contact.nam}}", "did you mean 'contact.name'?"),
        ("- {rest: https://a.example/x, fields: {n: {from: lead_id, longest: 0}}}", "longest: a whole number above 0"),
        ("- {rest: https://a.example/x, fields: {n: contact.name}, method: GET}", "'GET' is not one of POST, PUT"),
        ("- {rest: https://a.example/x, fields: {n: contact.name}, duplicate: [taken]}", "a list of HTTP codes"),
        ("- {salesforce: https://a.example, client: c, secret: {env: S}}", "your organisation's own address"),
        ("- {salesforce: https://a.my.salesforce.com, secret: {env: S}}", "client: this is needed"),
        ("- {salesforce: https://a.my.salesforce.com, client: c}", "secret: this is needed"),
        ("- {hubspot: https://api.hubapi.com, secret: {env: S}, status: {BAD: lost}}", "lost asks for reason"),
        ("- {hubspot: https://api.hubapi.com, secret: {env: S}, status: {BAD: lots}}", "did you mean 'lost'?"),
        ("- {hubspot: https://api.hubapi.com, secret: {env: S}, pull: often}", "'often' is not a time"),
        ("- {csv: ftp://a.example/x}", "sftp://user@server/folder or mailto:address"),
        ("- {csv: 'sftp://u:p@a.example/x', host_key: k, secret: {env: S}}", "without a password"),
        ("- {csv: 'sftp://u@a.example/x', host_key: k, secret: {env: S}}", "the server's public key is expected"),
        ("- {csv: 'mailto:a@b.example,c@d.example'}", "is not one email address"),
        ("- {csv: 'mailto:a@b.example', every: week}", "every: there is no 'week'"),
    ],
)  # fmt: skip
def test_mistakes_are_named(ways: str, said: str) -> None:
    with pytest.raises(CompanyError) as refused:
        read(ways)

    assert str(refused.value).startswith("owners.yml: owners hawkeye: deliveries")
    assert said in str(refused.value)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "2130706433", "0x7f.1", "017700000001", "127.1", "0", "[::1]", "[::ffff:10.0.0.1]", "localhost",
        "169.254.169.254", "[64:ff9b::a9fe:a9fe]", "a.localhost",
    ],
)  # fmt: skip
@pytest.mark.parametrize("way", ["adf: 'https://{}/x'", "csv: 'sftp://u@{}/x', host_key: k k, secret: {env: S}"])
def test_addresses_that_lead_inside_are_refused_when_the_file_is_read(host: str, way: str) -> None:
    with pytest.raises(CompanyError, match="not a public address"):
        read("- {" + way.replace("{}", host) + "}")
