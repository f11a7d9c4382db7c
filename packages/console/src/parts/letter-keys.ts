const STORED_AS = 'slipway.shortcuts';

/** Whether single characters are shortcuts; people whose tools type letters turn them off (WCAG 2.1.4). */
export function areLettersShortcuts(): boolean {
  return localStorage.getItem(STORED_AS) !== 'off';
}

export function makeLettersShortcuts(on: boolean): void {
  localStorage.setItem(STORED_AS, on ? 'on' : 'off');
}

/** Keys typed into a field, with a modifier, or while a dialog is open mean something else. */
export function isForOthers(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return true;
  const target = event.target instanceof Element ? event.target : null;
  return (
    target?.closest('input, textarea, select, [contenteditable]') != null ||
    document.querySelector('[role=dialog]') !== null
  );
}
