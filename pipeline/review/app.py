"""The web application: pages rendered on the server that work with mouse, keyboard and without JavaScript."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import parse_qsl, quote, unquote

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from sqlalchemy import Engine
from starlette.exceptions import HTTPException

from pipeline.errors import ClaimsError
from pipeline.links import claim_link
from pipeline.records import Span
from pipeline.review import article, corrections, index, queue, service, wording
from pipeline.review import decisions as log
from pipeline.review.corrections import FormError
from pipeline.review.follower import Follower
from pipeline.review.queue import Filters, Position
from pipeline.review.security import Access, Guard
from pipeline.review.survey import merged_speakers
from pipeline.store.database import reading
from pipeline.store.reads import sources_of

HERE = Path(__file__).parent
REVIEWER = "claims_reviewer"
"""The cookie with the reviewer's name."""
YEAR = 365 * 24 * 3600
MAX_FIELDS = 100


class Unnamed(Exception):
    """Nobody has said who is reviewing."""


async def _form(request: Request) -> dict[str, str]:
    body = (await request.body()).decode("utf-8", "replace")
    return dict(parse_qsl(body, keep_blank_values=True, max_num_fields=MAX_FIELDS))


def _name(request: Request) -> str:
    try:
        return log.reviewer_name(unquote(request.cookies.get(REVIEWER, "")) or request.app.state.reviewer or "")
    except ValueError:
        raise Unnamed from None


Form = Annotated[dict[str, str], Depends(_form)]
Name = Annotated[str, Depends(_name)]


def create_app(
    engine: Engine, access: Access, reviewer: str | None = None, follower: Follower | None = None
) -> FastAPI:
    """The application on a store; ``reviewer``: who decides unless a visitor gives another name."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        if follower is not None:
            follower.stop()

    app = FastAPI(title="policy-claims review", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    app.add_middleware(Guard, access=access)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    templates = wording.environment(HERE / "templates")

    app.state.reviewer = reviewer

    def render(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        said = wording.SAID.get(request.query_params.get("said", ""))
        values = {"filters": Filters(), "said": said, "reviewer": reviewer, "error": None} | values
        return HTMLResponse(templates.get_template(template).render(values), status)

    def go(request: Request, path: str, filters: Filters, said: str = "") -> Response:
        location = wording.link(path, filters, said=said)
        if request.headers.get("accept") == "application/json":
            return JSONResponse({"location": location})
        return RedirectResponse(location, 303)

    def after(filters: Filters, entry: queue.Entry | None) -> str:
        """The page of the claim that follows in the queue; the queue's own where none does."""
        with reading(engine) as connection:
            here = queue.position(filters, entry) if entry else None
            found = queue.page(connection, filters, here, limit=2) or queue.page(connection, filters, limit=2)
        following = [e for e in found if entry is None or e.claim_id != entry.claim_id]
        return f"/claims/{following[0].claim_id}" if following else "/"

    @app.get("/")
    def show_queue(request: Request, name: Name) -> HTMLResponse:
        filters = Filters.read(request.query_params)
        start = Position.read(request.query_params.get("after", ""))
        end = Position.read(request.query_params.get("before", ""))
        with reading(engine) as connection:
            back = end is not None and start is None
            found = queue.page(connection, filters, start or end, backwards=back, limit=queue.PAGE + 1)
            more = len(found) > queue.PAGE
            found = found[-queue.PAGE :] if back else found[: queue.PAGE]
            ahead = back or more
            behind = (
                queue.page(connection, filters, queue.position(filters, found[0]), backwards=True, limit=1)
                if found and (start or end)
                else []
            )
            values: dict[str, Any] = {
                "entries": found,
                "total": queue.count(connection, filters),
                "corpora": queue.corpora(connection),
                "title": wording.article_of(found, filters),
                "next_page": queue.position(filters, found[-1]) if ahead else None,
                "previous_page": queue.position(filters, found[0]) if behind else None,
            }
        return render(request, "queue.html", filters=filters, reviewer=name, **values)

    def claim_page(
        request: Request, claim_id: str, name: str, form: dict[str, str] | None = None, error: FormError | None = None
    ) -> HTMLResponse:
        filters = Filters.read(request.query_params)
        with reading(engine) as connection:
            document, item = service.find(connection, claim_id)
            document, items = index.items_of(connection, document.doc_id)
            entry = queue.entry(connection, claim_id)
            here = queue.position(filters, entry) if entry else None
            before = queue.page(connection, wording.anything(filters), here, backwards=True, limit=1)
            ahead = queue.page(connection, filters, here, limit=1)
            same = merged_speakers(log.merges(connection))
            values: dict[str, Any] = {
                "before": before[0] if before and here else None,
                "ahead": ahead[0] if ahead else None,
                "speakers": service.speakers_of(connection, document.doc_id),
                "sources": sources_of(connection, [document.doc_id]),
                "can_undo": log.to_undo(connection, name) is not None,
                "can_redo": log.to_redo(connection, name) is not None,
            }
        claim = item.settled or item.claim
        page = document.page_at(claim.start)
        return render(
            request,
            "claim.html",
            422 if error else 200,
            filters=filters,
            reviewer=name,
            document=document,
            item=item,
            items=items,
            claim=claim,
            passage=claim_link(document.uri, document.text, claim.start, claim.end, page),
            page_number=page,
            same=same,
            parts=article.parts(document, items, claim_id),
            choices=corrections.CHOICES,
            review_id=service.new_id(),
            form=form,
            error=error,
            editing=error is not None or "edit" in request.query_params,
            **values,
        )

    @app.get("/claims/{claim_id}")
    def show_claim(request: Request, claim_id: str, name: Name) -> HTMLResponse:
        return claim_page(request, claim_id, name)

    @app.post("/claims/{claim_id}/decisions")
    def decide(request: Request, claim_id: str, form: Form, name: Name) -> Response:
        filters = Filters.read(request.query_params)
        verdict = form.get("decision", "")
        with reading(engine) as connection:
            entry = queue.entry(connection, claim_id)
        try:
            service.decide(engine, claim_id, verdict, name, form)
        except FormError as error:
            return refused(request, error, lambda e: claim_page(request, claim_id, name, form, e))
        return go(request, after(filters, entry), filters, verdict)

    @app.post("/claims/{claim_id}/speaker")
    def merge(request: Request, claim_id: str, form: Form, name: Name) -> Response:
        try:
            service.merge(engine, claim_id, form.get("into", ""), name, form)
        except FormError as error:
            return refused(request, error, lambda e: claim_page(request, claim_id, name, form, e))
        if follower is not None:
            follower.hurry()
        return go(request, f"/claims/{claim_id}", Filters.read(request.query_params), "merge")

    def adding(
        request: Request, doc_id: str, kind: str, form: dict[str, str], name: str, error: FormError | None
    ) -> HTMLResponse:
        with reading(engine) as connection:
            document, items = service.article(connection, doc_id)
            who = service.speakers_of(connection, doc_id)
        try:
            start, end = int(form.get("start", "")), int(form.get("end", ""))
            span = Span.of(document.text, start, end)
        except ValueError:
            raise HTTPException(404, "Select the words of the claim in its article.") from None
        if kind not in corrections.CHOICES["kind"] or start == end:
            raise HTTPException(404, "Select the words of the claim in its article.")
        draft = corrections.draft(document, kind, span)
        return render(
            request,
            "add.html",
            422 if error else 200,
            filters=Filters.read(request.query_params),
            reviewer=name,
            document=document,
            items=items,
            claim=draft,
            speakers=who,
            parts=article.parts(document, items),
            choices=corrections.CHOICES,
            review_id=service.new_id(),
            form=form if error else None,
            error=error,
        )

    @app.get("/articles/{doc_id}/add")
    def show_add(request: Request, doc_id: str, name: Name) -> HTMLResponse:
        given = dict(request.query_params)
        return adding(request, doc_id, given.get("as", ""), given, name, None)

    @app.post("/articles/{doc_id}/claims")
    def add(request: Request, doc_id: str, form: Form, name: Name) -> Response:
        kind = form.get("kind", "")
        try:
            claim_id = service.add(engine, doc_id, kind, name, form)
        except FormError as error:
            return refused(request, error, lambda e: adding(request, doc_id, kind, form, name, e))
        return go(request, f"/claims/{claim_id}", Filters.read(request.query_params), "add")

    @app.post("/undo")
    def undo(request: Request, form: Form, name: Name) -> Response:
        return taken_back(request, service.undo(engine, name, form), "undo")

    @app.post("/redo")
    def redo(request: Request, form: Form, name: Name) -> Response:
        return taken_back(request, service.redo(engine, name, form), "redo")

    def taken_back(request: Request, target: log.Decision | None, what: str) -> Response:
        filters = Filters.read(request.query_params)
        if target is None:
            return go(request, "/", filters, f"no-{what}")
        if "merge" in (target.decision, (target.before or {}).get("decision")) and follower is not None:
            follower.hurry()
        with reading(engine) as connection:
            there = queue.entry(connection, target.claim_id)
        return go(request, f"/claims/{target.claim_id}" if there else "/", filters, what)

    @app.get("/agreement")
    def show_agreement(request: Request, name: Name) -> HTMLResponse:
        from pipeline.review import agreement  # its libraries take a second to load

        with reading(engine) as connection:
            figures = agreement.measure(log.everything(connection))
        return render(request, "agreement.html", reviewer=name, figures=figures)

    @app.get("/reviewer")
    def show_reviewer(request: Request) -> HTMLResponse:
        known = unquote(request.cookies.get(REVIEWER, "")) or reviewer or ""
        return render(request, "reviewer.html", reviewer=known)

    @app.post("/reviewer")
    def set_reviewer(request: Request, form: Form) -> Response:
        try:
            name = log.reviewer_name(form.get("name", ""))
        except ValueError as error:
            wrong = FormError("name", f"{error}.")
            return refused(request, wrong, lambda e: render(request, "reviewer.html", 422, error=e))
        answer = go(request, "/", Filters())
        answer.set_cookie(REVIEWER, quote(name), max_age=YEAR, httponly=True, samesite="strict")
        return answer

    @app.get("/help")
    def show_help(request: Request) -> HTMLResponse:
        return render(request, "help.html", reviewer=unquote(request.cookies.get(REVIEWER, "")) or reviewer)

    @app.get("/suggest/speakers")
    def suggest_speakers(q: str = "") -> list[str]:
        with reading(engine) as connection:
            return queue.speaker_names(connection, q[:80])

    @app.get("/suggest/articles")
    def suggest_articles(q: str = "") -> list[str]:
        with reading(engine) as connection:
            return queue.article_titles(connection, q[:80])

    def refused(request: Request, error: FormError, page: Callable[[FormError], Response]) -> Response:
        if request.headers.get("accept") == "application/json":
            return JSONResponse({"field": error.field, "message": str(error)}, 422)
        return page(error)

    def problem(request: Request, status: int, message: str) -> Response:
        if request.headers.get("accept") == "application/json":
            return JSONResponse({"field": "", "message": message}, status)
        return render(request, "problem.html", status, message=message)

    @app.exception_handler(Unnamed)
    def unnamed(request: Request, _: Exception) -> Response:
        return RedirectResponse("/reviewer", 303)

    @app.exception_handler(service.NotFound)
    def not_found(request: Request, error: Exception) -> Response:
        return problem(request, 404, str(error))

    @app.exception_handler(ClaimsError)
    def failed(request: Request, error: Exception) -> Response:
        return problem(request, 503, f"Not saved: {error}")

    @app.exception_handler(HTTPException)
    def told(request: Request, error: Exception) -> Response:
        status = getattr(error, "status_code", 500)
        return problem(request, status, str(getattr(error, "detail", error)))

    @app.exception_handler(RequestValidationError)
    def misread(request: Request, _: Exception) -> Response:
        return problem(request, 404, "There is no such page.")

    return app
