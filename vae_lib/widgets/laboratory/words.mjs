// What the laboratory says of a run in numbers and sentences. It knows no element.
import { numberText } from "../kit/plane.mjs";

const LATEST = 50; // Steps whose mean stands for the training's cost: single batches jump.

/** A number with two or three digits that count, or a dash for what is not defined. */
export function shortText(value, least = 1) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size >= 1e-3 || size === 0)
    return numberText(
      value,
      size >= 100 ? Math.min(least, 1) : size >= 10 || least > 1 ? least : size >= 0.1 || size === 0 ? 2 : 4,
    );
  return value
    .toExponential(1)
    .replace("e-", "·10⁻")
    .replace(/⁻(\d+)$/, (_, digits) => `⁻${[...digits].map((each) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[each]).join("")}`);
}

/** A pair of coordinates, or a single one. */
export function pointText(values, decimals = 2) {
  const texts = values.map((each) => numberText(each, decimals));
  return texts.length > 1 ? `(${texts.join(", ")})` : texts[0];
}

/** Rows of costs in nats: [name, training, measured]. */
export function costRows(history, measured, noise) {
  const latest = (values) => {
    const some = values.subarray(Math.max(0, values.length - LATEST));
    return some.length ? some.reduce((sum, each) => sum + each, 0) / some.length : null;
  };
  const [reconstruction, kl] = [latest(history.reconstruction.values), noise ? latest(history.kl.values) : null];
  const sum = reconstruction === null || kl === null ? null : reconstruction + kl;
  return [
    ["reconstruction", reconstruction, measured?.reconstruction ?? null],
    ["KL", kl, measured?.kl ?? null],
    ["−ELBO", sum, measured?.negativeElbo ?? null],
  ];
}

/** How far a run has gone. */
export function progressText({ taken, epoch, settings }) {
  return `step ${taken.toLocaleString("en")} · epoch ${epoch.toLocaleString("en")} · seed ${settings.seed}`;
}

/** What a screen reader hears of a run. */
export function spokenText(run, measured) {
  const step = `Step ${run.taken}`;
  if (!measured) return `${step}.`;
  const sigmas = measured.latents.map(({ sigma }) => shortText(sigma)).join(" and ");
  const kl = measured.kl === null ? "no KL" : `KL ${shortText(measured.kl)}`;
  return `${step}: reconstruction ${shortText(measured.reconstruction)}, ${kl} nats; sigma ${sigmas}.`;
}

/** A list as it is read: "a, b and c". */
export function listed(words) {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
