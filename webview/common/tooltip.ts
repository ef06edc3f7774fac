// One tooltip per page, for things inside a text that are too many to be controls: tokens, bars. It opens on hover and on
// focus; the arrow keys move the focus from item to item, so the values are reachable without a mouse.
import { element } from './element.ts';

/** What can have a tooltip: a token or a bar of a chart. */
export type TipItem = HTMLElement | SVGElement;

const margin = 6;

let tip: HTMLElement | undefined;

/**
 * Gives the marked descendants of `container` (attribute `data-tip`) tooltips.
 * @param linesOf the lines to show for an item; the first is emphasised
 * @param onActive told which item is pointed at, `undefined` when none is
 */
export function addTooltips(
  container: HTMLElement,
  linesOf: (item: TipItem) => readonly string[],
  onActive: (item: TipItem | undefined) => void = () => undefined,
): void {
  const open = (event: Event): void => {
    const item = itemAt(event.target);
    if (item === undefined) return;
    show(item, linesOf(item));
    onActive(item);
  };
  const close = (event: Event): void => {
    const item = itemAt(event.target);
    if (item === undefined) return;
    hide(item);
    onActive(undefined);
  };
  container.addEventListener('pointerover', open);
  container.addEventListener('pointerout', close);
  container.addEventListener('focusin', open);
  container.addEventListener('focusout', close);
  container.addEventListener('keydown', (event) => {
    moveFocus(container, event);
  });
}

// A fixed box does not move with the text. What has the focus keeps its tooltip: getting it may be what has scrolled.
window.addEventListener(
  'scroll',
  () => {
    if (tip === undefined || tip.hidden) return;
    const focused = itemAt(document.activeElement);
    if (focused?.hasAttribute('aria-describedby') === true) place(tip, focused);
    else tip.hidden = true;
  },
  { capture: true, passive: true },
);

/** Makes an element an item of the tooltip container it is in; the first item can be reached with Tab. */
export function markItem(item: TipItem, index: number, isFirst: boolean): void {
  item.dataset['tip'] = String(index);
  item.tabIndex = isFirst ? 0 : -1;
}

export function indexOfItem(item: TipItem): number {
  return Number(item.dataset['tip']);
}

function itemAt(target: EventTarget | null): TipItem | undefined {
  return target instanceof Element
    ? (target.closest<TipItem>('[data-tip]') ?? undefined)
    : undefined;
}

const stepOf: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1 };

function moveFocus(container: HTMLElement, event: KeyboardEvent): void {
  const current = itemAt(event.target);
  if (current === undefined) return;
  if (event.key === 'Escape') {
    hide(current);
    return;
  }
  const items = [...container.querySelectorAll<TipItem>('[data-tip]')];
  const next = items[nextIndex(event.key, items.indexOf(current), items.length)];
  if (next === undefined || next === current) return;
  event.preventDefault();
  current.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}

function nextIndex(key: string, at: number, count: number): number {
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  return at + (stepOf[key] ?? 0);
}

function show(item: TipItem, lines: readonly string[]): void {
  if (lines.length === 0) return;
  tip ??= document.body.appendChild(
    element('div', { class: 'tooltip', attributes: { role: 'tooltip', id: 'tooltip' } }),
  );
  tip.replaceChildren(
    ...lines.map((line, index) =>
      element('div', { class: index === 0 ? 'tooltip-head' : 'tooltip-line' }, line),
    ),
  );
  tip.hidden = false;
  item.setAttribute('aria-describedby', 'tooltip');
  place(tip, item);
}

function hide(item: TipItem): void {
  item.removeAttribute('aria-describedby');
  if (tip !== undefined) tip.hidden = true;
}

/** Above the first line of the item, or below it where there is no room, never outside the page. */
function place(box: HTMLElement, item: TipItem): void {
  const anchor = item.getClientRects()[0] ?? item.getBoundingClientRect();
  const size = box.getBoundingClientRect();
  const room = document.documentElement.clientWidth - size.width - margin;
  const left = Math.max(margin, Math.min(anchor.left, room));
  const above = anchor.top - size.height - margin;
  box.style.left = `${left.toFixed(0)}px`;
  box.style.top = `${(above >= 0 ? above : anchor.bottom + margin).toFixed(0)}px`;
}
