import { type ReactNode, useEffect, useRef, useState } from 'react';

/** What may be wider than its place and then scrolls within it. While it does, it is a Tab stop, so that keys can scroll it. */
export function Scroller(props: { label: string; className: string | undefined; children: ReactNode }) {
  const place = useRef<HTMLElement>(null);
  const [scrolls, setScrolls] = useState(false);

  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const look = () => setScrolls(element.scrollWidth > element.clientWidth);
    const observer = new ResizeObserver(look);
    observer.observe(element);
    for (const child of element.children) observer.observe(child);
    return () => observer.disconnect();
  }, []);

  return (
    <section
      ref={place}
      className={props.className}
      aria-label={props.label}
      {...(scrolls ? { tabIndex: 0 } : {})}
    >
      {props.children}
    </section>
  );
}
