// A run of EM as its reader makes it, half-step by half-step, with what each did to bound and evidence. No element.
import { eStep, evenQ, levelsOf, mStep, startOf } from "./arithmetic.mjs";
import { numberText } from "../kit/plane.mjs";

const AT_REST = 1e-5; // Nats: a round that gains less has arrived.
const SAME = 1e-9;

/**
 * A run on `points`: {theta, q, start, entries, take, move, adopt, restart}. `entries` has for every half-step its kind
 * ("start", "E", "M", "forget" or "drag"), the evidence and the bound after it.
 */
export function createRun(points, start) {
  const run = { points, start, entries: [], ...startOf(points, start) };
  const note = (kind) => {
    const entry = { kind, ...levelsOf(run.theta, run.q, points) };
    // One drag is one entry, however many events it came in.
    if (kind === "drag" && run.entries.at(-1)?.kind === "drag") run.entries.pop();
    run.entries.push(entry);
  };
  run.take = (kind) => {
    if (kind === "E") run.q = eStep(run.theta, points);
    if (kind === "M") run.theta = mStep(run.q, points, run.theta);
    if (kind === "forget") run.q = evenQ(points);
    note(kind);
  };
  /** Moves the mean of component k. */
  run.move = (k, mean) => {
    run.theta = { ...run.theta, means: run.theta.means.map((each, i) => (i === k ? [...mean] : each)) };
    note("drag");
  };
  /** Takes over values from outside, unless they are the run's own, come back with another rounding. */
  run.adopt = (theta, q) => {
    if (furthestOf([theta, q], [run.theta, run.q]) < SAME) return;
    Object.assign(run, { theta, q });
    note("drag");
  };
  run.restart = (from) => {
    Object.assign(run, { start: from, entries: [], ...startOf(points, from) });
    note("start");
  };
  note("start");
  return run;
}

/** The half-step that EM would take next. */
export function nextKind({ entries }) {
  return entries.at(-1).kind === "E" ? "M" : "E";
}

/** Whether neither half-step would move anything by much: the last two were E and M and gained nothing. */
export function isAtRest({ entries }) {
  if (entries.length < 3) return false;
  const [before, e, m] = entries.slice(-3);
  return e.kind === "E" && m.kind === "M" && m.bound - before.bound < AT_REST && before.kind === "M";
}

/** What the last half-step did, in a sentence. */
export function verdictOf(run) {
  const { entries } = run;
  const { kind, evidence, bound } = entries.at(-1);
  if (kind === "start") return "A q that knows nothing. Press E step.";
  if (kind === "forget") return "q forgotten: the bound falls, the Gaussians stay.";
  if (kind === "drag") return "θ moved by hand; q is still the old one.";
  if (isAtRest(run)) return "At rest: another round gains next to nothing.";
  const before = entries.at(-2);
  if (!before) return "";
  const by = (gain) => numberText(Math.abs(gain), 4);
  if (kind === "E") return `E: the bound rises by ${by(bound - before.bound)} and touches log p(x).`;
  const [gain, change] = [bound - before.bound, evidence - before.evidence];
  if (change >= 0) return `M: the bound rises by ${by(gain)}, log p(x) by ${by(change)}.`;
  return `M: the bound rises by ${by(gain)}, but log p(x) falls by ${by(change)}!`;
}

/** The largest difference between two nests of numbers of one form. */
function furthestOf(one, other) {
  if (typeof one === "number") return Math.abs(one - other);
  return Object.keys(one).reduce((most, key) => Math.max(most, furthestOf(one[key], other[key])), 0);
}
