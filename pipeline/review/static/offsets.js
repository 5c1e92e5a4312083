// Positions in the article, in Unicode code points as the server counts them (JavaScript counts UTF-16 units).
"use strict";

const offsets = (() => {
  const article = () => document.getElementById("article");
  const segments = () => [...article().querySelectorAll("[data-start]")];
  const startOf = (segment) => Number(segment.dataset.start);

  function count(text) {
    let points = 0;
    for (const _ of text) points += 1;
    return points;
  }

  // The article's characters, one entry for each code point.
  function characters() {
    return segments().flatMap((s) => Array.from(s.textContent));
  }

  // The position of a point of the page: a text node and its unit, or an element and its child.
  function position(node, unit) {
    const inside = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest("[data-start]");
    const range = document.createRange();
    if (inside) {
      range.setStart(inside, 0);
      range.setEnd(node, unit);
      return startOf(inside) + count(range.toString());
    }
    const point = document.createRange();
    point.setStart(node, unit);
    const next = segments().find((s) => {
      range.selectNode(s);
      return range.compareBoundaryPoints(Range.START_TO_START, point) >= 0;
    });
    if (next) return startOf(next);
    const last = segments().at(-1);
    return startOf(last) + count(last.textContent);
  }

  // The selected characters as [start, end), without white space at the edges; null where none of the article is selected.
  function selected() {
    const selection = document.getSelection();
    if (!article() || !selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    if (!range.intersectsNode(article())) return null;
    const whole = document.createRange();
    whole.selectNodeContents(article());
    if (range.compareBoundaryPoints(Range.START_TO_START, whole) > 0) whole.setStart(range.startContainer, range.startOffset);
    if (range.compareBoundaryPoints(Range.END_TO_END, whole) < 0) whole.setEnd(range.endContainer, range.endOffset);
    return trimmed(position(whole.startContainer, whole.startOffset), position(whole.endContainer, whole.endOffset));
  }

  function trimmed(start, end) {
    const all = characters();
    while (start < end && /\s/u.test(all[start])) start += 1;
    while (end > start && /\s/u.test(all[end - 1])) end -= 1;
    return start < end ? [start, end] : null;
  }

  // The page's range of the characters [start, end).
  function range(start, end) {
    const found = document.createRange();
    const all = segments();
    const place = (at, last) => {
      const i = all.findLastIndex((s) => (last ? startOf(s) < at : startOf(s) <= at));
      const segment = all[Math.max(i, 0)];
      const text = segment.firstChild;
      const units = Array.from(text.data).slice(0, at - startOf(segment)).join("").length;
      return [text, Math.min(units, text.data.length)];
    };
    found.setStart(...place(start, false));
    found.setEnd(...place(end, true));
    return found;
  }

  // What a character is part of: white space, punctuation, or a word (also with an apostrophe or point inside it).
  function kindOf(all, i) {
    if (i < 0 || i >= all.length || /\s/u.test(all[i])) return "space";
    const mark = (at) => at >= 0 && at < all.length && /\p{P}/u.test(all[at]);
    const word = (at) => at >= 0 && at < all.length && !/[\s\p{P}]/u.test(all[at]);
    return mark(i) && !(word(i - 1) && word(i + 1)) ? "mark" : "word";
  }

  // An edge moved by a word (or a character) back (-1) or on (1).
  function moved(at, edge, step, byCharacter) {
    const all = characters();
    const stops = (i) => {
      const [before, after] = [kindOf(all, i - 1), kindOf(all, i)];
      return before !== after && (edge === "start" ? after : before) !== "space";
    };
    let i = at + step;
    while (!byCharacter && i > 0 && i < all.length && !stops(i)) i += step;
    return Math.min(Math.max(i, 0), all.length);
  }

  return { characters, selected, range, moved };
})();
