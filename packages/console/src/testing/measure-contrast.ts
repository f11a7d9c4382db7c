type Colour = [red: number, green: number, blue: number, alpha: number];

/**
 * Measures, inside a page, every text that is seen: how many there are, and those whose contrast is below WCAG 2.2 AA
 * (1.4.3). Disabled parts are exempt.
 */
export function measureContrast(): { measured: number; found: string[] } {
  const colourOf = colourReader();
  const found: string[] = [];
  let measured = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    const text = (node.textContent ?? '').trim();
    if (element === null || text === '' || !isRead(element)) continue;
    const style = getComputedStyle(element);
    const ground = groundOf(element, colourOf);
    const ratio = contrast(over(colourOf(style.color), ground), ground);
    measured += 1;
    if (ratio < least(style)) found.push(`${ratio.toFixed(2)} ${style.color}: ${text.slice(0, 60)}`);
  }
  return { measured, found };
}

function isRead(element: Element): boolean {
  if (element.closest('script, style, noscript, option, :disabled, [disabled], .visually-hidden'))
    return false;
  return element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
}

/** Large text may be fainter. */
function least(style: CSSStyleDeclaration): number {
  const pixels = Number.parseFloat(style.fontSize);
  return pixels >= 24 || (pixels >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
}

/** Reads any CSS colour by painting it. */
function colourReader(): (css: string) => Colour {
  const canvas = document.createElement('canvas');
  canvas.width = 1;
  canvas.height = 1;
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  if (pen === null) throw new Error('no canvas to read colours with');
  return (css) => {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = css;
    pen.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0, alpha = 0] = pen.getImageData(0, 0, 1, 1).data;
    return [red, green, blue, alpha / 255];
  };
}

/** What lies behind the text of an element: its backgrounds, the nearest on top. */
function groundOf(element: Element, colourOf: (css: string) => Colour): Colour {
  const layers: Colour[] = [];
  for (let at: Element | null = element; at !== null; at = at.parentElement) {
    const colour = colourOf(getComputedStyle(at).backgroundColor);
    layers.push(colour);
    if (colour[3] === 1) break;
  }
  return layers.reduceRight((below, layer) => over(layer, below), colourOf('white'));
}

function over(top: Colour, below: Colour): Colour {
  const mixed = (index: 0 | 1 | 2) => top[index] * top[3] + below[index] * (1 - top[3]);
  return [mixed(0), mixed(1), mixed(2), 1];
}

function contrast(a: Colour, b: Colour): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

function luminance([red, green, blue]: Colour): number {
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

function linear(value: number): number {
  const share = value / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}
