import { type MantineColorScheme, useMantineColorScheme } from '@mantine/core';
import css from './color-scheme-choice.module.css';

const CHOICES: { value: MantineColorScheme; says: string }[] = [
  { value: 'auto', says: 'As the system' },
  { value: 'light', says: 'Light' },
  { value: 'dark', says: 'Dark' },
];

export function ColorSchemeChoice() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <label className={css.choice}>
      <span className="visually-hidden">Colours</span>
      <select
        value={colorScheme}
        onChange={(event) => setColorScheme(event.currentTarget.value as MantineColorScheme)}
      >
        {CHOICES.map(({ value, says }) => (
          <option key={value} value={value}>
            {says}
          </option>
        ))}
      </select>
    </label>
  );
}
