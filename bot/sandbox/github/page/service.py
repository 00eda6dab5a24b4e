"""Routes of the pages; everything is rendered here, and works without scripts."""

from collections.abc import Callable
from html import escape
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.sandbox.github import conversation
from bot.sandbox.github.accounts import Caller, has_level
from bot.sandbox.github.actions.records import jobs_of
from bot.sandbox.github.hub import Hub, Repository
from bot.sandbox.github.merge import MergeRequest, merge
from bot.sandbox.github.page import forms
from bot.sandbox.github.page.conversation import issue_part, live_part, state_of
from bot.sandbox.github.page.fragments import mark, page, pill, when, who
from bot.sandbox.github.pulls import find_pull, list_issues, list_pulls
from bot.sandbox.github.refused import RefusedError, not_found

_ASSETS = Path(__file__).parent / "assets"
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_SAFETY = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
}


class PageService:
    """The pages of one sandbox."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def routes(self) -> list[BaseRoute]:
        """Return the routes."""
        pull = "/{owner}/{repo}/pull/{number:int}"
        return [
            Route("/", self._page(self._index)),
            Route("/favicon.ico", lambda _: _asset("favicon.svg")),
            Route("/assets/{name}", lambda request: _asset(request.path_params["name"])),
            Route("/{owner}/{repo}", self._page(self._repository)),
            Route("/{owner}/{repo}/pulls", self._page(self._repository)),
            Route("/{owner}/{repo}/actions/runs/{run:int}", self._page(self._run)),
            Route("/{owner}/{repo}/issues/{number:int}", self._page(self._issue)),
            Route(pull, self._page(self._pull), methods=["GET"]),
            Route(pull, self._act, methods=["POST"]),
            Route(f"{pull}/live", self._page(self._live)),
        ]

    def _page(self, write: Callable[[Request], Response]) -> Callable[[Request], Response]:
        def endpoint(request: Request) -> Response:
            try:
                response = write(request)
            except RefusedError as refused:
                response = _refusal(refused)
            response.headers.update(_SAFETY)
            return response

        return endpoint

    def _found(self, request: Request) -> Repository:
        return self._hub.repository(request.path_params["owner"], request.path_params["repo"])

    def _index(self, request: Request) -> Response:
        del request
        lists = "".join(self._pulls(repository) for repository in self._hub.repositories())
        return HTMLResponse(page("GitHub sandbox", lists or "<p>There is no repository yet.</p>"))

    def _repository(self, request: Request) -> Response:
        repository = self._found(request)
        lists = self._pulls(repository) + self._issues(repository)
        return HTMLResponse(page(repository.full_name, lists))

    def _issues(self, repository: Repository) -> str:
        rows = "".join(
            f'<li>{pill(issue["state"])}<div><a href="/{repository.full_name}/issues/'
            f'{issue["number"]}">{escape(issue["title"])}</a><div class="quiet">'
            f"#{issue['number']} by {escape(issue['author'])} · {when(issue['updated_at'])}"
            "</div></div></li>"
            for issue in list_issues(self._hub, repository)
        )
        return f'<h2>Issues</h2><section class="box wide"><ul>{rows}</ul></section>' if rows else ""

    def _issue(self, request: Request) -> Response:
        repository = self._found(request)
        number = request.path_params["number"]
        issue = conversation.find_issue(self._hub, repository, number)
        if issue["id"] not in {row["id"] for row in list_issues(self._hub, repository)}:
            return RedirectResponse(f"/{repository.full_name}/pull/{number}", 302)
        body = (
            f'<div class="pull"><p class="trail"><a href="/{repository.full_name}">'
            f"{escape(repository.full_name)}</a></p>"
            f'<h1>{escape(issue["title"])} <span class="quiet">#{number}</span></h1>'
            f'<p class="headline">{pill(issue["state"])}</p>'
            f"{issue_part(self._hub, repository, issue)}</div>"
        )
        return HTMLResponse(page(f"{issue['title']} · #{number}", body))

    def _pulls(self, repository: Repository) -> str:
        rows = "".join(
            f'<li>{pill(state_of(pull))}<div><a href="/{repository.full_name}/pull/'
            f'{pull["number"]}">{escape(pull["title"])}</a>'
            f'<div class="quiet">#{pull["number"]} by {escape(pull["author"])} · '
            f"{when(pull['updated_at'])}</div></div></li>"
            for pull in list_pulls(self._hub, repository)
        )
        empty = '<li class="quiet">No pull requests yet.</li>'
        link = f'<a href="/{repository.full_name}">{escape(repository.full_name)}</a>'
        return f'<h1>{link}</h1><section class="box wide"><ul>{rows or empty}</ul></section>'

    def _pull(self, request: Request) -> Response:
        repository = self._found(request)
        pull = find_pull(self._hub, repository, request.path_params["number"])
        token = forms.csrf_token(request)
        person = request.cookies.get(forms.PERSON_COOKIE, "")
        path = f"/{repository.full_name}/pull/{pull['number']}"
        body = (
            f'<div class="pull"><p class="trail"><a href="/{repository.full_name}">'
            f"{escape(repository.full_name)}</a></p>"
            f'<h1>{escape(pull["title"])} <span class="quiet">#{pull["number"]}</span></h1>'
            f'<div id="live" data-source="{escape(path)}/live">'
            f"{live_part(self._hub, repository, pull['number'])}</div>"
            f"{forms.form(self._hub, repository, pull, person, token)}</div>"
        )
        title = f"{pull['title']} · #{pull['number']}"
        response = HTMLResponse(page(title, body, script=True))
        response.set_cookie(forms.CSRF_COOKIE, token, httponly=True, samesite="strict")
        return response

    def _live(self, request: Request) -> Response:
        repository = self._found(request)
        return HTMLResponse(live_part(self._hub, repository, request.path_params["number"]))

    async def _act(self, request: Request) -> Response:
        fields = {name: str(value) for name, value in (await request.form()).items()}
        try:
            forms.check_csrf(request, fields.get("csrf", ""))
            await run_in_threadpool(self._carry_out, request, fields)
        except RefusedError as refused:
            return _refusal(refused)
        response = RedirectResponse(request.url.path, 303)
        person = fields["person"]
        response.set_cookie(forms.PERSON_COOKIE, person, httponly=True, samesite="strict")
        return response

    def _carry_out(self, request: Request, fields: dict[str, str]) -> None:
        repository = self._found(request)
        number = request.path_params["number"]
        caller = self._person(repository, fields.get("person", ""))
        body = fields.get("body", "").replace("\r\n", "\n")
        match fields.get("act"):
            case "comment":
                conversation.add_comment(self._hub, repository, caller, number, body)
            case "approve":
                asked = ("APPROVE", body, "")
                conversation.add_review(self._hub, repository, caller, number, asked)
            case "merge":
                if not has_level(self._hub.store, repository.id, caller.login, "write"):
                    raise RefusedError(403, "Merging needs the write permission.")
                merge(self._hub, repository, caller, number, MergeRequest())
            case _:
                raise RefusedError(422, "The form asks for nothing known.")

    def _person(self, repository: Repository, login: str) -> Caller:
        known = {row["login"] for row in forms.people_of(self._hub, repository)}
        if login not in known:
            raise RefusedError(403, "That person is no collaborator.")
        return Caller(login)

    def _run(self, request: Request) -> Response:
        repository = self._found(request)
        run = self._hub.store.row(
            "SELECT * FROM runs WHERE id = ? AND repository = ?",
            request.path_params["run"],
            repository.id,
        )
        if run is None:
            raise not_found()
        jobs = "".join(
            self._job(run["id"], job["job"], job["conclusion"] or job["status"])
            for job in jobs_of(self._hub, run["id"])
        )
        state = run["conclusion"] or run["status"]
        body = (
            f'<p class="trail"><a href="/{repository.full_name}">{escape(repository.full_name)}'
            f"</a></p><h1>{mark(state)} {escape(run['name'])} "
            f'<span class="quiet">run {run["id"]}</span></h1><p class="quiet">Started by '
            f"{escape(run['event'])} of {who(run['actor'])} · {when(run['created_at'])}</p>{jobs}"
        )
        return HTMLResponse(page(f"{run['name']} · run {run['id']}", body))

    def _job(self, run: int, job: str, state: str) -> str:
        log = self._hub.state / "runs" / str(run) / f"{job}.log"
        text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
        shown = escape(text) or "No output."
        title = f"<h2>{mark(state)} {escape(job)}</h2>"
        return f'<section class="box wide">{title}<pre>{shown}</pre></section>'


def _asset(name: str) -> Response:
    path = _ASSETS / name
    if path.parent != _ASSETS or not path.is_file():
        return _refusal(not_found())
    return Response(path.read_bytes(), headers=_SAFETY, media_type=_TYPES[path.suffix])


def _refusal(refused: RefusedError) -> Response:
    details = "".join(f"<p>{escape(str(error))}</p>" for error in refused.errors)
    body = f'<h1>Not done</h1><p class="refusal">{escape(refused.message)}</p>{details}'
    body += '<p class="quiet">Go back and try again.</p>'
    return HTMLResponse(page("Not done", body), refused.status, _SAFETY)
