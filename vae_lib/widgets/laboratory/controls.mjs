// What a reader sets: a number by slider or typed, a choice, a switch, ten digits. It knows no run.
//
// Each control is {element, place}: `place(value)` shows a value; `changed(value)` is called with the reader's.
import { freshId, node } from "../kit/node.mjs";
import { readSetting, settingText } from "./address.mjs";

const STOPS = {
  beta: [0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 140, 196],
  learningRate: [1e-5, 1e-4, 3e-4, 1e-3, 2e-3, 3e-3, 5e-3, 0.01, 0.02, 0.03, 0.1, 0.3, 1, 3, 10],
  variance: [1e-4, 1e-3, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10],
  warmUp: [0, 100, 200, 500, 1000, 2000, 5000, 10000],
};

/** A row with a slider that stops at round values, and a field that takes any and says in words what it refuses. */
export function numberRow(name, { title, label, changed }) {
  const stops = STOPS[name];
  const [id, wrongId] = [freshId("setting"), freshId("wrong")];
  const range = { type: "range", min: 0, max: stops.length - 1, step: 1, "aria-label": label };
  const slider = node("input", range);
  const field = node("input", {
    type: "text",
    inputmode: "decimal",
    id,
    autocomplete: "off",
    "aria-label": `${label}, typed`,
    "aria-describedby": wrongId,
  });
  const wrong = node("p", { class: "vae-error", id: wrongId, role: "alert" });
  const heading = node("label", { for: id, "aria-hidden": "true" }, title);
  const element = node("div", { class: "vae-lab-row", "data-setting": name }, heading, slider, field, wrong);
  slider.addEventListener("input", () => changed(stops[slider.valueAsNumber]));
  const typed = () => {
    const [value, complaint] = readSetting(name, field.value);
    wrong.textContent =
      complaint === null ? "" : `${complaint[0].toUpperCase()}${complaint.slice(1)}. It stays as it was.`;
    field.toggleAttribute("aria-invalid", complaint !== null);
    if (complaint === null) changed(value);
  };
  field.addEventListener("change", typed);
  return {
    element,
    place(value) {
      const nearest = stops.reduce(
        (best, each, k) => (Math.abs(each - value) < Math.abs(stops[best] - value) ? k : best),
        0,
      );
      const text = settingText(name, value);
      slider.value = nearest;
      slider.setAttribute("aria-valuetext", text);
      // What is being typed, and what was refused and may be mended, is the reader's.
      if (document.activeElement === field || (wrong.textContent && field.dataset.value === text)) return;
      field.value = field.dataset.value = text;
      wrong.textContent = "";
      field.removeAttribute("aria-invalid");
    },
  };
}

/** A list of values to choose from: [[value, text], …]. */
export function choiceRow(name, { title, options, changed }) {
  const id = freshId("choice");
  const list = node("select", { id }, ...options.map(([value, text]) => node("option", { value }, text)));
  list.addEventListener("change", () => changed(options[list.selectedIndex][0]));
  return {
    element: node("div", { class: "vae-lab-choice", "data-setting": name }, node("label", { for: id }, title), list),
    list,
    place(value) {
      let at = options.findIndex(([each]) => String(each) === String(value));
      // An address may ask for what the list has not.
      if (at < 0) {
        at = options.push([value, String(value)]) - 1;
        list.append(node("option", { value }, String(value)));
      }
      list.selectedIndex = at;
    },
  };
}

/** A button that is on or off. */
export function switchButton(name, { title, changed }) {
  const element = node("button", { type: "button", "aria-pressed": "false", "data-setting": name }, title);
  element.addEventListener("click", () => changed(element.getAttribute("aria-pressed") !== "true"));
  return { element, place: (value) => element.setAttribute("aria-pressed", String(value)) };
}

/** Ten buttons, one for each digit that may be trained on; the last one left cannot be put out. */
export function digitsRow({ title, changed }) {
  let chosen = [];
  const buttons = Array.from({ length: 10 }, (_, digit) => {
    const button = node("button", { type: "button", "aria-label": `digit ${digit}` }, String(digit));
    button.addEventListener("click", () => {
      const others = chosen.filter((each) => each !== digit);
      const next = others.length === chosen.length ? [...chosen, digit].sort() : others;
      changed(next.length ? next : chosen);
    });
    return button;
  });
  const row = node("div", { class: "vae-lab-digits" }, ...buttons);
  return {
    element: node(
      "div",
      { class: "vae-lab-choice", role: "group", "aria-label": title, "data-setting": "digits" },
      node("span", {}, title),
      row,
    ),
    place(value) {
      chosen = value;
      buttons.forEach((button, digit) => button.setAttribute("aria-pressed", String(value.includes(digit))));
    },
  };
}
