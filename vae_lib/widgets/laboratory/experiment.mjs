// An experiment: a preset, what the reader changed of it, and the run that goes on with it. It knows no element.
import PRESETS from "./presets.json" with { type: "json" };
import { Run } from "./training.mjs";
import { changesFrom, isSame, settingsOf } from "./address.mjs";
import { isLive } from "./settings.mjs";
import { weightCount } from "./network.mjs";

const FEW = 10; // Training digits that are shown themselves: of so few, held-out digits say nothing.

/**
 * `asked` are the settings that the reader wants, `run` goes on with those that need no restart. `weights`, if given,
 * are those of a model in Python: runs of its shape and first seed start from them. `marks` are the steps at which β
 * was changed: {step, beta}.
 */
export class Experiment {
  constructor(digits, weights = null) {
    this.digits = digits;
    this.weights = weights;
    this.marks = [];
  }

  /** Takes on a preset with some changes, and starts it anew. */
  open(preset, changes) {
    this.preset = preset;
    this.asked = settingsOf(PRESETS, preset, changes);
    this.firstSeed ??= this.asked.seed;
    this.restart();
  }

  /** A new run with all that was asked for. */
  restart() {
    const { asked, digits, weights } = this;
    const shape = { ...asked, pixels: digits.pixels, classes: asked.told ? digits.classes : 0 };
    const fits = weights?.length === weightCount(shape) && asked.seed === this.firstSeed;
    this.run = new Run(asked, digits, fits ? weights : null);
    this.marks = [{ step: 0, beta: asked.beta }];
    // Chosen before the first step: the run changes the order of its digits.
    this.shown = this.run.order.length <= FEW ? this.run.measured.training : this.run.measured.heldOut;
  }

  /** Asks for another value of a setting; the run has it at once where it is live. */
  set(name, value) {
    this.asked[name] = value;
    if (!isLive(name)) return;
    this.run.change({ [name]: value });
    if (name !== "beta") return;
    const { taken } = this.run;
    if (this.marks.at(-1).step === taken) this.marks.pop();
    if (!this.marks.length || this.marks.at(-1).beta !== value) this.marks.push({ step: taken, beta: value });
  }

  /** The settings that wait for a restart. */
  get pending() {
    const { asked, run } = this;
    return Object.keys(asked).filter((name) => !isSame(asked[name], run.settings[name]));
  }

  /** What the reader asked for beyond the preset. */
  get changes() {
    return changesFrom(PRESETS, this.preset, this.asked);
  }

  /** Whether it is training digits that are shown, since there are few. */
  get few() {
    return this.shown === this.run.measured.training;
  }
}
