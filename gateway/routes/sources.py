"""The register of sources, as pages: how each is sent to, what maps where, and a ready example."""

from dataclasses import asdict, replace

from apiflask import APIBlueprint
from flask import Response, render_template

from gateway.access import may_see, scoped
from gateway.answers import json_response
from gateway.examples import examples
from gateway.problems import wants_page
from gateway.state import gateway
from shared.contracts import calls, schema
from shared.contracts.errors import NotFound

routes = APIBlueprint("sources", __name__)


@routes.get("/sources")
@routes.doc(summary="All sources", description="A page, or JSON for whoever does not ask for HTML.", security="key")
@scoped("intake", "read", basic=True)
def list_sources() -> Response:
    """Lists the register."""
    found = gateway().rooms.call(calls.SOURCES)
    found = replace(found, sources=[one for one in found.sources if may_see(one.id)])
    if not wants_page():
        return json_response(schema.dump(found))
    return Response(render_template("sources.html", sources=found.sources))


@routes.get("/sources/<source>")
@routes.doc(
    summary="How to send for a source",
    description="Fields and what they mean to us, every door with a ready example, and how a test is marked.",
    security="key",
)
@scoped("intake", "read", basic=True)
def show_source(source: str) -> Response:
    """The specification of one source, made from the company's own files."""
    if not may_see(source):
        raise NotFound(f"no source {source}")
    spec = gateway().rooms.call(calls.SOURCE_SPEC, source=source)
    doors = examples(source, spec.entry.dialect, gateway().entrypoints, gateway().public_url)
    if not wants_page():
        return json_response(schema.dump(spec) | {"doors": [asdict(door) for door in doors]})
    return Response(render_template("source.html", spec=spec, doors=doors))
