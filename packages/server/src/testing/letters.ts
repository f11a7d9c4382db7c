import { seededRandom } from '../kernel/index.ts';

const ANGRY = ['broken', 'not good', 'AWFUL', 'never again', 'kaputt', 'ÜBEL', 'плохо', '👎', 'refund!!'];
const HAPPY = [
  'lovely',
  'good',
  'Perfect',
  'thank you',
  'wunderbar',
  'GRÖSSTE Klasse',
  'хорошо',
  '👍🏽',
  ':-)',
];
const SUBJECTS = [
  'printer',
  'screen',
  'the "cable"',
  "battery's lid",
  'invoice #4711',
  'delivery\n(late?)',
  '日本語',
];

/** Letters to a shop as CSV, in several scripts, some of them missing: the mood is told by a word or two of each. */
export function lettersCsv(rows: number): string {
  const random = seededRandom(5);
  const pick = (from: readonly string[]) => from[Math.floor(random() * from.length)]!;
  const lines = Array.from({ length: rows }, (_, i) => {
    const isAngry = random() < 0.4;
    const said = random() < 0.04 ? pick(HAPPY.concat(ANGRY)) : pick(isAngry ? ANGRY : HAPPY);
    const letter = `Dear shop, about my ${pick(SUBJECTS)} and ${pick(SUBJECTS)} of order ${i}: ${said}, ${pick(SUBJECTS)}. Yours`;
    const quoted = random() < 0.05 ? '' : `"${letter.replaceAll('"', '""')}"`;
    return `${quoted},${Math.floor(random() * 90)},${isAngry ? 'angry' : 'happy'}`;
  });
  return `${['letter,days,mood', ...lines].join('\n')}\n`;
}
