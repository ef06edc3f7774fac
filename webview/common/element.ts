// Builds DOM nodes. Text is only ever set as text: what a model wrote or a file contains is shown, never parsed, so
// there is no innerHTML here and none anywhere else in the views.

type Child = Node | string;

interface ElementOptions {
  readonly class?: string;
  /** Set as attributes; `undefined` leaves one out, `true` sets an empty one, `false` none. */
  readonly attributes?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly onClick?: (event: MouseEvent) => void;
}

export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  options: ElementOptions = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  return fill(document.createElement(tag), options, children);
}

/** An element of the SVG name space. */
export function svgElement<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  options: ElementOptions = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[Tag] {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), options, children);
}

/** Text for screen readers only. */
export function hiddenText(text: string): HTMLElement {
  return element('span', { class: 'visually-hidden' }, text);
}

function fill<T extends HTMLElement | SVGElement>(
  target: T,
  options: ElementOptions,
  children: readonly Child[],
): T {
  if (options.class !== undefined) target.setAttribute('class', options.class);
  for (const [name, value] of Object.entries(options.attributes ?? {})) {
    if (value === undefined || value === false) continue;
    target.setAttribute(name, value === true ? '' : String(value));
  }
  if (options.onClick !== undefined) {
    target.addEventListener('click', options.onClick as EventListener);
  }
  target.append(...children);
  return target;
}
