/* The elements that a script can't do without. One that is missing is a fault of the page, and says which. */

/**
 * The first element of this type that a selector finds below `root`.
 *
 * @template {Element} E
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => E} type
 * @returns {E}
 * @throws {TypeError} when there is none, or another kind of element
 */
export function find(root, selector, type) {
  const found = root.querySelector(selector);
  if (found instanceof type) return found;
  throw new TypeError(`the page has no ${type.name} ${selector}`);
}

/**
 * Names the parts of `root`: `part("price")` is its first element with `data-price`.
 *
 * @param {ParentNode} root
 * @returns {(name: string) => HTMLElement}
 */
export function partsOf(root) {
  return (name) => find(root, `[data-${name}]`, HTMLElement);
}

/**
 * Makes copies of the first element in the first <template> below `root`.
 *
 * @param {ParentNode} root
 * @param {string} [selector]
 * @returns {() => HTMLElement}
 */
export function copier(root, selector = "template") {
  const model = find(find(root, selector, HTMLTemplateElement).content, "*", HTMLElement);
  return () => document.importNode(model, true);
}

/**
 * The field of a form, or its group of radio buttons; `value` reads and sets it.
 *
 * @param {HTMLFormElement} form
 * @param {string} name
 * @returns {{ value: string }}
 */
export function fieldOf(form, name) {
  const found = form.elements.namedItem(name);
  if (found instanceof RadioNodeList || found instanceof HTMLInputElement) return found;
  throw new TypeError(`the form has no field ${name}`);
}

/** @type {WeakMap<Element, string>} */
const written = new WeakMap();

/**
 * Writes a text where it wasn't written last: what doesn't change is neither painted nor read out again. It compares
 * with what was written, and not with what stands there: a browser's translation changes that, and would do it again.
 *
 * @param {Element} element
 * @param {string} text
 * @returns {boolean} whether it was another
 */
export function write(element, text) {
  if ((written.get(element) ?? element.textContent) === text) return false;
  written.set(element, text);
  element.textContent = text;
  return true;
}
