// Elements in one line each.

/** An element with attributes and children; an attribute of false, null or undefined is left out. */
export function node(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** The same for a part of a drawing. */
export function svgNode(tag, attributes = {}, ...children) {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

let numbered = 0;

/** An id that no other element of the page has, for labels and descriptions. */
export function freshId(stem) {
  do numbered++;
  while (document.getElementById(`vae-${stem}-${numbered}`));
  return `vae-${stem}-${numbered}`;
}
