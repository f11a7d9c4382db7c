import { seededRandom } from '../../packages/server/src/kernel/index.ts';

const HALF_HOUR = 1_800_000;
const A_DAY = 48;
const DAYS = 730;
const FIRST = Date.UTC(2022, 0, 1);

/**
 * Half-hourly electricity demand of two years as CSV, made to be like that of a southern state: a profile of working days and
 * one of days off, heating below 16 degrees and cooling above 22 (more by day), a slow drift of the level, and errors that
 * persist for hours. Temperature and holidays are known in advance.
 */
export function demand(): string {
  const random = seededRandom(20_240);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const holidays = new Set(Array.from({ length: 24 }, () => Math.floor(random() * DAYS)));
  const lines = ['time,demand,temperature,holiday'];
  let [weather, level, error] = [0, 0, 0];
  for (let step = 0; step < DAYS * A_DAY; step++) {
    const day = Math.floor(step / A_DAY);
    const hour = (step % A_DAY) / 2;
    if (step % A_DAY === 0) {
      weather = 0.75 * weather + 3 * normal();
      level = 0.98 * level + 20 * normal();
    }
    error = 0.9 * error + 30 * normal();
    const season = 6 * Math.cos((2 * Math.PI * (day - 15)) / 365.25);
    const temperature =
      17 + season + weather + 5 * Math.cos((2 * Math.PI * (hour - 15)) / 24) + 0.3 * normal();
    const weekday = new Date(FIRST + day * 86_400_000).getUTCDay();
    const holiday = holidays.has(day) ? 1 : 0;
    const isOff = holiday === 1 || weekday === 0 || weekday === 6;
    const cooling = Math.max(0, temperature - 22) * (hour > 9 && hour < 22 ? 110 : 50);
    const heating = Math.max(0, 16 - temperature) * (hour > 5 && hour < 23 ? 70 : 30);
    const value = 4200 + level + profile(hour, isOff) + cooling + heating + error;
    const time = new Date(FIRST + step * HALF_HOUR).toISOString().slice(0, 19);
    lines.push(`${time},${value.toFixed(1)},${temperature.toFixed(1)},${holiday}`);
  }
  return `${lines.join('\n')}\n`;
}

function profile(hour: number, isOff: boolean): number {
  const peak = (at: number, width: number) => Math.exp(-(((hour - at) / width) ** 2));
  const night = -900 * peak(3.5, 3.5);
  return isOff
    ? night - 350 + 350 * peak(11, 4) + 500 * peak(18.5, 2.5)
    : night + 750 * peak(9, 2.5) + 350 * peak(14, 4) + 900 * peak(18, 2.5);
}
