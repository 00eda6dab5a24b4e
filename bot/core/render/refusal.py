"""One fixed shape for "no": what, the facts, who can resolve it, what to type next."""

from bot.core.refusal import Refusal
from bot.core.render.markdown import bullets, document, step


def refusal_markdown(refusal: Refusal, *, verb: str = "done") -> str:
    """Return the reply to a command that was refused; `verb` completes "Not …"."""
    return document(
        (
            f"### 😕 Not {verb}: {refusal.headline}",
            bullets(refusal.facts),
            f"**Who can resolve it:** {refusal.resolver}\n**Next:** {step(refusal.next)}",
            "Nothing was changed.",
            f"<sub>{refusal.code} · [what it means](docs/errors.md#{refusal.code.lower()})</sub>",
        )
    )


def refusal_text(refusal: Refusal) -> str:
    """Return the same for a terminal."""
    facts = "".join(f"  - {fact}\n" for fact in refusal.facts)
    return (
        f"Not done: {refusal.headline}. [{refusal.code}]\n{facts}"
        f"  Who can resolve it: {refusal.resolver}\n  Next: {refusal.next}\n"
    )
