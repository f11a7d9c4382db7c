/** Finds, inside a page, what a keyboard, a finger or a screen reader would stumble over. */
export function auditPage(): string[] {
  return [...controls(), ...tables(), ...structure()];
}

/** WCAG 2.2, 2.5.8, less what rounding takes. */
const LEAST_TARGET_PX = 23.5;

function controls(): string[] {
  const found: string[] = [];
  for (const element of document.querySelectorAll('a, button, input, select, summary, [role=img]')) {
    if (!element.checkVisibility({ visibilityProperty: true })) continue;
    if (nameOf(element) === undefined) found.push(`no name: ${told(element)}`);
    if (isTooSmall(element)) found.push(`small target: ${told(element)}`);
  }
  return found;
}

function nameOf(element: Element): string | undefined {
  const labels =
    element instanceof HTMLInputElement || element instanceof HTMLSelectElement ? element.labels : [];
  const by = (element.getAttribute('aria-labelledby') ?? '').split(' ');
  return [
    element.getAttribute('aria-label'),
    ...by.map((id) => document.getElementById(id)?.textContent),
    ...[...(labels ?? [])].map((label) => label.textContent),
    element.textContent,
  ]
    .map((text) => (text ?? '').trim())
    .find((text) => text !== '');
}

/** Links within text are exempt, and so are boxes that their label widens. */
function isTooSmall(element: Element): boolean {
  if (element.matches('[role=img], input[type=checkbox], input[type=radio]')) return false;
  if (element.matches('a') && getComputedStyle(element).display === 'inline') return false;
  const { width, height } = element.getBoundingClientRect();
  return width < LEAST_TARGET_PX || height < LEAST_TARGET_PX;
}

function tables(): string[] {
  return [...document.querySelectorAll('table')]
    .filter((table) => table.caption === null || table.querySelector('th') === null)
    .map((table) => `table without caption or heads: ${told(table)}`);
}

function structure(): string[] {
  const found: string[] = [];
  const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
  if (twice.length > 0) found.push(`ids twice: ${twice.join(', ')}`);
  for (const once of ['h1', 'main']) {
    const count = document.querySelectorAll(once).length;
    if (count !== 1) found.push(`${count} ${once}`);
  }
  const levels = [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map((head) =>
    Number(head.tagName[1]),
  );
  levels.forEach((level, index) => {
    const before = levels[index - 1] ?? 0;
    if (level > before + 1) found.push(`a heading goes from level ${before} to ${level}`);
  });
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) found.push(`${scrollWidth - clientWidth} px wider than the screen`);
  return found;
}

function told(element: Element): string {
  return element.outerHTML.slice(0, 120);
}
