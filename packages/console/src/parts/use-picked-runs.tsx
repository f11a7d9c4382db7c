import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useAddress } from './use-address.ts';

/** Runs ticked for comparison; the address holds which. */
export function usePickedRuns(): { box: (id: string) => ReactNode; compare: ReactNode } {
  const [held, setHeld] = useAddress('picked');
  const picked = held?.split(',').filter(Boolean) ?? [];
  const toggle = (id: string) => {
    const next = picked.includes(id) ? picked.filter((one) => one !== id) : [...picked, id];
    setHeld(next.length === 0 ? undefined : next.join(','));
  };
  return {
    box: (id) => (
      <input
        type="checkbox"
        checked={picked.includes(id)}
        onChange={() => toggle(id)}
        aria-label={`compare ${id}`}
      />
    ),
    compare:
      picked.length < 2 ? (
        <span>Tick two or more to compare them.</span>
      ) : (
        <Link to="/runs/compare" search={{ ids: picked.join(',') }}>
          Compare {picked.length} side by side
        </Link>
      ),
  };
}
