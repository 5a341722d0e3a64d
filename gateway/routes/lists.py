"""Trade show lists come as files: CSV, TSV or XLSX, told apart by their content."""

from apiflask import APIBlueprint
from flask import Response, request
from werkzeug.datastructures import FileStorage

from gateway.access import granted_source, scoped
from gateway.answers import ACCEPTED_RESPONSES, accepted
from gateway.problems import Problem
from gateway.wrapping import marked_as_test, take_in

routes = APIBlueprint("lists", __name__)

TYPES = ("text/csv", "text/plain", "text/tab-separated-values", "application/csv", "application/octet-stream",
         "application/vnd.ms-excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")  # fmt: skip


@routes.post("/v1/lists/<source>")
@routes.doc(
    summary="Send a list as CSV, TSV or XLSX",
    description="The file is the body, or the one file of a multipart form. The receipt tells of every row, also as a "
    "file: `/v1/receipts/{id}/rows.csv`. Sent again, it changes nothing.",
    responses=ACCEPTED_RESPONSES,
    security="key",
)
@scoped("intake")
def send_list(source: str) -> Response:
    """Takes a list in."""
    granted = granted_source(source)
    if request.mimetype == "multipart/form-data":
        file = _uploaded_file()
        receipt_id, _ = take_in(
            "csv",
            granted,
            file.read(),
            content_type=file.content_type or "text/csv",
            filename=file.filename,
            test=marked_as_test(),
        )
    elif request.mimetype in TYPES:
        name = request.args.get("filename")
        receipt_id, _ = take_in("csv", granted, request.get_data(), filename=name, test=marked_as_test())
    else:
        raise Problem(415, "not_csv", f"Send a multipart form, or one of these Content-Types: {', '.join(TYPES)}.")
    return accepted(receipt_id)


def _uploaded_file() -> FileStorage:
    files = list(request.files.values())
    if len(files) != 1:
        raise Problem(400, "one_file_required", f"Send exactly one file; {len(files)} could be read.")
    return files[0]
