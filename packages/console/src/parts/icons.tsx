import type { ReactNode } from 'react';

/** A 16 px drawing in the text's colour. It says nothing to a screen reader: a word always stands beside it. */
export function Icon(props: { children: ReactNode; size?: number }) {
  const size = props.size ?? 16;
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.6}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {props.children}
    </svg>
  );
}

export function Brand() {
  return (
    <span style={{ display: 'inline-flex', alignItems: 'center', gap: '0.5rem', fontWeight: 600 }}>
      <svg width={24} height={24} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
        <rect width="32" height="32" rx="7" fill="#0b5c7a" />
        <path d="M6 21h20l-3.2 5H9.6z" fill="#fff" />
        <path d="M16 5v14M16 6l7 11h-7z" fill="#fff" stroke="#fff" strokeWidth={1.5} strokeLinejoin="round" />
      </svg>
      Slipway
    </span>
  );
}

/** The drawings of the menu and the buttons, by what they stand for. */
export const DRAWINGS = {
  pipelineRuns: <path d="M2 12h3l2-8 3 8h4" />,
  datasets: (
    <>
      <ellipse cx="8" cy="4" rx="5" ry="2" />
      <path d="M3 4v8c0 1.1 2.2 2 5 2s5-.9 5-2V4M3 8c0 1.1 2.2 2 5 2s5-.9 5-2" />
    </>
  ),
  label: <path d="M2 2.5h5.5L14 9l-5 5-6.5-6.5zM5 5.5h.01" />,
  runs: <path d="M2 14V9m4 5V5m4 9V8m4 6V2" />,
  models: <path d="M8 1.5 14 5v6l-6 3.5L2 11V5zM2 5l6 3.5L14 5M8 8.5v6" />,
  endpoints: (
    <>
      <circle cx="8" cy="8" r="2" />
      <path d="M4 4a5.7 5.7 0 0 0 0 8M12 4a5.7 5.7 0 0 1 0 8M1.9 1.9a8.6 8.6 0 0 0 0 12.2M14.1 1.9a8.6 8.6 0 0 1 0 12.2" />
    </>
  ),
  system: (
    <>
      <circle cx="8" cy="8" r="2.2" />
      <path d="M8 1.5v2M8 12.5v2M1.5 8h2M12.5 8h2M3.4 3.4l1.4 1.4M11.2 11.2l1.4 1.4M3.4 12.6l1.4-1.4M11.2 4.8l1.4-1.4" />
    </>
  ),
  copy: <path d="M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3" />,
  tick: <path d="m3 8.5 3.5 3.5L13 4.5" />,
  cross: <path d="m4 4 8 8M12 4l-8 8" />,
  up: <path d="m4 10 4-4 4 4" />,
  down: <path d="m4 6 4 4 4-4" />,
  keyboard: <path d="M1.5 4h13v8h-13zM4 7h.01M7 7h.01M10 7h.01M12.5 7h.01M5 9.5h6" />,
  leave: <path d="M6 2.5H3v11h3M7 8h7M11.5 5.5 14 8l-2.5 2.5" />,
} as const satisfies Record<string, ReactNode>;
