"use strict";
// Search and pages for the table of claims; without this script the page shows every row.
(() => {
  const form = document.getElementById("search");
  if (!form) return;
  const [words, kind, size, back, next, status] =
    ["words", "kind", "size", "back", "next", "status"].map((id) => document.getElementById(id));
  const rows = [...document.getElementById("rows").rows];
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/\s+/g, " ");
  const texts = rows.map((row) => plain(row.textContent));
  let found = rows, page = 0;

  function show() {
    const length = Number(size.value) || Math.max(found.length, 1);
    const pages = Math.max(1, Math.ceil(found.length / length));
    page = Math.min(Math.max(page, 0), pages - 1);
    const visible = new Set(found.slice(page * length, (page + 1) * length));
    for (const row of rows) row.hidden = !visible.has(row);
    const first = page * length + 1;
    status.textContent = found.length
      ? `${first}–${first + visible.size - 1} of ${found.length}` : "no claim has these words";
    back.disabled = page === 0;
    next.disabled = page === pages - 1;
  }
  function search() {
    const wanted = plain(words.value).split(" ").filter(Boolean);
    found = rows.filter((row, i) =>
      (!kind.value || row.dataset.kind === kind.value) && wanted.every((word) => texts[i].includes(word)));
    page = 0;
    show();
  }
  function follow() {
    const row = document.getElementById(location.hash.slice(1));
    if (!row || !rows.includes(row)) return;
    found = rows;
    words.value = kind.value = "";
    page = Number(size.value) ? Math.floor(rows.indexOf(row) / Number(size.value)) : 0;
    show();
    row.scrollIntoView();
  }
  form.addEventListener("submit", (event) => event.preventDefault());
  words.addEventListener("input", search);
  kind.addEventListener("change", search);
  size.addEventListener("change", show);
  back.addEventListener("click", () => { page -= 1; show(); });
  next.addEventListener("click", () => { page += 1; show(); });
  window.addEventListener("hashchange", follow);
  form.hidden = false;
  show();
  follow();
})();
