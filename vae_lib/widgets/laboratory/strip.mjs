// Digits over their reconstructions, one of them chosen; pictures of samples beside each other. It knows no run.
import { createImage } from "../kit/image.mjs";
import { node } from "../kit/node.mjs";

/** Up to `count` digits: a radio group {element, show, mark, paint}. `chosen(k)` is called with the reader's choice. */
export function createStrip({ side, count, label, chosen }) {
  const tiles = Array.from({ length: count }, () => createPair(side));
  const element = node(
    "div",
    { class: "vae-lab-strip", role: "radiogroup", "aria-label": label },
    ...tiles.map((each) => each.element),
  );
  const shown = () => tiles.filter((each) => !each.element.hidden);
  tiles.forEach((tile, k) => tile.element.addEventListener("click", () => chosen(k)));
  element.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -5, ArrowDown: 5 }[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const some = shown();
    const next =
      some.length === 1
        ? 0
        : (some.findIndex((tile) => tile.element === event.target) + step + some.length) % some.length;
    chosen(next);
    some[next].element.focus();
  });
  return {
    element,
    /** Shows these digits, a name for each. */
    show(names) {
      tiles.forEach((tile, k) => {
        tile.element.hidden = k >= names.length;
        if (k < names.length) tile.element.setAttribute("aria-label", names[k]);
      });
    },
    mark(k) {
      tiles.forEach((tile, other) => {
        tile.element.setAttribute("aria-checked", String(k === other));
        // One stop for the key Tab, as in any radio group.
        tile.element.tabIndex = k === other ? 0 : -1;
      });
    },
    paint(k, which, pixels, colours) {
      tiles[k][which].paint(pixels, colours);
    },
  };
}

function createPair(side) {
  const [digit, copy] = [createImage([side, side]), createImage([side, side])];
  for (const each of [digit, copy]) each.element.setAttribute("aria-hidden", "true");
  return { digit, copy, element: node("button", { type: "button", role: "radio" }, digit.element, copy.element) };
}

/** Pictures in rows of `columns`: {element, place, paint}; `place(k, pixels)` puts one in. */
export function createSheetOf(count, columns, side, alt) {
  const pitch = side + 1;
  const rows = Math.ceil(count / columns);
  const image = createImage([rows * pitch - 1, columns * pitch - 1]);
  image.element.setAttribute("aria-label", alt);
  image.element.style.aspectRatio = `${columns * pitch - 1} / ${rows * pitch - 1}`;
  const all = new Float32Array((rows * pitch - 1) * (columns * pitch - 1));
  return {
    element: image.element,
    place(k, pixels) {
      const top = Math.floor(k / columns) * pitch;
      const left = (k % columns) * pitch;
      for (let y = 0; y < side; y++) {
        for (let x = 0; x < side; x++) all[(top + y) * (columns * pitch - 1) + left + x] = pixels[y * side + x];
      }
    },
    paint: (colours) => image.paint(all, colours),
  };
}
