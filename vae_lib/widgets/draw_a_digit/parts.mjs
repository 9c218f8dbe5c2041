// The elements of the figure that reads a drawing, in the order they are read, and its look. It knows no model.
import PLANE from "../kit/plane.json" with { type: "json" };
import { TILES_LOOK, createTiles } from "../kit/digit_tiles.mjs";
import { createImage } from "../kit/image.mjs";
import { createPad } from "../kit/pad.mjs";
import { createSheet } from "./sheet.mjs";
import { freshId, node } from "../kit/node.mjs";
import { stepOf } from "../kit/plane.mjs";

export const EXTENT = [-PLANE.reach, PLANE.reach, -PLANE.reach, PLANE.reach];
export const STEP = stepOf(EXTENT);
const HINT = "Keys: on the plane arrows move z, Home leads it back to the mean μ.";
const HINT_WITH_LABELS = "Keys: 0 to 9 choose the digit to redraw; on the plane arrows move z, Home leads it back to the mean μ.";
export const DRAWING_LOOK = `${TILES_LOOK}
.vae-drawing { display: grid; grid-template: "sheet plane" "result result" "tiles tiles" "terms terms" /
  minmax(0, 1fr) minmax(0, 1fr); gap: 0.75rem 1.25rem; }
.vae-drawing > :nth-child(1) { grid-area: sheet; }
.vae-drawing > :nth-child(2) { grid-area: result; }
.vae-drawing > :nth-child(3) { grid-area: plane; }
.vae-drawing > :nth-child(4) { grid-area: tiles; }
.vae-drawing > :nth-child(5) { grid-area: terms; }
.vae-sheet { aspect-ratio: 1; border: 1px solid var(--vae-muted); border-radius: 0.4rem; overflow: hidden; }
.vae-sheet canvas { width: 100%; height: 100%; touch-action: none; cursor: crosshair; }
.vae-tools { display: flex; flex-wrap: wrap; gap: 0.5rem; margin-top: 0.5rem; }
.vae-live select { height: 44px; max-width: 100%; padding: 0 0.5rem; border: 1px solid var(--vae-muted); margin: 0;
  border-radius: 0.4rem; background: var(--vae-surface); color: var(--vae-ink); font: inherit; font-size: 0.92em; }
.vae-live select:focus { outline: none; }
.vae-live select:focus-visible { outline: 3px solid var(--vae-focus); outline-offset: 2px; }
.vae-result { display: grid; grid-template-columns: 7.5rem minmax(0, 1fr) 7.5rem; gap: 0.9rem; align-items: center; }
.vae-result p { font-size: 0.92em; }
.vae-result .vae-heading { font-size: 0.85em; white-space: nowrap; }
.vae-live .vae-drawing .vae-mark { min-width: 0.7rem; stroke-width: 3px; }
.vae-said { min-height: 4.2em; }
.vae-terms { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 0.3rem 1.25rem; font-size: 0.92em; }
.vae-terms canvas { width: 100%; height: 3.6rem; }
.vae-terms .vae-verdict { grid-column: 1 / -1; font-weight: 600; }
.vae-live[data-narrow] .vae-drawing { grid-template: "sheet" "result" "plane" "tiles" "terms" / minmax(0, 1fr); }
.vae-live[data-narrow] .vae-result { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); justify-items: center; }
.vae-live[data-narrow] .vae-result > :nth-child(2) { grid-area: 2 / 1 / 3 / 3; justify-self: stretch; }
.vae-live[data-narrow] .vae-result > :not(:nth-child(2)) { width: 6.5rem; }
.vae-live[data-narrow] .vae-terms { grid-template-columns: minmax(0, 1fr); }
`;

/** All parts; `acts` are what the reader can do: {drawn, loaded, cleared, readAs, sampled, moved, homed, zoomed, chosen}. */
export function buildDrawing({ network, colours, acts }) {
  const hintId = freshId("hint");
  const labelled = network.classes > 1;
  const sheet = createSheet({ colours, drawn: acts.drawn });
  const example = chooser("Load an example", ["Example…", ...digits(network.examples.length)], (k) => k > 0 && acts.loaded(k - 1));
  const reads = chooser("Read the drawing as", ["", ...digits(network.classes)], (k) => acts.readAs(k > 0 ? k - 1 : null));
  const tools = node("div", { class: "vae-tools" }, button("Clear", acts.cleared), example);
  const paper = node("div", {}, heading("Draw a digit"), sheet.element, tools);
  const image = createImage(network.image);
  const redrawn = createImage(network.image);
  const caption = heading("");
  const said = node("p", { class: "vae-said vae-number" });
  const sample = button("Sample ε", acts.sampled);
  const result = node(
    "div",
    { class: "vae-result" },
    node("div", {}, heading("The encoder sees"), image.element),
    node("div", {}, said, node("div", { class: "vae-tools" }, reads)),
    node("div", {}, caption, redrawn.element),
  );
  const pad = createPad({ label: "Code z", describedBy: hintId, extent: EXTENT, step: STEP, radius: STEP / 2, moved: acts.moved });
  // Home leads z back to the posterior's mean, and not to the origin as on other planes.
  const home = (event) => {
    if (event.key !== "Home") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    acts.homed();
  };
  pad.element.addEventListener("keydown", home, true);
  const zoom = button("Zoom in", acts.zoomed);
  zoom.setAttribute("aria-pressed", "false");
  const above = heading(`Its posterior ${labelled ? "q(z|x, y)" : "q(z|x)"}: drag z`);
  const plane = node("div", {}, above, pad.element, node("div", { class: "vae-tools" }, sample, zoom));
  const label = "Digit to redraw";
  const tiles = createTiles({ label, image: network.image, count: network.classes, chosen: acts.chosen });
  const which = heading("z decoded as every digit: choose one. Below it, the ELBO of the drawing read as that digit");
  const row = node("div", {}, which, tiles.element);
  // Without labels there is nothing to choose, and the one picture stands above.
  [reads.hidden, row.hidden] = [!labelled, !labelled];
  const terms = buildTerms(network.terms);
  const hint = node("p", { id: hintId, class: "vae-muted" }, labelled ? HINT_WITH_LABELS : HINT);
  const grid = node("div", { class: "vae-drawing" }, paper, result, plane, row, terms.element);
  const elements = [grid, node("div", { class: "vae-foot" }, hint)];
  return { sheet, example, reads, image, redrawn, caption, said, sample, zoom, pad, tiles, terms, elements };
}

/** Where the drawing's error and KL lie among those of held-out digits; without these, two lines of text. */
function buildTerms(terms) {
  const element = node("div", { class: "vae-terms" });
  const rows = ["error", "kl"].map((name) => {
    const text = node("p", { class: "vae-number" });
    const canvas = terms ? node("canvas", { "aria-hidden": "true" }) : null;
    element.append(node("div", {}, text, ...(canvas ? [canvas] : [])));
    return { name, text, canvas };
  });
  const verdict = node("p", { class: "vae-verdict" });
  element.append(verdict);
  return { element, rows, verdict };
}

function digits(count) {
  return Array.from({ length: count }, (_, digit) => `a ${digit}`);
}

function heading(text) {
  return node("p", { class: "vae-heading" }, text);
}

function button(text, pressed) {
  const element = node("button", { type: "button" }, text);
  element.addEventListener("click", pressed);
  return element;
}

function chooser(label, options, chosen) {
  const element = node("select", { "aria-label": label }, ...options.map((text) => node("option", {}, text)));
  element.addEventListener("change", () => chosen(element.selectedIndex));
  return element;
}
