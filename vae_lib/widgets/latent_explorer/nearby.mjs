// Which held-out digits lie near the point, as a row for the eye and as a sentence. It knows no model.
import { neighbours } from "./arithmetic.mjs";
import { numberText } from "../kit/plane.mjs";
import { node } from "../kit/node.mjs";

const MOST_CLASSES = 3; // So many are named; the others are counted together, so that the row keeps its place.

/** {element, show, sentence} for the codes within `radius`, or null where there are no codes. */
export function createNearby({ codes, labels, radius, noun }) {
  if (!codes.length) return null;
  const circle = numberText(radius, Math.max(0, -Math.floor(Math.log10(radius) + 1e-9)));
  const counts = node("div", { class: "vae-counts vae-number" });
  const heading = node("p", { class: "vae-muted" }, `Held-out ${noun} within ${circle} of z`);
  // Hidden from screen readers, which get the same in the picture's label and, once the point rests, by voice.
  const element = node("div", { class: "vae-nearby", "aria-hidden": "true" }, heading, counts);
  return {
    element,
    show(z, colours) {
      const { total, classes } = neighbours(codes, labels, z, radius);
      const named = classes.slice(0, MOST_CLASSES);
      const others = total - named.reduce((sum, [, count]) => sum + count, 0);
      const entries = named.map(([label, count]) => {
        const name = node("i", {}, String(label));
        name.style.borderColor = colours.classes[label % colours.classes.length];
        return node("span", {}, name, String(count));
      });
      if (others) entries.push(node("span", {}, named.length ? `+ ${others}` : String(others)));
      counts.replaceChildren(...(entries.length ? entries : ["none"]));
    },
    sentence(z) {
      const { total, classes } = neighbours(codes, labels, z, radius);
      const listed = classes.map(([label, count]) => `${count} of class ${label}`).join(", ");
      return `Held-out ${noun} within ${circle} of z: ${total || "none"}${listed && `: ${listed}`}.`;
    },
  };
}
