// Runs before the page is painted and before any module.

// A dark page must not flash white. The key is Mantine's.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem('mantine-color-scheme-value');
  } catch {
    // Storage may be forbidden; the system's scheme is used then.
  }
  const system = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  const scheme = chosen === 'light' || chosen === 'dark' ? chosen : system;
  document.documentElement.setAttribute('data-mantine-color-scheme', scheme);
})();

// zod, which declares the contract, tries `new Function` as it makes its first object schema; the content security
// policy forbids that and the browser reports it. Told so beforehand, zod does not try. It has to be told here:
// bundling may run zod before any module of ours.
globalThis.__zod_globalConfig = { jitless: true };
