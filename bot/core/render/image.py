"""The comment about the image of a candidate."""

from collections.abc import Iterable

from bot.core.image_build import ATTEMPTS
from bot.core.image_report import ImageReport
from bot.core.render.markdown import document
from bot.core.untrusted import block, inline


def image_markdown(report: ImageReport) -> str:
    """Return what is to be said about one image; the log in it can do no harm."""
    label, job = inline(report.label), f"job {inline(report.job)} of the dev workspace"
    if report.built:
        return document((f"### 🟢 The image of {label} was built", f"By {job}."))
    return document(
        (
            f"### 🔴 The image of {label} could not be built or used",
            f"By {job}, attempt {report.attempt} of {ATTEMPTS}. The end of its log:",
            block(report.log)
            if report.log
            else "It left no log; its page in Azure ML may say more.",
            f"**Next:** {_next(report)}",
        )
    )


def images_page(reports: Iterable[ImageReport]) -> str:
    """Return the same about all images of a run, for its page."""
    return "\n".join(f"{image_markdown(report)}" for report in reports)


def _next(report: ImageReport) -> str:
    mend = "mend `environment/` and push"
    return mend if report.last else f"{mend}; or, if Azure failed and not the image, `/evidence`"
