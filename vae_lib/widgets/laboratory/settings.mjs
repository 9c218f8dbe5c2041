// The settings of a run: which there are, what each may be, and what is said of a bad value. It knows no page.
import CONSTANTS from "./constants.json" with { type: "json" };

/** Whether a setting can be changed while a run goes on; another value of the others is another run. */
export function isLive(name) {
  const { ranges, choices, switches } = CONSTANTS;
  return (ranges[name] ?? choices[name] ?? switches[name])?.live ?? false;
}

/**
 * {settings, refused}: all settings, those that are given and good and the defaults of all others, and a sentence for
 * each value that is not good and each name that is not a setting's. A number may be given as text, as an address or a
 * reader does.
 */
export function checkSettings(given) {
  const settings = { ...CONSTANTS.defaults };
  const refused = [];
  for (const [name, value] of Object.entries(given)) {
    const [checked, complaint] = checkSetting(name, value);
    if (complaint === null) settings[name] = checked;
    else refused.push(complaint);
  }
  return { settings, refused };
}

/** [value, null] for a good value of the setting of that name, or [null, what was expected and what came]. */
export function checkSetting(name, value) {
  const { ranges, choices, switches, defaults } = CONSTANTS;
  if (!Object.hasOwn(defaults, name)) {
    return [null, `expected a setting among ${Object.keys(defaults).join(", ")}, got ${JSON.stringify(name)}`];
  }
  const expect = (good, checked, what) =>
    good ? [checked, null] : [null, `expected ${name} to be ${what}, got ${spelled(value)}`];
  if (name in switches) {
    const truth = { true: true, false: false }[String(value)];
    return expect(truth !== undefined, truth, "true or false");
  }
  if (name in choices) {
    const { values } = choices[name];
    return expect(values.includes(value), value, `one of ${values.join(", ")}`);
  }
  if (name === "digits") {
    const digits = digitsOf(value);
    return expect(digits !== null, digits, `different digits from 0 to ${CONSTANTS.classes - 1}, at least one`);
  }
  const { least, most, whole } = ranges[name];
  const number = numberOf(value);
  const good = number >= least && number <= most && (!whole || Number.isInteger(number));
  return expect(good, number, `a ${whole ? "whole " : ""}number from ${spelled(least)} to ${spelled(most)}`);
}

/** NaN for what is no number; text counts as the number that it writes. */
function numberOf(value) {
  if (typeof value === "string" && value.trim() !== "") return Number(value);
  return typeof value === "number" ? value : NaN;
}

/** The digits in order, of a list or of text such as "017"; null where there are none, others, or one twice. */
function digitsOf(value) {
  if (typeof value !== "string" && !Array.isArray(value)) return null;
  const digits = Array.from(value, numberOf);
  const good = digits.every((each) => Number.isInteger(each) && each >= 0 && each < CONSTANTS.classes);
  return good && digits.length > 0 && new Set(digits).size === digits.length ? digits.sort((a, b) => a - b) : null;
}

/** A value as a sentence names it: text in quotes, NaN by its name. */
function spelled(value) {
  return typeof value === "number" ? String(value) : JSON.stringify(value) ?? String(value);
}
