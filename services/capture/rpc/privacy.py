"""What is answered to people about their own data."""

from services.capture.usecases import privacy
from shared import settings
from shared.contracts import calls
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
