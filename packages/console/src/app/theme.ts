import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

/** Deep-water blue. Shade 7 carries white text at 6.9:1, shade 3 reads on dark ground at 8:1. */
const water: MantineColorsTuple = [
  '#e8f4f9',
  '#cfe5ee',
  '#a0cadd',
  '#74b9d6',
  '#4a9dbf',
  '#2a86ab',
  '#12729a',
  '#0b5c7a',
  '#0a4d67',
  '#073c51',
];

/** Signal red. Shade 7 carries white text at 6.5:1. */
const signal: MantineColorsTuple = [
  '#fdeeed',
  '#f8d6d4',
  '#f0aca8',
  '#ff9a92',
  '#e2554e',
  '#d23f38',
  '#c0302b',
  '#ab2823',
  '#8f1f1b',
  '#741613',
];

const SYSTEM_FONT =
  "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', Helvetica, Arial, sans-serif";
const CODE_FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace";

export const theme = createTheme({
  colors: { water, signal },
  primaryColor: 'water',
  primaryShade: 7,
  fontFamily: SYSTEM_FONT,
  fontFamilyMonospace: CODE_FONT,
  headings: { fontFamily: SYSTEM_FONT, fontWeight: '600' },
  defaultRadius: 6,
  respectReducedMotion: true,
  cursorType: 'pointer',
});

/** Mantine's own tokens follow ours, so that its parts keep the contrast that `tokens.css` promises. */
export const followTokens: CSSVariablesResolver = () => {
  const both = {
    '--mantine-color-body': 'var(--surface)',
    '--mantine-color-text': 'var(--text)',
    '--mantine-color-dimmed': 'var(--text-dim)',
    '--mantine-color-placeholder': 'var(--text-dim)',
    '--mantine-color-anchor': 'var(--link)',
    '--mantine-color-error': 'var(--failed)',
    '--mantine-color-disabled': 'var(--sunken)',
    '--mantine-color-disabled-color': 'var(--text-dim)',
    '--mantine-color-disabled-border': 'var(--line)',
    '--mantine-color-default': 'var(--surface)',
    '--mantine-color-default-color': 'var(--text)',
    '--mantine-color-default-border': 'var(--control-line)',
    '--mantine-color-default-hover': 'var(--hover)',
  };
  return { variables: {}, light: both, dark: both };
};
