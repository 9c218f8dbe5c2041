// What the figure that reads a drawing says, in numbers and sentences. It knows no element and no model.
import { labelProbabilities, shareBelow } from "./arithmetic.mjs";
import { numberText } from "../kit/plane.mjs";

const UNUSUAL = 0.95; // Of the held-out digits, so many are nearer to what the model expects.
const HARDLY = 0.99;

/**
 * The texts for what is `here` (see `now` in the figure) and its terms `found`, null before anything is read. Without
 * labels, nothing is read as a digit.
 */
export function wordsOf({ label, shown, mu, logVar, z, labelled = true }, found) {
  const pair = (values, decimals) => `(${values.map((each) => numberText(each, decimals)).join(", ")})`;
  const probabilities = found && labelProbabilities(found.elbos);
  const best = probabilities ? probabilities.indexOf(Math.max(...probabilities)) : null;
  const notes = Array.from({ length: found?.elbos.length ?? 10 }, (_, k) => (found ? numberText(found.elbos[k].value, 0) : ""));
  const spoken = notes.map((note, k) => (found ? `${k}; read as a ${k}, ELBO ${note} nats` : `${k}`));
  const lines = ["Nothing is drawn yet: draw with the mouse, a pen or a finger, or load an example."];
  if (label !== null) {
    const sigma = logVar.map((each) => Math.exp(0.5 * each));
    const sure = probabilities ? `, p(y|x) ≈ ${probabilityText(probabilities[label])}` : "";
    const read = labelled ? [`Read as a ${label}${sure}`] : [];
    lines.splice(0, 1, ...read, `μ = ${pair(mu, 2)}, σ = ${pair(sigma, 2)}`, `z = ${pair(z, 2)}`);
  }
  return {
    best,
    notes,
    spoken,
    lines,
    caption: shown === null || label === null || !labelled ? "z decoded" : `z decoded as a ${shown}`,
    reads: best === null ? "Read it as …" : `Most plausible: ${best}`,
    sheet: label === null ? "An empty sheet to draw on" : `Your drawing${labelled ? `, read as a ${label}` : ""}`,
  };
}

/** A probability with two digits, or how near it is to 0 or 1. */
export function probabilityText(value) {
  if (value > 0.995) return "1.00";
  return value < 0.005 ? "0.00" : value.toFixed(2);
}

/** One of the drawing's terms ("error" or "kl") beside those of held-out digits. */
export function termText(name, found, terms) {
  const title = name === "error" ? "Reconstruction error" : "KL to the prior";
  if (!found) return title;
  const where = terms ? `: more than ${percentText(shareBelow(terms[name], found[name]))} of held-out digits have` : "";
  return `${title} ${numberText(found[name], 1)} nats${where}`;
}

/** Whether the drawing looks like a digit to the model, by the term that is farther out. */
export function verdictOf(found, terms) {
  if (!found || !terms) return "";
  const share = Math.max(...["error", "kl"].map((name) => shareBelow(terms[name], found[name])));
  if (share <= UNUSUAL) return "Both are what held-out digits have: the model knows such a digit.";
  if (share <= HARDLY) return "Unusual: one held-out digit in twenty is as far off.";
  return "Hardly a digit: of a hundred held-out digits not one is as far off. What is redrawn means little.";
}

/** All of it for a screen reader. */
export function drawingSentence(here, found, terms) {
  const { lines, caption } = wordsOf(here, found);
  if (!found) return lines[0];
  const texts = ["error", "kl"].map((name) => termText(name, found, terms));
  return [...lines, caption, ...texts].map((each) => `${each}.`).join(" ") + ` ${verdictOf(found, terms)}`;
}

function percentText(share) {
  const percent = Math.floor(100 * share);
  return `${percent} %`;
}
