// Refreshes the conversation while the page is looked at; open <details> stay open.
"use strict";

const live = document.getElementById("live");
const BUSY_MS = 1500;
const QUIET_MS = 4000;

function openDetails() {
  return [...live.querySelectorAll("details")].map((details) => details.open);
}

function isBusy() {
  return live.querySelector(".mark.in_progress, .mark.queued") !== null;
}

async function refresh() {
  try {
    const response = await fetch(live.dataset.source, { cache: "no-store" });
    const fresh = response.ok ? await response.text() : "";
    if (fresh && fresh !== live.dataset.shown) {
      const states = openDetails();
      live.innerHTML = fresh;
      live.dataset.shown = fresh;
      [...live.querySelectorAll("details")].forEach((details, at) => {
        details.open = states[at] ?? details.open;
      });
    }
  } catch {
    // The server is away; the next round asks again.
  }
  setTimeout(document.hidden ? waitUntilSeen : refresh, isBusy() ? BUSY_MS : QUIET_MS);
}

function waitUntilSeen() {
  document.addEventListener("visibilitychange", refresh, { once: true });
}

if (live) {
  refresh();
}
