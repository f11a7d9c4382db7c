import { MantineProvider } from '@mantine/core';
import { RouterProvider } from '@tanstack/react-router';
import { useState } from 'react';
import { SessionProvider } from '../session/index.ts';
import { makeRouter } from './router.tsx';
import { followTokens, theme } from './theme.ts';

export function App(props: { firstKey: string | null }) {
  const [router] = useState(makeRouter);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={followTokens} defaultColorScheme="auto">
      <SessionProvider firstKey={props.firstKey}>
        <RouterProvider router={router} />
      </SessionProvider>
    </MantineProvider>
  );
}
