"""What is answered to people about their own data."""

from services.capture.present import present
from services.capture.usecases import balancing, confirming, consents, privacy
from shared import settings
from shared.contracts import calls
from shared.contracts.signed_ids import SignedIds, confirmation_tokens
from shared.serving.rpc import answers
from shared.serving.runtime import Runtime


class PrivacyCalls:
    """Calls about a person's data."""

    runtime: Runtime

    @answers(calls.CAPTURE_EXPORT)
    def export(self, request: calls.PersonRequest) -> calls.OwnExportReply:
        """Everything that is held of a person here."""
        with self.runtime.begin() as tx:
            return privacy.export(tx, request.person_id)

    @answers(calls.ERASE)
    def erase(self, request: calls.EraseRequest) -> calls.EraseReply:
        """Forgets a person here and everywhere."""
        with self.runtime.begin() as tx:
            return privacy.erase(tx, request, secret=settings.get("LEADBUS_SECRET"))

    @answers(calls.CERTIFICATE)
    def certificate(self, request: calls.ErasureRequest) -> calls.CertificateReply:
        """What was erased where."""
        with self.runtime.begin() as tx:
            return privacy.certificate(tx, request.erasure_id)

    @answers(calls.ERASURES)
    def erasures(self, request: calls.ErasuresRequest) -> calls.ErasuresReply:
        """The newest erasures, and those that a room holds up."""
        with self.runtime.begin() as tx:
            return privacy.erasures(tx, request.limit)

    @answers(calls.CONSENT)
    def consent(self, request: calls.PersonRequest) -> calls.ConsentReply:
        """What a person agreed to, and what holds."""
        with self.runtime.begin() as tx:
            return consents.ledger(tx, request.person_id)

    @answers(calls.RECORD_CONSENT)
    def record_consent(self, request: calls.RecordConsentRequest) -> calls.ConsentReply:
        """Files what somebody said elsewhere."""
        with self.runtime.begin() as tx:
            return consents.record(tx, request, present(self.runtime.company).company(tx).consent)

    @answers(calls.DESCRIBE_CONFIRMATION)
    def describe_confirmation(self, request: calls.LinkRequest) -> calls.ConfirmationReply:
        """What a confirmation link stands for; changes nothing."""
        with self.runtime.begin() as tx:
            return confirming.describe(tx, request.token, _tokens())

    @answers(calls.CONFIRM)
    def confirm(self, request: calls.ConfirmRequest) -> calls.ConfirmationReply:
        """Makes a yes count that waited to be confirmed."""
        with self.runtime.begin() as tx:
            return confirming.confirm(tx, request, _tokens())

    @answers(calls.LEDGER_DAYS)
    def ledger_days(self, request: calls.LedgerDaysRequest) -> calls.LedgerDaysReply:
        """What was received and what became of it, per day and source."""
        with self.runtime.begin() as tx:
            return balancing.days(tx.session, request)


def _tokens() -> SignedIds:
    return confirmation_tokens(settings.get("LEADBUS_SECRET"))
