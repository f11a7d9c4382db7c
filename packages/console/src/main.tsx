import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './app/mantine.css';
import './app/tokens.css';
import './app/base.css';
import { App } from './app/app.tsx';
import { takeKey } from './session/index.ts';

// Before anything else reads the address: the key must not stay in it.
const key = takeKey(location, history, sessionStorage, (question) => confirm(question));

const place = document.getElementById('root');
if (place === null) throw new Error('index.html has no #root');
createRoot(place).render(
  <StrictMode>
    <App firstKey={key} />
  </StrictMode>,
);
