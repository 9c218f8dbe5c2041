// Writes a run's numbers where they are read. It knows no canvas.
import PRESETS from "./presets.json" with { type: "json" };
import { costRows, listed, pointText, progressText, shortText } from "./words.mjs";
import { node } from "../kit/node.mjs";
import { termColours } from "./curves.mjs";

/** Settings that need a restart, as a reader knows them. */
const NAMES = {
  hidden: "the hidden width",
  latents: "the number of latents",
  likelihood: "the likelihood",
  told: "the label",
  count: "the number of training digits",
  digits: "which digits",
};

/** The texts beside the pictures. */
export function writePictures(parts, { experiment, ui, mu, sigma, label }) {
  const { pictures, plane } = parts;
  const { settings, shape } = experiment.run;
  const { few } = experiment;
  const kind = few ? "training digit" : "held-out digit";
  const as = settings.told ? `, written as a ${label}` : "";
  const z = `z = ${pointText(ui.z.slice(0, shape.latents))}${as}`;
  pictures.zCaption.textContent = z;
  pictures.images.z.element.setAttribute("aria-label", `Decoded at ${z}`);
  pictures.chosenHeading.textContent = `A ${kind}, a ${label}, decoded`;
  const noise = settings.noise
    ? `, σ = ${sigma.length > 1 ? `(${sigma.map((each) => shortText(each)).join(", ")})` : shortText(sigma[0])}`
    : ", no noise";
  pictures.code.textContent = `q(z|x): μ = ${pointText(mu)}${noise}`;
  for (const [name, what] of [
    ["x", "The digit"],
    ["mean", "Decoded at its mean"],
    ["sample", "Decoded at a sample"],
  ]) {
    pictures.images[name].element.setAttribute("aria-label", what);
  }
  pictures.stripHeading.textContent = few
    ? "Training digits over their reconstructions: choose one"
    : "Held-out digits over their reconstructions: choose one";
  const drawn = settings.told
    ? "one for each label, 0 to 9"
    : settings.noise
      ? "z drawn from N(0, I)"
      : "z from N(0, I), which an autoencoder does not know";
  pictures.sheetHeading.textContent = `Samples: ${drawn}`;
  const what = settings.noise ? "q(z|x) of" : "codes of";
  const form = settings.noise
    ? shape.latents === 2
      ? ", ellipses of one σ"
      : ", bars of one σ at the height of σ"
    : "";
  plane.heading.textContent = `Latent plane: ${what} ${few ? "the training digits" : "held-out digits"}${form}`;
}

/** The headings and tables below the curves, and the curves in words. */
export function writeCharts(charts, { experiment, measured, colours, ui }) {
  const { run, few } = experiment;
  const { noise, likelihood } = run.settings;
  const rows = costRows(run.history, measured, noise);
  const kind = few ? "all training digits" : "held out";
  charts.courseHeading.textContent = ui.view
    ? "Rate and distortion, held out, one point for each measurement"
    : `Costs in nats for each digit: ${few ? "the means of each step" : "training thin, held out thick"}`;
  charts.noiseHeading.textContent = `σ of ${few ? "the training digits" : "held-out digits"}: how many, on a log axis`;
  const tint = termColours(colours);
  const swatch = (k) => {
    const line = node("i");
    line.style.borderColor = tint[k];
    return line;
  };
  const row = (cells, tag = "td") =>
    node("tr", {}, ...cells.map((each, k) => node(k ? tag : "th", k ? {} : { scope: "row" }, ...[each].flat())));
  const head = (cells) => node("thead", {}, node("tr", {}, ...cells.map((each) => node("th", { scope: "col" }, each))));
  const costs = rows.map(([name, training, held], k) => row([[swatch(k), name], shortText(training), shortText(held)]));
  charts.costs.replaceChildren(head(["nats", "last 50 steps", kind]), node("tbody", {}, ...costs));
  const latents = measured?.latents ?? [];
  const named = likelihood === "bernoulli" ? "approximation" : "predicted";
  const predicts = latents.some((each) => each.predicted !== null);
  const noises = latents.map(({ sigma, ratio, predicted }, j) => {
    const name = latents.length > 1 ? `z${"₁₂"[j]}` : "z";
    return row([name, shortText(sigma), ...(predicts ? [shortText(predicted)] : []), shortText(ratio)]);
  });
  charts.latents.replaceChildren(
    head(["latent", "mean σ", ...(predicts ? [named] : []), "σ / std(μ)"]),
    node("tbody", {}, ...noises),
  );
  const said = rows.map(([name, , held]) => `${name} ${shortText(held)}`).join(", ");
  charts.course.setAttribute("aria-label", `Curves of the costs after ${run.taken} steps; ${kind}: ${said} nats`);
  charts.noise.setAttribute(
    "aria-label",
    `Histogram of σ; mean ${listed(latents.map(({ sigma }) => shortText(sigma)))}`,
  );
}

/** The controls, the progress and the note, as the experiment stands. */
export function writeState(parts, { experiment, ui, running, said }) {
  const { bar, live, more, charts, sentence, note } = parts;
  const { run, asked, pending } = experiment;
  bar.preset.place(experiment.preset);
  bar.play.textContent = running ? "Pause" : "Play";
  bar.play.disabled = bar.step.disabled = run.fault !== null;
  bar.count.textContent = progressText(run);
  bar.restart.textContent = pending.length ? "Restart to apply" : "Restart";
  bar.restart.toggleAttribute("data-pending", pending.length > 0 || run.fault !== null);
  for (const [name, control] of Object.entries({ ...live.settings, ...more.settings })) control.place(asked[name]);
  // Taken out and not only hidden: a control that does nothing should be found by nobody.
  const { variance, warmUp } = live.rows;
  if (run.settings.likelihood !== "gaussian") variance.element.remove();
  else if (!variance.element.isConnected) warmUp.element.before(variance.element);
  live.mosaic.place(ui.mosaic);
  charts.view.place(ui.view);
  sentence.textContent = PRESETS[experiment.preset].sentence;
  const waiting = pending.length ? `Waiting for a restart: ${listed(pending.map((name) => NAMES[name] ?? name))}.` : "";
  const words = [said, waiting].filter(Boolean).join(" ");
  if (note.textContent !== words) note.textContent = words;
  note.classList.toggle("vae-error", run.fault !== null);
}
