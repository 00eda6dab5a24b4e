"use strict";
// Sorts, filters and pages the table. The first page stands in the document already, so that the
// page says what is wrong without this script too. Every text is set as text, never as markup.
(() => {
  const fleet = JSON.parse(document.getElementById("fleet").textContent);
  const body = document.querySelector("#circuits tbody");
  const state = document.getElementById("state");
  const search = document.getElementById("search");
  const shown = document.getElementById("shown");
  const headers = [...document.querySelectorAll("#circuits thead th")];
  const buttons = { back: document.getElementById("back"), on: document.getElementById("on") };
  const words = ([plant, circuit, state, runs, wants, pinned, model, reason]) => [
    `${plant}/${circuit}`, fleet.states[state].word, fleet.texts[runs],
    fleet.texts[wants] + (pinned ? " (pinned)" : ""), fleet.texts[model], fleet.texts[reason],
  ];
  const all = fleet.circuits.map((row, place) => {
    const told = words(row);
    return { row, place, told, sought: told.join(" ").toLowerCase() };
  });
  const byName = new Intl.Collator("en", { numeric: true });
  const sorted = { column: -1, down: false };
  let rows = all, first = 0;

  function cell(name, text, label) {
    const made = document.createElement(name);
    made.textContent = text;
    if (label) made.dataset.label = label;
    return made;
  }

  function line({ row, told }) {
    const made = document.createElement("tr");
    const known = fleet.states[row[2]];
    const name = cell("th", told[0]);
    name.scope = "row";
    const stands = document.createElement("td");
    stands.className = `state-cell ${known.css}`;
    const sign = cell("span", known.sign);
    sign.className = "sign";
    sign.setAttribute("aria-hidden", "true");
    stands.append(sign, ` ${known.word}`);
    made.append(name, stands, cell("td", told[2], "runs"), cell("td", told[3], "asked for"),
      cell("td", told[4], "model"), cell("td", told[5]));
    return made;
  }

  function show() {
    const page = rows.slice(first, first + fleet.page);
    body.replaceChildren(...page.map(line));
    const count = (number) => number.toLocaleString("en");
    shown.textContent = rows.length
      ? `${count(first + 1)} to ${count(first + page.length)} of ${count(rows.length)}`
      : "no circuit is like that";
    buttons.back.disabled = first === 0;
    buttons.on.disabled = first + fleet.page >= rows.length;
  }

  function compare(one, other) {
    const { column, down } = sorted;
    const order = column < 0 ? 0
      : column === 1 ? one.row[2] - other.row[2]
        : byName.compare(one.told[column], other.told[column]);
    return (down ? -order : order) || one.place - other.place;
  }

  function choose() {
    const parts = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = state.value === "" ? null : Number(state.value);
    rows = all.filter((one) => (wanted === null || one.row[2] === wanted)
      && parts.every((part) => one.sought.includes(part)));
    if (sorted.column >= 0) rows.sort(compare);
    first = 0;
    show();
  }

  headers.forEach((header, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = header.textContent;
    header.replaceChildren(button);
    button.addEventListener("click", () => {
      sorted.down = sorted.column === column && !sorted.down;
      sorted.column = column;
      headers.forEach((one) => one.removeAttribute("aria-sort"));
      header.setAttribute("aria-sort", sorted.down ? "descending" : "ascending");
      choose();
    });
  });
  function turn(by) {
    first += by * fleet.page;
    show();
    document.getElementById("circuits").scrollIntoView();
  }
  buttons.back.addEventListener("click", () => turn(-1));
  buttons.on.addEventListener("click", () => turn(1));
  search.addEventListener("input", choose);
  state.addEventListener("change", choose);
  document.querySelectorAll("button[data-state]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => {
      state.value = button.dataset.state;
      search.value = "";
      choose();
      document.getElementById("all").scrollIntoView();
    });
  });
  document.querySelectorAll("[data-script]").forEach((part) => { part.hidden = false; });

  const read = document.getElementById("read");
  const hours = (Date.now() - Date.parse(read.dateTime)) / 3600000;
  if (hours >= 2) {
    const age = document.getElementById("age");
    age.textContent = hours < 48 ? ` That is ${Math.floor(hours)} hours ago.`
      : ` That is ${Math.floor(hours / 24)} days ago.`;
    if (hours >= 24) age.className = "old";
  }
  show();
})();
