"""Who is in a team of an organisation: told only to tokens that may know."""

from bot.sandbox.github.refused import RefusedError, not_found
from bot.sandbox.github.rest.call import Answer, Call, Operation


def _members(call: Call) -> Answer:
    """Answer the members; the team must be known, whoever is in it."""
    if not call.caller.is_job:
        raise RefusedError(403, "Resource not accessible by personal access token")
    if not call.caller.is_granted("members", "read"):
        raise RefusedError(403, "Resource not accessible by integration")
    team = call.hub.store.row(
        "SELECT * FROM teams WHERE organisation = ? AND slug = ?",
        call.path["org"],
        call.path["team_slug"],
    )
    if team is None:
        raise not_found()
    rows = call.hub.store.rows(
        "SELECT login FROM team_members WHERE team = ? ORDER BY login", team["id"]
    )
    return call.page([call.bodies.account(row["login"]) for row in rows])


OPERATIONS = (Operation("GET", "/orgs/{org}/teams/{team_slug}/members", _members),)
