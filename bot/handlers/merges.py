"""Merges of main, each judged once, as of its time and by rules that were approved themselves."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from bot.core.config.circuit import CircuitId
from bot.core.evidence.evidence_run import EvidenceRun
from bot.core.gates.approval import same_login
from bot.core.gates.facts import Tests
from bot.core.gates.rollback import Rollback
from bot.core.model_test import verdict
from bot.core.model_test_request import ModelRef, ModelTestRequest
from bot.core.production.authority import Explanation, why_not_approved
from bot.core.production.parts import parts_of
from bot.core.production.rolled_back import tag_value
from bot.core.pull_request import PullRequest
from bot.core.review import Review, release_content
from bot.core.standing import Progress
from bot.core.untrusted import plain
from bot.errors import InvalidFileError
from bot.handlers.candidate_image import image_stands_in, import_test, is_content
from bot.handlers.context import PLATFORM, POLICY, Context, Rules, read_rules
from bot.handlers.last_changes import last_changes
from bot.handlers.ports import Cloud
from bot.handlers.progress import latest_test, tests_of
from bot.handlers.promotion_records import read_promotion
from bot.handlers.sources import read_sources
from bot.handlers.standing import read_standing, review_head

_TITLE = 200  # characters; the tag of a deployment takes 256


@dataclass(frozen=True, slots=True)
class Merge:
    """One commit of main with the pull request behind it.

    Attributes:
        pull: None when the commit reached main without one.
        back: what a rollback returns to; None for any other merge.
        rollback: the reason of a rollback; empty for any other merge.
        by: who asked for it: who opened it, or for whom envbot did.
        tested: the models that passed in the environment it released, or in the one that it met on
            main unseen; None if it did neither.
        objection: why it authorises nothing although its own gate held; empty if nothing is wrong.
    """

    explanation: Explanation
    pull: PullRequest | None = None
    back: Rollback | None = None
    rollback: str = ""
    by: str = ""
    tested: frozenset[ModelRef] | None = None
    objection: str = ""


@dataclass(frozen=True, slots=True)
class _Tested:
    progress: Progress
    models: frozenset[ModelRef] | None


@dataclass(slots=True)
class Ledger:
    """Judges merges and remembers; one apply asks for the same ones again and again."""

    context: Context
    cloud: Cloud
    _merges: dict[str, Merge] = field(default_factory=dict)
    _rules: dict[str, Rules] = field(default_factory=dict)

    def merge(self, commit: str) -> Merge:
        """Return the merge that made `commit` of main, judged by the rules its base had."""
        if commit not in self._merges:
            rules = self.context.rules
            if self._has_rules_before(commit):
                rules = self.trusted_rules(self.context.repository.parents(commit)[0])
            self._merges[commit] = self._judge(commit, rules)
        return self._merges[commit]

    def objection_to_rules(self, main: str) -> str:
        """Return why the rules on `main` may judge nothing; empty if they were approved.

        The first policy is trusted. Each later change of policy or platform counts only if its
        pull request passed its gate by the rules trusted before: else one unapproved merge could
        weaken what judges the next.
        """
        repository, trusted = self.context.repository, self.trusted_rules(main)
        now, then = (repository.read(at, POLICY, PLATFORM) for at in (main, trusted.main))
        if {path: file.oid for path, file in now.items()} == {
            path: file.oid for path, file in then.items()
        }:
            return ""
        return (
            "config/policy.yml or config/platform.yml on main was changed without an approved pull "
            f"request since {trusted.main[:7]}. Restore it, or have the change approved in one."
        )

    def objection_to_files(self, paths: Sequence[str]) -> str:
        """Return why nothing may be made of these files of main; empty if they were approved.

        Each is looked up by itself: who approved one has not approved what was pushed beside it.
        """
        newest: dict[str, str] = {}
        for change in self.context.repository.file_changes(self.context.rules.main, paths):
            newest.setdefault(change.path, change.commit)
        for commit in dict.fromkeys(newest.values()):
            if flaw := self.objection_to(commit):
                return f"{' or '.join(paths)} on main is not what was approved. {flaw}"
        return ""

    def objection_to(self, commit: str) -> str:
        """Return why what `commit` brought to main is not approved; empty if it is.

        What main held before it had rules is trusted, as those rules are themselves.
        """
        if not self._has_rules_before(commit):
            return ""
        merge = self.merge(commit)
        return why_not_approved(merge.explanation) or merge.objection

    def trusted_rules(self, commit: str) -> Rules:
        """Return the rules that were last approved on the way to `commit` of main."""
        repository = self.context.repository
        newest = repository.history(commit, [POLICY, PLATFORM])[0]
        if newest.commit not in self._rules:
            if not self._has_rules_before(newest.commit):
                found = read_rules(repository, newest.commit, self.context.teams)
            else:
                found = self._approved_rules(newest.commit, self.trusted_rules(newest.before))
            self._rules[newest.commit] = found
        return self._rules[newest.commit]

    def _approved_rules(self, commit: str, before: Rules) -> Rules:
        """Return the rules that main had at `commit` if they are approved and can be used.

        Each of the two files is as `before` trusts it, or as an approved merge made it: whoever
        approved one has not approved what was pushed into the other.
        """
        if all(self._is_approved(path, commit, before) for path in (POLICY, PLATFORM)):
            with suppress(InvalidFileError):
                return read_rules(self.context.repository, commit, self.context.teams)
        return before

    def _is_approved(self, path: str, commit: str, before: Rules) -> bool:
        repository = self.context.repository
        now, then = (repository.read(at, path).get(path) for at in (commit, before.main))
        if now is not None and then is not None and now.oid == then.oid:
            return True
        last = repository.history(commit, [path])[0]
        rules = self.trusted_rules(last.before) if last.before else before
        return not why_not_approved(self._judge(last.commit, rules).explanation)

    def _has_rules_before(self, commit: str) -> bool:
        """Tell whether main ever had rules before `commit`; rules made anew are no first ones."""
        repository = self.context.repository
        return any(
            {POLICY, PLATFORM} <= repository.read(entry.commit, POLICY, PLATFORM).keys()
            for entry in repository.history(commit, [POLICY, PLATFORM])
            if entry.commit != commit
        )

    def _judge(self, commit: str, rules: Rules) -> Merge:
        context, parents = self.context, self.context.repository.parents(commit)
        pull = next(iter(self._pulls(commit)), None)
        if pull is None or not parents:
            nobody = Explanation(None, commit, merged=False, gate=None, approved=None, content=None)
            return Merge(nobody)
        # Content is compared with the commit it was merged into; who decides is the rules' matter.
        at_merge = replace(context, rules=replace(rules, main=parents[0]))
        reviewed = review_head(at_merge, pull)
        tested = self._tested(at_merge, reviewed)
        standing = read_standing(at_merge, pull, progress=tested.progress, now=pull.merged_at)
        brought = read_sources(context.repository, parents[0], commit)
        explanation = Explanation(
            pull=pull.number,
            commit=commit,
            merged=True,
            gate=standing.gate,
            approved=reviewed.content,
            content=release_content(brought, rules.platform),
        )
        if standing.rollback is None:
            models = self._tested_on(parents[0]) if reviewed.base_moved else tested.models
            return Merge(explanation, pull, by=pull.author, tested=models)
        return Merge(
            explanation,
            pull,
            back=standing.rollback,
            rollback=tag_value(f"#{pull.number} {plain(pull.title, _TITLE)}"),
            by=tag_value(self._asked_by(pull)),
            objection=self._objection_to_return(standing.rollback),
        )

    def _asked_by(self, pull: PullRequest) -> str:
        """Return who opened a pull request, or for whom envbot did: its commit is by them."""
        if not same_login(pull.author, self.context.hosting.login):
            return pull.author
        return ", ".join(sorted(self.context.hosting.pushers(pull.number))) or pull.author

    def tested_by(self, commit: str) -> frozenset[ModelRef] | None:
        """Return the models that passed in what `commit` released; None where nobody asked."""
        return self.merge(commit).tested if self._has_rules_before(commit) else None

    def _tested_on(self, main: str) -> frozenset[ModelRef]:
        """Return the models that passed in the environment of `main`.

        Of two pull requests that were both green one is merged second. What it asks for may meet an
        environment that nobody saw who approved it, and only the tests of that one know the two.
        """
        [newest, *_] = self.context.repository.history(main, ["environment"])
        return self.tested_by(newest.commit) or frozenset()

    def _pulls(self, commit: str) -> list[PullRequest]:
        """Return the pull requests that were merged into main as this very commit."""
        return [
            pull
            for pull in self.context.hosting.pulls_with(commit)
            if pull.merged_at
            and pull.merge_commit == commit
            and pull.base_branch == self.context.main_branch
        ]

    def _objection_to_return(self, back: Rollback) -> str:
        """Return why main may not return there: each value must have been approved itself.

        That a later merge was approved says nothing about what others left on main before it.
        """
        repository, restored = self.context.repository, back.restores
        returned: dict[CircuitId, set[str]] = {}
        for one in back.circuits:
            returned.setdefault(one.circuit, set()).add(one.field)
        parts = {circuit: parts_of(fields) for circuit, fields in returned.items()}
        values = last_changes(repository, restored, parts).values()
        commits = {commit for one in values for commit in (one.commit, *one.parts.values())}
        environment = [one.commit for one in repository.history(restored, ["environment"])[:1]]
        for commit in sorted({*commits, *environment}):
            if flaw := self.objection_to(commit):
                return f"The state it returns to was never approved. {flaw}"
        return ""

    def _tested(self, context: Context, reviewed: Review) -> _Tested:
        """Return what Azure says of a merged head; a record only says where to look."""
        if not reviewed.environment_changes:
            return _Tested(Progress(), None)
        content, cloud = reviewed.content, self.cloud
        request = self._request(context, reviewed)
        state = cloud.job("test", request.job_name)
        results = cloud.model_results(request) if state and state.has_ended else ()
        judged = verdict(request, state, results, [result.ref for result in results])
        place = context.rules.platform.release_place
        final = cloud.environment(place, content.environment, content.version)
        shared = final is not None and is_content(final, content)
        progress = Progress(
            candidate=reviewed.candidate,
            shared=shared,
            tests=_tests(reviewed, tests_of(state, judged), shared=shared),
            failures=judged.failures,
            final=shared,
            # As with the tests that stand in: dev cannot be seen, and only what passed is final.
            run=EvidenceRun("passed" if shared else "none"),
        )
        return _Tested(progress, frozenset(one.ref for one in results if one.passed))

    def _request(self, context: Context, reviewed: Review) -> ModelTestRequest:
        """Return the test of this content: the recorded job, else the one of today's models."""
        record, digest = read_promotion(context, reviewed), reviewed.content.env_digest
        if record and record.test and record.test.job.startswith(f"compat-{digest[:8]}-"):
            environment_id = context.rules.platform.environment_id(
                "test", reviewed.content.environment, reviewed.candidate
            )
            settings = context.rules.platform.test
            return ModelTestRequest(record.test.job, environment_id, (), settings)
        return latest_test(context, self.cloud, reviewed)[0]


def _tests(reviewed: Review, tests: Tests, *, shared: bool) -> Tests:
    """Return the tests of a merged head; who writes production cannot see the jobs of dev.

    Where those stand in, no deployment changed, and only a head that passed became final.
    """
    if not image_stands_in(reviewed):
        return tests
    return import_test("built" if shared else "none")
