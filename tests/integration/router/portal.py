"""Signing in to the portal as a test does it."""

import re
from dataclasses import dataclass

from services.router.domain.rules import Rules
from services.router.usecases import portal_signing
from services.router.usecases.portal_signing import Seals
from shared.contracts.calls import SessionBegun, SignInAsked, SignInLink, SignInState
from tests.integration.router.receivers import MailServer, perform
from tests.played_room import PlayedRoom

BROWSER = "digest of the browser that asked"


@dataclass
class Portal:
    """The portal's calls on a played router."""

    router: PlayedRoom
    rules: Rules
    mail: MailServer
    seals: Seals

    def ask(self, address: str, browser: str = BROWSER) -> int:
        """Somebody asks for a link."""
        with self.router.uow.begin() as tx:
            request = SignInAsked(address=address, browser=browser)
            minutes = portal_signing.ask_to_sign_in(tx, request, rules=self.rules).minutes
        perform(self.router)
        return minutes

    def mailed(self, address: str) -> list[str]:
        """Tokens of the links that went to an address, oldest first."""
        bodies = [m.get_content() for m in self.mail.to(address) if m["Subject"] == "Your link to sign in"]
        return [found for body in bodies for found in re.findall(r"/portal/in/(\S+)", body)]

    def look(self, token: str, browser: str | None = BROWSER) -> str:
        """Somebody, or some mail scanner, opens the link."""
        with self.router.uow.begin() as tx:
            found: SignInState = portal_signing.look_at_sign_in(
                tx, SignInLink(token=token, browser=browser), seals=self.seals
            )
        return found.state

    def enter(self, token: str, browser: str | None = BROWSER) -> SessionBegun:
        """They press the button."""
        with self.router.uow.begin() as tx:
            request = SignInLink(token=token, browser=browser)
            return portal_signing.sign_in(tx, request, rules=self.rules, seals=self.seals)

    def session(self, address: str) -> str:
        """A session of somebody whom the company's file names."""
        self.ask(address)
        return self.enter(self.mailed(address.lower())[-1]).session

    def visitor(self, session: str) -> str:
        """The address that is signed in."""
        with self.router.uow.begin() as tx:
            return portal_signing.visitor_in(tx, session, rules=self.rules, seals=self.seals).address

    def leave(self, session: str, everywhere: bool = False) -> int:
        """They sign out."""
        with self.router.uow.begin() as tx:
            return portal_signing.sign_out(tx, session, everywhere, seals=self.seals)
