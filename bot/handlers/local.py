"""Reviews without GitHub or Azure: two revisions of the repository at hand."""

from dataclasses import replace

from bot.core.review import Review, review
from bot.handlers.context import read_rules
from bot.handlers.past_versions import with_past_versions
from bot.handlers.ports import Repository, Teams
from bot.handlers.sources import read_sources


def review_revisions(
    repository: Repository, base: str, head: str, teams: Teams | None = None
) -> Review:
    """Return the review of `head` as if it were a pull request to `base`.

    Raises:
        BotError: one of the revisions does not exist.
        InvalidFileError: platform or policy of `base` cannot be used.
    """
    main = repository.resolve(base)
    rules = read_rules(repository, main, teams)
    sources = read_sources(repository, main, repository.resolve(head))
    sources = with_past_versions(repository, main, sources)
    sources = replace(sources, teams=teams is not None)
    return review(sources, rules.platform, rules.policy)
