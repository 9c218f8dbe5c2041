// Ten pictures in a row, one of them chosen: by pointer, by arrow keys, or by the digit's own key. It knows no model.
import { createImage } from "./image.mjs";
import { node } from "./node.mjs";

export const TILES_LOOK = `
.vae-tiles { display: grid; grid-template-columns: repeat(10, minmax(0, 1fr)); gap: 0.4rem; }
.vae-live .vae-tiles button { padding: 2px; display: flex; flex-direction: column; gap: 1px; min-width: 44px;
  min-height: 44px; line-height: 1.25; }
.vae-tiles .vae-image { border: 0; border-radius: 0.2rem; }
.vae-tiles b { font-variant-numeric: tabular-nums; text-align: center; width: 100%; }
.vae-tiles small { font-size: 0.82em; text-align: center; width: 100%; white-space: nowrap; overflow: hidden;
  font-variant-numeric: tabular-nums; }
.vae-tiles [data-best] small { font-weight: 700; text-decoration: underline; }
.vae-live .vae-tiles button[aria-checked="true"] { border-color: var(--vae-ink); box-shadow: 0 0 0 2px var(--vae-ink); }
.vae-live[data-narrow] .vae-tiles { grid-template-columns: repeat(5, minmax(0, 1fr)); }
`;
const NARROW_COLUMNS = 5;

/**
 * A radio group {element, mark, paint, note, keyed}: `chosen(digit)` is called with the reader's choice, `mark(digit)`
 * shows the one that holds, `paint(digit, pixels, colours)` a picture, and `note(texts, best)` writes a text below each.
 * `keyed` is a listener for the keys 0 to 9.
 */
export function createTiles({ label, image, count, chosen }) {
  const tiles = Array.from({ length: count }, (_, digit) => createTile(image, digit));
  const element = node("div", { class: "vae-tiles", role: "radiogroup", "aria-label": label });
  element.append(...tiles.map((tile) => tile.element));
  tiles.forEach((tile, digit) => tile.element.addEventListener("click", () => chosen(digit)));
  const columns = () => (element.closest("[data-narrow]") ? NARROW_COLUMNS : count);
  element.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns(), ArrowDown: columns() }[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
    // A row of ten has nothing above or below: there the keys go on by one, as in any radio group.
    const by = Math.abs(step) === count ? Math.sign(step) : step;
    const from = tiles.findIndex((tile) => tile.element === event.target);
    const digit = (from + by + count) % count;
    event.preventDefault();
    chosen(digit);
    tiles[digit].element.focus();
  });
  return {
    element,
    mark(digit) {
      tiles.forEach((tile, k) => {
        tile.element.setAttribute("aria-checked", String(k === digit));
        // One stop for the key Tab; where nothing is chosen yet it is the first.
        tile.element.tabIndex = k === (digit ?? 0) ? 0 : -1;
      });
    },
    paint: (digit, pixels, colours) => tiles[digit].picture.paint(pixels, colours),
    note(texts, best, spoken) {
      tiles.forEach((tile, k) => {
        tile.note.textContent = texts[k];
        tile.element.setAttribute("aria-label", spoken[k]);
        tile.element.toggleAttribute("data-best", k === best);
      });
    },
    keyed(event) {
      const digit = /^\d$/.test(event.key) ? Number(event.key) : count;
      if (digit >= count || event.altKey || event.ctrlKey || event.metaKey || event.target.tagName === "SELECT") return;
      event.preventDefault();
      chosen(digit);
    },
  };
}

function createTile(image, digit) {
  const picture = createImage(image);
  // The button's own name says what the picture shows.
  picture.element.setAttribute("aria-hidden", "true");
  const note = node("small");
  const element = node(
    "button",
    { type: "button", role: "radio", "aria-checked": "false", "aria-label": String(digit) },
    picture.element,
    node("b", {}, String(digit)),
    note,
  );
  return { element, picture, note };
}

/** Keeps ten pictures with something that changes: {stale, work}. `stale()` says that all are old, `work(until)` paints
 * one after the other until the page's clock says so, goes on where it stopped, and gives back whether some are left. */
export function inTurns(count, paint) {
  let next = 0;
  let left = 0;
  return {
    stale: () => (left = count),
    work(until) {
      while (left && performance.now() < until) {
        paint(next);
        next = (next + 1) % count;
        left--;
      }
      return left > 0;
    },
  };
}
